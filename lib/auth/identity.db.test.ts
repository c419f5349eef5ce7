import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isRejection } from "#lib/domain/rejection";
import { systemActor } from "#lib/engine/system-actor";
import { identityIndex } from "#lib/log/keys";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { type LinkIdentity, type Presented, signInByIdentity } from "./identity";
import { sessionActor } from "./live-session";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const issuer = "https://id.example.com";
const link: LinkIdentity = async (actor, linked) =>
  !isRejection(
    await workspace.runtime.engine.execute(
      { type: "person.linkIdentity", ...linked },
      { actor, source: "test", id: randomUUID() },
    ),
  );
const never: LinkIdentity = () => {
  throw new Error("nothing is to be linked");
};
const present = (presented: Partial<Presented>, linked = link) =>
  signInByIdentity(
    workspace,
    { issuer, subject: "s-1", email: "ana@example.org", emailVerified: true, ...presented },
    linked,
  );

test("a verified address finds the person once; from then on issuer and subject do, whatever the address", async () => {
  const first = await present({});
  expect(first).toMatchObject({ kind: "signedIn", person: "ana" });
  const linked = (await workspace.log("person/ana")).at(-1)!;
  expect(linked.type).toBe("identityLinked");
  expect(linked.data).toEqual({ issuer, identity: identityIndex(workspace.keys, issuer, "s-1") });
  const [by] = await workspace.database.$queryRawUnsafe<{ actor: object }[]>(
    `SELECT convert_from(body, 'UTF8')::jsonb -> 'actor' AS actor FROM event WHERE pos = $1`,
    linked.pos,
  );
  expect(by?.actor).toMatchObject({ type: "person", id: "ana", account: `oidc:${linked.data.identity}` });

  const again = await present({ email: "ben@example.org", emailVerified: false }, never);
  expect(again).toMatchObject({ kind: "signedIn", person: "ana" });
  const { sessionId } = again as { sessionId: string };
  expect(await sessionActor(workspace, sessionId)).toMatchObject({
    person: "ana",
    account: `oidc:${linked.data.identity}`,
  });
});

test("an address that is not verified, or nobody's here, opens nothing and links nothing", async () => {
  const before = (await workspace.log()).length;
  expect(await present({ subject: "s-2", emailVerified: false })).toEqual({
    kind: "refused",
    why: "unverified",
  });
  expect(await present({ subject: "s-2", email: undefined })).toEqual({ kind: "refused", why: "unverified" });
  expect(await present({ subject: "s-2", email: "nobody@example.org" })).toEqual({
    kind: "refused",
    why: "unknown",
  });
  expect((await workspace.log()).length).toBe(before);
});

test("an address that was given to somebody else at the provider does not open the account of who had it", async () => {
  expect(await present({ subject: "s-of-a-newcomer" })).toEqual({ kind: "refused", why: "other" });
  expect(await present({ issuer: "https://other.example.com", subject: "s-1" })).toMatchObject({
    kind: "signedIn",
    person: "ana",
  });
});

test("an account that was taken away opens nothing until its address is verified anew", async () => {
  const identity = identityIndex(workspace.keys, issuer, "s-1");
  await workspace.ask(workspace.person("ana"), { type: "person.unlinkIdentity", person: "ana", identity });
  expect(await present({ emailVerified: false }, never)).toEqual({ kind: "refused", why: "unverified" });
  expect(await present({})).toMatchObject({ kind: "signedIn", person: "ana" });
  expect(await present({ emailVerified: false }, never)).toMatchObject({ kind: "signedIn", person: "ana" });
});

test("nobody links an account to somebody else, an admin neither", async () => {
  for (const who of ["ben", "root"]) {
    const before = (await workspace.log("person/rita")).length;
    const actor = workspace.person(who);
    expect(await link(actor, { person: "rita", issuer, identity: "0".repeat(32) })).toBe(false);
    expect((await workspace.log("person/rita")).length).toBe(before);
  }
});

test("who is disabled is let in by no account", async () => {
  await workspace.ask(systemActor("main", "operator"), { type: "person.disable", person: "ana" });
  expect(await present({}, never)).toEqual({ kind: "refused", why: "unknown" });
});

test("both are found by an index, however long the log", async () => {
  for (const [column, type] of [
    ["identity", "identityLinked"],
    ["emailIndex", "personAdded"],
  ]) {
    const rows = await workspace.database.$transaction(async (transaction) => {
      await transaction.$executeRawUnsafe("SET LOCAL enable_seqscan = off");
      return transaction.$queryRawUnsafe<{ "QUERY PLAN": string }[]>(
        `EXPLAIN SELECT 1 FROM event WHERE workspace = 'w' AND type = '${type}'
           AND substring(encode(body, 'escape') from '"${column}":"([0-9a-f]{32})"') = 'x'`,
      );
    });
    expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toMatch(/Index Cond: .*substring/);
  }
});
