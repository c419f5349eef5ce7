import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginSession, endSession, openSince } from "#lib/auth/live-session";
import { mintActor, UnauthorizedActorError } from "#lib/domain/authority";
import { systemActor } from "#lib/engine/system-actor";
import { start, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { isOnlyAdmin, type PeopleFilter, peoplePage } from "./people";
import { NotAllowedToReadError } from "./permission";
import { ownRecord, personRecord } from "./person";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const operator = systemActor("main", "operator");
const as = (id: string) => workspace.person(id);
const open = () => openSince(workspace.clock.now());
const people = async (filter: PeopleFilter = {}, who = "root") =>
  peoplePage(as(who), workspace, filter, open());
const record = (person: string, who = "root") => personRecord(as(who), workspace, person, open());
const ask = async (command: Parameters<TestWorkspace["ask"]>[1], who = as("root")) =>
  expect(await workspace.ask(who, command)).toMatchObject({ rejected: false });

describe("the list of people", () => {
  test("says who is here by name, with their roles, since when, and where they are signed in", async () => {
    const page = await people();
    expect(page).toMatchObject({ fitting: 7, looked: 7, more: false });
    expect(page.lines.map(({ name }) => name)).toEqual(["ada", "ana", "ben", "remy", "rita", "root", "sam"]);
    expect(page.lines[3]).toEqual({
      person: "remy",
      name: "remy",
      roles: ["requester", "reviewer"],
      disabled: false,
      addedAt: start,
      lastSeenAt: null,
      openSessions: 0,
    });

    await beginSession(workspace, "ben");
    workspace.clock.advance_minutes(10);
    const ended = await beginSession(workspace, "ben");
    await endSession(workspace, ended);
    const ben = async () => (await people({ name: "ben" })).lines[0];
    expect(await ben()).toMatchObject({ lastSeenAt: workspace.clock.now(), openSessions: 1 });
    workspace.clock.advance_minutes(20);
    expect(await ben(), "unused for half an hour").toMatchObject({ openSessions: 0 });
  });

  test("is searched by a part of the name or the id, by role and by who is disabled, page by page", async () => {
    for (let n = 10; n < 70; n++)
      await ask({
        type: "person.add",
        person: `crowd-${n}`,
        name: `Zoë Crowd ${n}`,
        email: `crowd${n}@example.org`,
        roles: ["auditor"],
      });
    await ask({ type: "person.disable", person: "crowd-11" });
    const first = await people({ name: "zOË cr" });
    expect([first.fitting, first.lines.length, first.lines[0]?.name]).toEqual([60, 50, "Zoë Crowd 10"]);
    const rest = await people({ name: "zoë", from: 50 });
    expect(rest.lines.map(({ person }) => person)).toEqual(
      Array.from({ length: 10 }, (_, n) => `crowd-${60 + n}`),
    );
    expect((await people({ name: "crowd-3" })).fitting).toBe(10);
    expect((await people({ role: "auditor", disabled: true })).lines).toMatchObject([
      { person: "crowd-11", disabled: true, openSessions: 0 },
    ]);
    expect((await people({ role: "reviewer" })).lines.map(({ person }) => person)).toEqual([
      "ana",
      "ben",
      "remy",
    ]);
    expect((await people({ name: "nobody" })).lines).toEqual([]);
  });
});

describe("a person's record", () => {
  test("says who gave which role and when, and what happened in order", async () => {
    workspace.clock.advance_minutes(5);
    const granted = workspace.clock.now();
    await ask({ type: "person.grant", person: "ana", role: "supervisor" });
    workspace.clock.advance_minutes(5);
    await ask({ type: "person.revoke", person: "ana", role: "reviewer" });
    await ask({ type: "person.disable", person: "ana" });
    const ana = await record("ana");
    expect(ana).toMatchObject({
      name: "ana",
      email: "ana@example.org",
      added: { by: "The operator", at: start },
      roles: [{ role: "supervisor", given: { by: "root", at: granted } }],
      disabled: { by: "root", at: workspace.clock.now() },
    });
    expect(ana?.history.map(({ sentence }) => sentence)).toEqual([
      "The operator added ana as reviewer.",
      "root gave ana the role supervisor.",
      "root took the role reviewer from ana.",
      "root disabled the account of ana.",
    ]);
    await ask({ type: "person.enable", person: "ana" });
    expect((await record("ana"))?.disabled).toBeNull();
    expect(await record("nobody")).toBeNull();
  });

  test("lists the browsers one is signed in with, the last used first, and none of somebody disabled", async () => {
    const first = await beginSession(workspace, "sam");
    workspace.clock.advance_minutes(3);
    const second = await beginSession(workspace, "sam");
    await beginSession(workspace, "rita");
    expect((await record("sam"))?.sessions).toMatchObject([
      { session: second, begunAt: workspace.clock.now(), seenAt: workspace.clock.now() },
      { session: first },
    ]);
    await endSession(workspace, second);
    expect((await record("sam"))?.sessions).toMatchObject([{ session: first }]);
    await ask({ type: "person.disable", person: "sam" }, operator);
    expect((await record("sam"))?.sessions).toEqual([]);
    expect((await people({ name: "sam" })).lines[0]?.openSessions).toBe(0);
    await ask({ type: "person.enable", person: "sam" }, operator);
  });

  test("lists keys with who made and who revoked them, newest first", async () => {
    await ask({ type: "apiKey.create", person: "rita", apiKey: "key-1" });
    await ask({ type: "apiKey.create", person: "rita", apiKey: "key-2" });
    workspace.clock.advance_minutes(1);
    await ask({ type: "apiKey.revoke", person: "rita", apiKey: "key-1" }, operator);
    expect((await record("rita"))?.apiKeys).toMatchObject([
      { apiKey: "key-2", made: { by: "root" }, revoked: null },
      { apiKey: "key-1", revoked: { by: "The operator", at: workspace.clock.now() } },
    ]);
  });
});

test("the only admin is known: a second one who may act makes neither the only one", async () => {
  const only = () => isOnlyAdmin(as("root"), workspace, "root");
  expect(await only()).toBe(true);
  expect(await isOnlyAdmin(as("root"), workspace, "sam")).toBe(false);
  await ask({ type: "person.grant", person: "sam", role: "admin" });
  expect(await only()).toBe(false);
  await ask({ type: "person.disable", person: "sam" });
  expect(await only()).toBe(true);
});

describe("who may read it", () => {
  const readings: [string, (who: string) => Promise<unknown>][] = [
    ["the list", (who) => people({}, who)],
    ["a record", (who) => record("ana", who)],
    ["whether somebody is the only admin", (who) => isOnlyAdmin(as(who), workspace, "root")],
  ];

  test.each(readings)("%s: supervisors, auditors and admins", async (_, read) => {
    for (const who of ["sam", "ada", "root"]) await expect(read(who)).resolves.toBeDefined();
    for (const who of ["ana", "rita", "remy", "stranger"])
      await expect(read(who), who).rejects.toThrow(NotAllowedToReadError);
  });

  test("an address is shown to admins and to whom it belongs", async () => {
    for (const who of ["sam", "ada"]) expect((await record("ana", who))?.email, who).toBeNull();
    expect((await ownRecord(as("ana"), workspace, open()))?.email).toBe("ana@example.org");
  });

  test("everybody reads their own record, also without a role, and an API key reads none", async () => {
    for (const who of ["rita", "ana", "root"])
      expect(await ownRecord(as(who), workspace, open())).toMatchObject({ person: who });
    const key = mintActor({
      workspace: "main",
      type: "apiKey",
      id: "key-2",
      person: "rita",
      roles: ["requester"],
    });
    expect(await ownRecord(key, workspace, open())).toBeNull();
    await expect(ownRecord({ ...as("rita") }, workspace, open())).rejects.toThrow(UnauthorizedActorError);
  });
});
