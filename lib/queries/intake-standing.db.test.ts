import { afterAll, beforeAll, expect, test } from "vitest";
import { mintActor } from "#lib/domain/authority";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { intakeStanding } from "./intake-standing";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

test("a machine sees the orders its person asked for or handed in, and no other", async () => {
  const key = (id: string, person: string) =>
    mintActor({ workspace: "main", type: "apiKey", id, person, roles: [] });
  const ritas = await workspace.receive({ businessKey: "STANDING-1" });
  expect(await intakeStanding(key("0000000000000001", "rita"), workspace, ritas)).toMatchObject({
    order: ritas,
    businessKey: "STANDING-1",
    source: "test",
    requestedBy: "rita",
    status: "open",
    at: ["manual.review"],
    version: 3,
  });
  expect(await intakeStanding(key("0000000000000002", "remy"), workspace, ritas)).toBeNull();

  const handedIn = await workspace.ask(key("0000000000000003", "remy"), {
    type: "order.receive",
    workflow: "order-fulfilment@1",
    source: "webshop",
    businessKey: "STANDING-2",
    requestedBy: "rita",
    total: { amount: 100, currency: "GBP" },
  });
  expect(handedIn).toMatchObject({ rejected: false });
  const order = (handedIn as { stream: string }).stream.slice("order/".length);
  expect(await intakeStanding(key("0000000000000004", "remy"), workspace, order)).toMatchObject({ order });
  expect(await intakeStanding(key("0000000000000004", "sam"), workspace, order)).toBeNull();
});
