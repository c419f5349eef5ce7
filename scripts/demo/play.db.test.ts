import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyWorkspace } from "#lib/audit/verify";
import { signIn } from "#lib/auth/sign-in";
import { wallClock } from "#lib/clock";
import { type Database, openDatabase } from "#lib/db";
import { workspaceKeys } from "#lib/log/keys";
import { addPeople } from "../import/testing";
import { projectFolder } from "../places";
import { type TestDatabase, testDatabase } from "../testing/database";
import { ensureWorkspace } from "../workspace";
import { play } from "./play";
import { demoPassword, emailOf, people, story } from "./story";

const workspaceKey = Buffer.alloc(32, 7);
const identityKey = Buffer.alloc(32, 8);
const keys = workspaceKeys("main", { workspaceKey, identityKey });
let urls: TestDatabase;
let database: Database;

beforeEach(async () => {
  urls = await testDatabase();
  database = openDatabase(urls.databaseUrl);
});
afterEach(async () => {
  await database.$disconnect();
  await urls.drop();
});

const rows = <Row>(sql: string) => database.$queryRawUnsafe<Row[]>(sql);

type Stand = { business_key: string; status: string; at_steps: string[]; types: string[] };
/** Every order: where it stands, and what happened to it, without any time. */
const stands = () =>
  rows<Stand>(
    `SELECT o.business_key, o.status, o.at_steps, array_agg(e.type ORDER BY e.version) AS types
     FROM orders o JOIN event e ON e.stream = 'order/' || o.order_id GROUP BY 1, 2, 3 ORDER BY 1`,
  );

function demo() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "scripts/demo.ts"], {
    cwd: projectFolder,
    encoding: "utf8",
    env: {
      ...process.env,
      DATABASE_URL: urls.databaseUrl,
      DATABASE_OWNER_URL: urls.databaseOwnerUrl,
      HOLDPOINT_WORKSPACE: "main",
      HOLDPOINT_KEYS_FILE: "",
      HOLDPOINT_WORKSPACE_KEY: workspaceKey.toString("base64"),
      HOLDPOINT_IDENTITY_KEY: identityKey.toString("base64"),
    },
  });
  return { status, stdout, stderr };
}

