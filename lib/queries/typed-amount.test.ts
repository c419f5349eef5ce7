import { expect, it } from "vitest";
import { currencies, formatMoney } from "#lib/domain/money";
import { amountText, amountTyped } from "./typed-amount";

it.each([
  ["1,250.50", "GBP", 125_050],
  ["1250.5", "GBP", 125_050],
  [" 7 ", "GBP", 700],
  ["1250", "JPY", 1_250],
  ["1.234", "KWD", 1_234],
  ["1000", "HUF", 100_000],
  ["90071992547409.91", "GBP", Number.MAX_SAFE_INTEGER],
] as const)("typed %s %s is %d", (typed, currency, minor) => {
  expect(amountTyped(typed, currency)).toBe(minor);
});

it.each([
  ["", "GBP"],
  ["12,50", "GBP"],
  ["1.234", "GBP"],
  ["1.5", "JPY"],
  ["£5", "GBP"],
  ["1e3", "GBP"],
  ["-5", "GBP"],
  ["90071992547409.92", "GBP"],
] as const)("typed %s %s is no amount", (typed, currency) => {
  expect(amountTyped(typed, currency)).toBeNull();
});

it.each(currencies)(
  "a thousand typed in %s is a thousand wherever it is shown, and typed again",
  (currency) => {
    const amount = amountTyped("1,000", currency)!;
    expect(formatMoney({ amount, currency }).replace(/\.0+$/, "")).toMatch(/1,000$/);
    expect(amountText(amount, currency)).toBe("1000");
    for (const minor of [0, 1, 99, 100, 125_050, Number.MAX_SAFE_INTEGER])
      expect(amountTyped(amountText(minor, currency), currency)).toBe(minor);
  },
);
