import { afterAll, beforeAll, expect, test } from "vitest";
import { isAuthorizedActor } from "#lib/domain/authority";
import { systemActor } from "#lib/engine/system-actor";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { beginSession, endSession } from "./live-session";
import { sessionsAlive } from "./sessions-alive";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

test("of many sessions the ones that are alive are found at once, and none of them is kept alive by it", async () => {
  const [kept, ended, disabled] = [
    await beginSession(workspace, "sam"),
    await beginSession(workspace, "sam"),
    await beginSession(workspace, "rita"),
  ];
  await endSession(workspace, ended);
  await workspace.ask(systemActor("main", "operator"), { type: "person.disable", person: "rita" });
  const asked = [kept, ended, disabled, "no-session"];
  const alive = await sessionsAlive(workspace, asked);
  expect([...alive.keys()]).toEqual([kept]);
  expect(alive.get(kept)).toMatchObject({ id: "sam", session: kept, roles: ["supervisor"] });
  expect(isAuthorizedActor(alive.get(kept))).toBe(true);

  workspace.clock.advance_minutes(29);
  expect((await sessionsAlive(workspace, asked)).size).toBe(1);
  workspace.clock.advance_minutes(1);
  expect((await sessionsAlive(workspace, asked)).size).toBe(0);
});