test("a day is played once, ends before now, and leaves something to do for everybody", async () => {
  const first = demo();
  expect(first).toMatchObject({ status: 0 });
  expect(first.stderr).toMatch(/^Played \d+ moments of a day in [\d.]+ s\.\n$/);
  for (const { id, name, roles } of people)
    expect(first.stdout).toMatch(new RegExp(`${name} +${roles.join(", ")} +${id}@example.com`));
  expect(first.stdout).toContain(demoPassword);

  const orders = await stands();
  expect(orders).toHaveLength(story.length);
  const of = (key: string) => orders.find(({ business_key }) => business_key === key);
  expect(orders.filter(({ status }) => status === "completed").length).toBeGreaterThan(25);
  expect(orders.filter(({ status }) => status === "rejected")).toHaveLength(4);
  expect(of("536405")?.status).toBe("cancelled");
  expect(of("536365")?.types).toEqual([
    "orderReceived",
    "policyChecked",
    "taskOpened",
    "decisionMade",
    "decisionSettled",
    "effectIntended",
    "effectConfirmed",
    "effectIntended",
    "effectPending",
    "effectConfirmed",
  ]);
  expect(of("536402")?.types).toContain("orderAmended");
  expect(of("536392")?.types).toContain("decisionWithdrawn");
  expect(of("536398")?.types.slice(-2)).toEqual(["effectFailed", "orderNeedsAttention"]);

  const tasks = await rows<{ state: string; escalated: boolean; left_min: number | null }>(
    "SELECT state, escalated, floor(extract(epoch FROM breach_at - now()) / 60)::integer AS left_min FROM task",
  );
  expect(tasks.filter(({ escalated }) => escalated)).toHaveLength(3);
  expect(tasks.filter(({ state }) => state === "SUSPENDED")).toHaveLength(1);
  expect(tasks.filter(({ state }) => state === "RESERVED")).toHaveLength(1);
  const left = tasks.flatMap(({ escalated, left_min }) => (escalated || left_min === null ? [] : [left_min]));
  expect(left).toHaveLength(10);
  expect(Math.min(...left)).toBeGreaterThan(0);
  expect(Math.min(...left)).toBeLessThan(15);
  expect(Math.max(...left)).toBeGreaterThan(100);

  const effects = await rows<{ name: string; state: string }>("SELECT name, state FROM effect");
  const inState = (wanted: string) => effects.filter(({ state }) => state === wanted);
  expect(inState("PENDING").length).toBeGreaterThanOrEqual(1);
  expect(inState("FAILED")).toEqual([{ name: "carrier.dispatch", state: "FAILED" }]);
  // What came in last is for the real carrier.
  expect(inState("INTENDED")).toHaveLength(2);
  expect(
    await rows("SELECT FROM event WHERE type = 'accessRefused' AND stream = 'access/remy'"),
  ).toHaveLength(1);

  const [times] = await rows<{ future: boolean; hours: number }>(
    `SELECT max(recorded_at) > now() AS future,
       round(extract(epoch FROM max(recorded_at) - min(recorded_at)) / 3600)::integer AS hours FROM event`,
  );
  expect(times).toEqual({ future: false, hours: 26 });
  expect(await rows("SELECT FROM session WHERE ended_at IS NULL")).toEqual([]);

  const [head] = await rows<{ next_pos: bigint; clock_tolerance_ms: number }>("SELECT * FROM workspace_head");
  // The play is over: from now on no writer's clock may be off.
  expect(head?.clock_tolerance_ms).toBe(5_000);
  const again = demo();
  expect(again).toMatchObject({ status: 0, stdout: first.stdout });
  expect(again.stderr).toContain("has been played into the workspace main before: nothing to do");
  expect((await rows<{ next_pos: bigint }>("SELECT next_pos FROM workspace_head"))[0]?.next_pos).toBe(
    head?.next_pos,
  );
});

test("one that was cut off is played to its end, to the same orders, and everything holds", async () => {
  await ensureWorkspace(urls.databaseOwnerUrl, "main", { played: true });
  const now = wallClock.now();
  const cut = new AbortController();
  const cutting = setInterval(async () => {
    if ((await stands()).length > 20) cut.abort();
  }, 20);
  await play({ database, keys, now, signal: cut.signal });
  clearInterval(cutting);
  const half = await stands();
  expect(half.length).toBeGreaterThan(20);
  expect(half.length).toBeLessThan(story.length);

  await play({ database, keys, now });
  const whole = await stands();
  const [head] = await rows<{ next_pos: bigint }>("SELECT next_pos FROM workspace_head");
  await play({ database, keys, now });
  expect(await stands()).toEqual(whole);
  expect((await rows<{ next_pos: bigint }>("SELECT next_pos FROM workspace_head"))[0]?.next_pos).toBe(
    head?.next_pos,
  );
  expect(whole).toHaveLength(story.length);
  expect(whole.filter(({ status }) => status === "rejected")).toHaveLength(4);
  expect(whole.filter(({ types }) => types.includes("taskEscalated"))).toHaveLength(4);

  const verified = await verifyWorkspace({ databaseUrl: urls.databaseUrl, workspace: "main" });
  expect(verified.findings).toEqual([]);
  const open = { take: async () => 0, giveBack: async () => {} };
  const claim = { email: emailOf("ana"), password: demoPassword, address: "127.0.0.1" };
  expect(await signIn({ database, keys, clock: wallClock }, open, claim)).toMatchObject({ person: "ana" });
});

test("a workspace that keeps real time is not played into", async () => {
  await addPeople(urls, workspaceKey.toString("base64"));
  const before = await rows("SELECT pos FROM event ORDER BY pos");
  expect(before.length).toBeGreaterThan(0);
  const { status, stdout, stderr } = demo();
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("The workspace main keeps real time");
  expect(await rows("SELECT pos FROM event ORDER BY pos")).toEqual(before);
});
