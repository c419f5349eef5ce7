import { expect, test } from "vitest";
import { whatFollows } from "./what-follows";

const after = (verdict: string) => whatFollows("order-fulfilment@1", "manual.review", verdict, "Rita Ortega");

test("a verdict says what it sets off before it is given", () => {
  expect(after("approve")).toBe("The carrier is asked for the dispatch.");
  expect(after("reject")).toBe("The order ends here, rejected.");
  expect(after("sendBack")).toBe("It goes back to Rita Ortega, and comes here again once it was changed.");
});

test("of a workflow or a verdict nobody knows nothing is said", () => {
  expect(after("constructor")).toBe("");
  expect(whatFollows("order-fulfilment@99", "manual.review", "approve", "Rita Ortega")).toBe("");
  expect(whatFollows("order-fulfilment@1", "policy.check", "approve", "Rita Ortega")).toBe("");
});
