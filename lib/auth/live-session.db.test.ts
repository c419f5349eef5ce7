import { afterAll, beforeAll, expect, test } from "vitest";
import { isAuthorizedActor } from "#lib/domain/authority";
import { systemActor } from "#lib/engine/system-actor";
import { workspaceKeys } from "#lib/log/keys";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import {
  beginSession,
  endOtherSessionsOf,
  endSession,
  endSessionOf,
  endSessionsOf,
  sessionActor,
} from "./live-session";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const seenAt = async (sessionId: string) =>
  (await workspace.database.session.findUniqueOrThrow({ where: { sessionId } })).seenAt.toISOString();

test("a session stands for its person, with the roles of this moment", async () => {
  const session = await beginSession(workspace, "remy");
  const actor = await sessionActor(workspace, session);
  expect(actor).toEqual({
    workspace: "main",
    type: "person",
    id: "remy",
    person: "remy",
    account: "credentials:remy",
    session,
    roles: ["requester", "reviewer"],
  });
  expect(isAuthorizedActor(actor)).toBe(true);

  const operator = systemActor("main", "operator");
  await workspace.ask(operator, { type: "person.revoke", person: "remy", role: "reviewer" });
  expect((await sessionActor(workspace, session))?.roles).toEqual(["requester"]);
});

test("an ended session stands for nobody, and cannot be begun again", async () => {
  const session = await beginSession(workspace, "ana");
  const other = await beginSession(workspace, "ana");
  await endSession(workspace, session);
  expect(await sessionActor(workspace, session)).toBeNull();
  expect(await sessionActor(workspace, other)).not.toBeNull();
  await endSessionsOf(workspace, "ana");
  expect(await sessionActor(workspace, other)).toBeNull();
});

test("signed out elsewhere, one browser goes on and the others do not, and nobody else's", async () => {
  const [here, there, bens] = [
    await beginSession(workspace, "ana"),
    await beginSession(workspace, "ana"),
    await beginSession(workspace, "ben"),
  ];
  await endSessionOf(workspace, "ana", bens);
  await endOtherSessionsOf(workspace, "ana", here);
  expect(await sessionActor(workspace, here)).toMatchObject({ person: "ana" });
  expect(await sessionActor(workspace, there)).toBeNull();
  expect(await sessionActor(workspace, bens)).toMatchObject({ person: "ben" });
  await endSessionOf(workspace, "ana", here);
  expect(await sessionActor(workspace, here)).toBeNull();
});

test("half an hour unused is the end of a session", async () => {
  const session = await beginSession(workspace, "ana");
  workspace.clock.advance_minutes(29);
  expect(await sessionActor(workspace, session)).not.toBeNull();
  workspace.clock.advance_minutes(29);
  expect(await sessionActor(workspace, session)).not.toBeNull();
  workspace.clock.advance_minutes(30);
  expect(await sessionActor(workspace, session)).toBeNull();
});

test("twelve hours are the end of a session, however busy it is", async () => {
  const session = await beginSession(workspace, "ana");
  for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
    expect(await sessionActor(workspace, session)).not.toBeNull();
    workspace.clock.advance_minutes(20);
  }
  expect(await sessionActor(workspace, session)).not.toBeNull();
  workspace.clock.advance_minutes(20);
  expect(await sessionActor(workspace, session)).toBeNull();
});

test("that somebody was seen is written down once a minute at most", async () => {
  const begun = workspace.clock.now();
  const session = await beginSession(workspace, "ana");
  workspace.clock.advance_ms(59_000);
  await sessionActor(workspace, session);
  expect(await seenAt(session)).toBe(begun);
  workspace.clock.advance_ms(1_000);
  await sessionActor(workspace, session);
  expect(await seenAt(session)).toBe(workspace.clock.now());
});

test("a disabled person, an unknown session and another workspace's keys open nothing", async () => {
  const session = await beginSession(workspace, "ben");
  const keys = workspaceKeys("other", {
    workspaceKey: Buffer.alloc(32, 7),
    identityKey: Buffer.alloc(32, 8),
  });
  expect(await sessionActor({ ...workspace, keys }, session)).toBeNull();
  expect(await sessionActor(workspace, "no-session")).toBeNull();
  await workspace.ask(systemActor("main", "operator"), { type: "person.disable", person: "ben" });
  expect(await sessionActor(workspace, session)).toBeNull();
});
