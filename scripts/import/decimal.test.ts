import { expect, test } from "vitest";
import { isWhole, parseDecimal, plus, times, toMinorUnits } from "./decimal";

const point = { decimal: "." } as const;
const pennies = (text: string) => toMinorUnits(parseDecimal(text, point)!, 2);

test.each([
  ["139.12", 13912n],
  ["22.200000000000003", 2220n],
  ["70.05000000000001", 7005n],
  ["204.0", 20400n],
  ["0", 0n],
  ["2042.761", 204276n],
  ["22.205", 2220n],
  ["22.215", 2222n],
  ["22.204999999999998", 2220n],
  ["22.205000000000002", 2220n],
  ["22.2051", 2221n],
  ["1e-05", 0n],
  ["1.5E+3", 150000n],
  ["-0.005", 0n],
  ["-0.015", -2n],
  ["123456789012345678901234567890.12", 12345678901234567890123456789012n],
])("%s is %d pennies", (text, minor) => {
  expect(pennies(text)).toBe(minor);
});

test("other currencies have other minor units", () => {
  expect(toMinorUnits(parseDecimal("1250", point)!, 0)).toBe(1250n);
  expect(toMinorUnits(parseDecimal("1.2345", point)!, 3)).toBe(1234n);
});

test.each(["", "abc", "£5", "1,50", "1.2.3", "--1", ".", "1.", ".5", "0x10", "NaN", "1e999", "١٢"])(
  "%j is no number",
  (text) => {
    expect(parseDecimal(text, point)).toBeNull();
  },
);

test("separators are what the mapping says, and groups are groups of three", () => {
  const german = { decimal: ",", thousands: "." } as const;
  expect(toMinorUnits(parseDecimal("1.234.567,89", german)!, 2)).toBe(123456789n);
  expect(parseDecimal("12.50", german)).toBeNull();
  expect(parseDecimal("1.23,5", german)).toBeNull();
});

test("sums and products are exact", () => {
  const price = parseDecimal("0.1", point)!;
  const sum = Array.from({ length: 10 }, () => price).reduce(plus);
  expect(toMinorUnits(sum, 2)).toBe(100n);
  expect(toMinorUnits(times(parseDecimal("0.125", point)!, parseDecimal("8", point)!), 2)).toBe(100n);
});

test("a noisy whole number is whole, a half is not", () => {
  expect(isWhole(parseDecimal("6.000000000000001", point)!)).toBe(true);
  expect(isWhole(parseDecimal("6.0", point)!)).toBe(true);
  expect(isWhole(parseDecimal("6.5", point)!)).toBe(false);
});
