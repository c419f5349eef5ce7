import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { authContext } from "#lib/auth/context";
import { givePassword } from "#lib/auth/credential";
import { currentActor } from "#lib/auth/session";
import { database } from "#lib/db";
import { environmentOf, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/** A browser as the actions see it: the headers it sends, and its cookies with what they were set with. */
const browser = vi.hoisted(() => ({
  headers: new Headers(),
  cookies: new Map<string, { value: string; options: object }>(),
}));
vi.mock("next/headers", () => ({
  headers: async () => browser.headers,
  cookies: async () => ({
    getAll: () => [...browser.cookies].map(([name, { value }]) => ({ name, value })),
    set: (name: string, value: string, options: object) => browser.cookies.set(name, { value, options }),
  }),
}));

const { signIn, signOut } = await import("./actions");
const address = "https://console.example";
const password = "a password of her own";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
  const environment = { ...environmentOf(workspace), NEXTAUTH_URL: address, NEXTAUTH_SECRET: "s".repeat(32) };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  for (const person of ["ana", "ben"]) await givePassword(authContext(), person, password);
});
beforeEach(() => {
  browser.headers = new Headers({ host: "console.example", origin: address });
  browser.cookies.clear();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database().$disconnect();
  await workspace.close();
});

const ledTo = (path: string) => ({ digest: expect.stringContaining(`;${path};`) });
function send(email: string, given = password, next = "/queue") {
  const data = new FormData();
  for (const [name, value] of Object.entries({ email, password: given, next })) data.append(name, value);
  return signIn({ status: "idle" }, data);
}
const open = () => workspace.database.session.count({ where: { endedAt: null } });

test("the cookie goes over TLS only, to this console's own pages, and no script reads it", async () => {
  await expect(send("ana@example.org")).rejects.toMatchObject(ledTo("/queue"));
  const [[name, cookie]] = [...browser.cookies] as [[string, { value: string; options: object }]];
  expect(name).toMatch(/^__Host-/);
  expect(cookie.options).toMatchObject({ httpOnly: true, secure: true, sameSite: "lax", path: "/" });
  expect(cookie.options).not.toHaveProperty("domain");
  expect((await currentActor())?.person).toBe("ana");
  expect(cookie.value).not.toContain((await currentActor())?.session);
});

test("who signs in anew is in a new session, and the one before is over, also another person's", async () => {
  await expect(send("ana@example.org")).rejects.toMatchObject(ledTo("/queue"));
  const before = await open();
  const [first] = [...browser.cookies.values()];
  await expect(send("ben@example.org")).rejects.toMatchObject(ledTo("/queue"));
  expect((await currentActor())?.person).toBe("ben");
  expect(await open()).toBe(before);
  for (const [name] of browser.cookies) browser.cookies.set(name, first!);
  expect(await currentActor()).toBeNull();
});

test("a wrong password ends nothing, and leads nowhere", async () => {
  await expect(send("ana@example.org")).rejects.toMatchObject(ledTo("/queue"));
  const before = await open();
  expect(await send("ben@example.org", "not this one")).toMatchObject({ status: "refused" });
  expect(await open()).toBe(before);
  expect((await currentActor())?.person).toBe("ana");
});

test("where passwords are off the right one opens nothing", async () => {
  vi.stubEnv("PASSWORD_SIGN_IN", "off");
  const before = await open();
  try {
    expect(await send("ana@example.org")).toMatchObject({ status: "refused" });
    expect(browser.cookies.size).toBe(0);
  } finally {
    vi.stubEnv("PASSWORD_SIGN_IN", "on");
  }
  expect(await open()).toBe(before);
  await expect(send("ana@example.org")).rejects.toMatchObject(ledTo("/queue"));
});

test("from another site nobody is signed in or out", async () => {
  await expect(send("ana@example.org")).rejects.toMatchObject(ledTo("/queue"));
  browser.headers.set("origin", "https://elsewhere.example");
  expect(await send("ben@example.org")).toMatchObject({ status: "refused" });
  await expect(signOut()).rejects.toMatchObject(ledTo("/sign-in"));
  expect((await currentActor())?.person).toBe("ana");
});

test("signed out, the same cookie opens nothing", async () => {
  await expect(send("ana@example.org", password, "https://elsewhere.example")).rejects.toMatchObject(
    ledTo("/"),
  );
  const kept = [...browser.cookies];
  await expect(signOut()).rejects.toMatchObject(ledTo("/sign-in?signed=out"));
  expect([...browser.cookies.values()].map(({ value }) => value)).toEqual([""]);
  browser.cookies = new Map(kept);
  expect(await currentActor()).toBeNull();
});
