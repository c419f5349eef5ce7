import { afterAll, beforeAll, expect, test } from "vitest";
import { evidenceOf } from "#lib/domain/order";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { evidenceAsOf } from "./evidence-as-of";
import { NotAllowedToReadError } from "./permission";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const step = "manual.review";
const evidence = (order: string, asOf: string, who = "ana") =>
  evidenceAsOf(workspace.person(who), workspace, { order, step, asOf });

test("what was in the list is decided as it was; what changed after the list was shown is not", async () => {
  const order = await workspace.receive();
  workspace.clock.advance_ms(1_000);
  const shown = workspace.clock.now();
  expect(await evidence(order, shown)).toBe(evidenceOf(await workspace.order(order), step));

  await workspace.decide(workspace.person("ana"), order, "sendBack", { note: "Which warehouse?" });
  workspace.clock.advance_ms(1_000);
  await workspace.ask(workspace.person("rita"), {
    type: "order.amend",
    order,
    total: { amount: 990_000, currency: "GBP" },
    customer: { reference: "17850" },
  });
  expect(await evidence(order, shown)).toBeNull();
  expect(await evidence(order, workspace.clock.now())).toBe(evidenceOf(await workspace.order(order), step));
});

test("an order nobody knows has none, and who may not read the queue is told nothing", async () => {
  expect(await evidence("00000000-0000-8000-8000-000000000000", workspace.clock.now())).toBeNull();
  await expect(evidence("x", workspace.clock.now(), "rita")).rejects.toThrow(NotAllowedToReadError);
});
