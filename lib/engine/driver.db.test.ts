import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withClient } from "#scripts/embedded-postgres";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { type Driver, said_bytes_max, startDriver } from "./driver";

/** What a driver passes on: that the log has grown, and what other processes say; over one connection. */
let workspace: TestWorkspace;
let drivers: Driver[];

beforeEach(async () => {
  workspace = await testWorkspace();
  drivers = [];
});
afterEach(async () => {
  for (const driver of drivers) await driver.stop();
  await workspace.close();
});

const drive = async (of = workspace) => {
  const driver = startDriver(await of.another(), of.urls.databaseUrl, () => {});
  drivers.push(driver);
  return driver;
};
const listening = () =>
  withClient(workspace.urls.superuserUrl, async (client) => {
    const { rows } = await client.query(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
    );
    return rows.length;
  });

test("what one process says every process hears, itself too, and a commit is another matter", async () => {
  const [one, other] = [await drive(), await drive()];
  const heard: string[] = [];
  const grown: number[] = [];
  const unheard = one.hear((text) => heard.push(`one ${text}`));
  other.hear((text) => heard.push(`other ${text}`));
  other.subscribe((next) => grown.push(next));
  await vi.waitFor(async () => expect(await listening()).toBe(2));

  await one.say("ben looks at two words");
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  expect(heard.sort()).toEqual(["one ben looks at two words", "other ben looks at two words"]);
  expect(grown).toEqual([]);

  unheard();
  await workspace.receive();
  await vi.waitFor(() => expect(grown.length).toBeGreaterThan(0));
  await other.say("");
  await vi.waitFor(() => expect(heard).toHaveLength(3));
  expect(heard.at(-1)).toBe("other ");
});

test("another workspace on the same database hears nothing of it", async () => {
  const elsewhere = await testWorkspace({ urls: workspace.urls, name: "elsewhere" });
  try {
    const [here, there] = [await drive(), await drive(elsewhere)];
    const heard: string[] = [];
    here.hear((text) => heard.push(`here ${text}`));
    there.hear((text) => heard.push(`there ${text}`));
    await vi.waitFor(async () => expect(await listening()).toBe(2));
    await there.say("first");
    await here.say("second");
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect(heard).toEqual(["there first", "here second"]);
  } finally {
    await drivers.pop()?.stop();
    await elsewhere.database.$disconnect();
  }
});

test("more than a notification holds is refused, and what is said while nobody listens is lost without harm", async () => {
  const driver = await drive();
  await expect(driver.say("x".repeat(said_bytes_max + 1))).rejects.toThrow("bytes");
  await vi.waitFor(async () => expect(await listening()).toBe(1));
  await driver.say("x".repeat(said_bytes_max));
  await withClient(workspace.urls.superuserUrl, (client) =>
    client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_notify%' AND pid <> pg_backend_pid()",
    ),
  );
  await vi.waitFor(() => driver.say("into the void"));
});
