import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { earlierOrders } from "./customer-orders";
import { NotAllowedToReadError } from "./permission";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

async function ofCustomer(reference: string): Promise<string> {
  const order = await workspace.receive({ customer: { reference } });
  workspace.clock.advance_ms(1_000);
  return order;
}

async function earlierThan(order: string, who = "ana") {
  const { content, receivedAt } = await workspace.order(order);
  return earlierOrders(workspace.person(who), workspace, {
    customerIndex: content.customerIndex ?? "",
    order,
    receivedAt,
  });
}

test("a customer's earlier orders are shown newest first, with who decided them, and no other customer's", async () => {
  const [approved, rejected, takenBack] = [
    await ofCustomer("A"),
    await ofCustomer("A"),
    await ofCustomer("A"),
  ];
  await ofCustomer("B");
  await workspace.decide(workspace.person("ben"), approved, "approve");
  await workspace.decide(workspace.person("ana"), rejected, "reject");
  await workspace.decide(workspace.person("ana"), takenBack, "approve", { undo_ms: 8_000 });
  await workspace.ask(workspace.person("ana"), {
    type: "task.withdraw",
    order: takenBack,
    step: "manual.review",
    visit: 1,
  });
  const present = await ofCustomer("A");
  await ofCustomer("A");

  const { orders, more } = await earlierThan(present);
  expect(orders.map(({ order, decided }) => [order, decided])).toEqual([
    [takenBack, null],
    [rejected, { participle: "Rejected", by: "ana" }],
    [approved, { participle: "Approved", by: "ben" }],
  ]);
  expect(more).toBe(false);
});

test("of many the latest are shown, and that there are more", async () => {
  for (let n = 0; n < 7; n++) await ofCustomer("C");
  const { orders, more } = await earlierThan(await ofCustomer("C"));
  expect(orders).toHaveLength(5);
  expect(more).toBe(true);
});

test("who may not read orders learns of no customer's", async () => {
  const order = await ofCustomer("D");
  await expect(earlierThan(order, "rita")).rejects.toThrow(NotAllowedToReadError);
});
