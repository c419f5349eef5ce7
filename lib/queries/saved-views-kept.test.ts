import { expect, test } from "vitest";
import { searchKept } from "./saved-views-kept";

test("of a queue's address the cut is kept, and only where there is less in it than in a view that is there anyway", () => {
  expect(searchKept("queue", "claimedBy=ana&reason=limit@1&view=mine&utm=1")).toBe(
    "view=mine&reason=limit%401&claimedBy=ana",
  );
  expect(searchKept("queue", "amountTo=5&amountFrom=1,000.50&currency=GBP")).toBe("currency=GBP");
  expect(searchKept("queue", "amountTo=5000&amountFrom=1,000.50&currency=GBP")).toBe(
    "currency=GBP&amountFrom=1000.50&amountTo=5000",
  );
  expect(searchKept("queue", "view=mine")).toBeNull();
  expect(searchKept("queue", "reason=nothing")).toBeNull();
});

test("of the audit log's address what is looked for is kept, and no place or moment, always in the same order", () => {
  expect(searchKept("audit", "tail=1&upTo=17&q=actor%3Aana+refused")).toBe("q=actor%3Aana+refused");
  expect(searchKept("audit", "b=2&a=1&c=")).toBe(searchKept("audit", "a=1&b=2"));
  expect(searchKept("audit", "upTo=3&q=")).toBeNull();
});
