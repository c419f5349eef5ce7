import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

test("of many orders of one customer that arrive together exactly one is the first", async () => {
  // Enough for several batches, two of which are always under way at once.
  const orders = await Promise.all(
    Array.from({ length: 300 }, (_, n) =>
      workspace.receive({
        customer: { reference: "together" },
        total: { amount: 1_000 + n, currency: "GBP" },
      }),
    ),
  );
  const states = await Promise.all(orders.map((order) => workspace.order(order)));
  const first = states.filter(({ policy }) =>
    policy?.results.some(({ rule, result }) => rule === "firstTimeCustomer@1" && result === "review"),
  );
  expect(first).toHaveLength(1);
});

test("of equal orders that arrive together all but one look like another", async () => {
  const orders = await Promise.all(
    Array.from({ length: 100 }, () =>
      workspace.receive({ customer: { reference: "twice" }, total: { amount: 4_200, currency: "GBP" } }),
    ),
  );
  const states = await Promise.all(orders.map((order) => workspace.order(order)));
  const alike = states.filter(({ policy }) =>
    policy?.results.some(({ rule, result }) => rule === "possibleDuplicate@1" && result === "review"),
  );
  expect(alike).toHaveLength(99);
});
