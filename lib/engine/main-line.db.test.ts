import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

test("an order over the limit waits for a person, and goes all the way once approved, in nine events", async () => {
  const order = await workspace.receive();
  expect((await workspace.order(order)).status).toBe("open");
  expect((await workspace.task(order)).status).toBe("READY");

  const decided = await workspace.decide(workspace.person("ana"), order, "approve");
  expect(decided).toMatchObject({ rejected: false });
  await workspace.runtime.dispatcher.idle();

  expect((await workspace.order(order)).status).toBe("completed");
  const log = await workspace.log(`order/${order}`);
  expect(log.map(({ type }) => type)).toEqual([
    "orderReceived",
    "policyChecked",
    "taskOpened",
    "decisionMade",
    "decisionSettled",
    "effectIntended",
    "effectConfirmed",
    "effectIntended",
    "effectConfirmed",
  ]);
});
