import { expect, test } from "vitest";
import { grows, trendOf } from "./trend";

test("a line is found as it is, without doubt", () => {
  const trend = trendOf([100, 110, 120, 130]);
  expect(trend.mean).toBe(115);
  expect(trend.rise).toBeCloseTo(30);
  expect(trend.doubt).toBeCloseTo(0);
  expect(grows(trend, 0.25)).toBe(true);
  expect(grows(trend, 0.27)).toBe(false);
});

test("what only goes up and down does not grow, and what does so while growing does", () => {
  const noise = [5, -7, 3, -1, 8, -6, 2, -4, 6, -5, 1, -2, 4, -3, -1];
  expect(grows(trendOf(noise.map((by) => 100 + by)), 0.05)).toBe(false);
  expect(grows(trendOf(noise.map((by, n) => 100 + by + 2 * n)), 0.05)).toBe(true);
  expect(grows(trendOf(noise.map((by, n) => 100 + by - 2 * n)), 0.05)).toBe(false);
});

test("two figures are no trend", () => {
  expect(() => trendOf([1, 2])).toThrow("three");
});
