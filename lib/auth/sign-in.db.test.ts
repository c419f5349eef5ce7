import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { systemActor } from "#lib/engine/system-actor";
import { emailIndex } from "#lib/log/keys";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { givePassword, whoSignsInBy } from "./credential";
import { sessionActor } from "./live-session";
import { hasPassword } from "./own-password";
import { type Claim, signIn } from "./sign-in";
import { openThrottle, wrongPerAddress_max, wrongPerEmail_max } from "./throttle";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
  for (const person of ["ana", "ben", "rita"]) await givePassword(workspace, person, passwordOf(person));
});
beforeEach(async () => {
  await workspace.database.rateLimit.deleteMany();
});
afterAll(() => workspace.close());

const passwordOf = (person: string) => `correct horse of ${person}`;
const attempt = (email: string, password: string, more: Partial<Claim> = {}) =>
  signIn(workspace, openThrottle(workspace.database, workspace.name), {
    email,
    password,
    address: "192.0.2.1",
    ...more,
  });

test("the right password begins a session, however the address is written", async () => {
  const signedIn = await attempt("  ANA@Example.org ", passwordOf("ana"));
  expect(signedIn).toMatchObject({ kind: "signedIn", person: "ana" });
  const { sessionId } = signedIn as { sessionId: string };
  expect(await sessionActor(workspace, sessionId)).toMatchObject({ person: "ana", roles: ["reviewer"] });
  expect(await whoSignsInBy(workspace, "ana@example.org")).toBe("ana");
});

test("sign-in and the log find a person by the same index", async () => {
  const [added] = await workspace.log("person/ana");
  expect(added?.data.emailIndex).toBe(emailIndex(workspace.keys, " Ana@example.ORG"));
});

test("wrong, unknown, without a password and disabled are one and the same answer", async () => {
  await workspace.ask(systemActor("main", "operator"), { type: "person.disable", person: "rita" });
  const refused = { kind: "refused" };
  expect(await attempt("ana@example.org", "not this one")).toEqual(refused);
  expect(await attempt("nobody@example.org", passwordOf("ana"))).toEqual(refused);
  expect(await attempt("sam@example.org", passwordOf("ana"))).toEqual(refused);
  expect(await attempt("rita@example.org", passwordOf("rita"))).toEqual(refused);
  expect(await attempt("ana@example.org", "x".repeat(5_000))).toEqual(refused);
  expect(await attempt("", "")).toEqual(refused);
});

test("after so many wrong ones the right password does not help either, for known and unknown alike", async () => {
  for (const email of ["ana@example.org", "nobody@example.org"]) {
    for (let n = 0; n < wrongPerEmail_max; n++)
      expect(await attempt(email, "wrong", { address: `192.0.2.${n}` })).toEqual({ kind: "refused" });
    const throttled = await attempt(email, passwordOf("ana"), { address: "198.51.100.1" });
    expect(throttled).toMatchObject({ kind: "throttled" });
    const { retryAfter_s } = throttled as { retryAfter_s: number };
    expect(retryAfter_s).toBeGreaterThan(0);
    expect(retryAfter_s).toBeLessThanOrEqual(15 * 60);
  }
  expect(await attempt("ben@example.org", passwordOf("ben"))).toMatchObject({ kind: "signedIn" });

  await workspace.database.rateLimit.updateMany({ data: { expire: 1n } });
  expect(await attempt("ana@example.org", passwordOf("ana"))).toMatchObject({ kind: "signedIn" });
});

test("tries at the same time count too", async () => {
  const tries = await Promise.all(
    Array.from({ length: wrongPerEmail_max + 5 }, () => attempt("ana@example.org", "wrong")),
  );
  expect(tries.filter(({ kind }) => kind === "refused")).toHaveLength(wrongPerEmail_max);
});

test("being right forgets the wrong ones before, and does not use up the address", async () => {
  const address = "203.0.113.9";
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < wrongPerEmail_max - 1; n++) await attempt("ana@example.org", "wrong", { address });
    expect(await attempt("ana@example.org", passwordOf("ana"), { address })).toMatchObject({
      kind: "signedIn",
    });
  }
});

test("one address cannot go through many people", async () => {
  const throttle = openThrottle(workspace.database, workspace.name);
  for (let n = 0; n < wrongPerAddress_max; n++)
    expect(await throttle.take(`index-${n}`, "203.0.113.7")).toBe(0);
  expect(await throttle.take("index-more", "203.0.113.7")).toBeGreaterThan(0);
  expect(await throttle.take("index-more", "203.0.113.8")).toBe(0);
});

test("a new password is the only one, and ends the sessions of the old one", async () => {
  const before = (await attempt("ben@example.org", passwordOf("ben"))) as { sessionId: string };
  expect(await givePassword(workspace, "ben", "another good password")).toBe("given");
  expect(await sessionActor(workspace, before.sessionId)).toBeNull();
  expect(await attempt("ben@example.org", passwordOf("ben"))).toEqual({ kind: "refused" });
  expect(await attempt("ben@example.org", "another good password")).toMatchObject({ kind: "signedIn" });
});

test("who is signed in is asked for the own password, and cannot guess it", async () => {
  const throttle = openThrottle(workspace.database, workspace.name);
  const asked = (person: string, password: string) => hasPassword(workspace, throttle, person, password);
  expect(await asked("ana", passwordOf("ana"))).toBe("right");
  expect(await asked("ana", passwordOf("rita"))).toBe("wrong");
  expect(await asked("sam", "has none at all")).toBe("wrong");
  expect(await asked("ana", passwordOf("ana"))).toBe("right");
  for (let n = 0; n < wrongPerEmail_max; n++) expect(await asked("ana", "not this one")).toBe("wrong");
  expect(await asked("ana", passwordOf("ana"))).toMatchObject({ retryAfter_s: expect.any(Number) });
  expect(await asked("rita", passwordOf("rita"))).toBe("right");
  // The way in is another door: nobody is locked out of it by guesses made here.
  expect(await attempt("ana@example.org", passwordOf("ana"))).toMatchObject({ kind: "signedIn" });
});

test("who is unknown gets no password, and an address signs in one person only", async () => {
  expect(await givePassword(workspace, "nobody", "a good password")).toBe("unknown");
  await workspace.ask(systemActor("main", "operator"), {
    type: "person.add",
    person: "ana-two",
    name: "Ana Two",
    email: "Ana@example.org",
    roles: ["auditor"],
  });
  expect(await givePassword(workspace, "ana-two", "a good password")).toBe("taken");
});

test("no password is kept in plain", async () => {
  const kept = await workspace.database.credential.findMany();
  expect(kept.length).toBeGreaterThan(0);
  for (const { passwordHash } of kept) expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});
