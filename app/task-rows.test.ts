import { expect, test } from "vitest";
import { orderTitle } from "./task-rows";

test("an order is called by its customer and its number, byte for byte", () => {
  expect(orderTitle({ customer: "A. Mason", businessKey: "WS-417" })).toBe("A. Mason · WS-417");
  expect(orderTitle({ businessKey: "WS-417" })).toBe("WS-417");
});

test("neither turns the other round, whatever was taken in once", () => {
  expect(orderTitle({ customer: "Customer \u202E1-SEYE", businessKey: "cba" })).toBe(
    "\u2068Customer 1-SEYE\u2069 · cba",
  );
  expect(orderTitle({ customer: "שלום", businessKey: "12" })).toBe("\u2068שלום\u2069 · 12");
  expect(orderTitle({ customer: "A. Mason", businessKey: "12-א" })).toBe("A. Mason · \u206812-א\u2069");
});
