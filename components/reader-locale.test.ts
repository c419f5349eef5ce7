import { expect, test } from "vitest";
import { formatDate, formatInstant } from "./format";
import { localeOf } from "./reader-locale";

test.each([
  ["en-US,en;q=0.9", "en-US"],
  ["en-GB", "en-GB"],
  ["de-AT,de;q=0.9,en-US;q=0.7", "en-AT"],
  ["zh-Hant-HK, en;q=0.5", "en-HK"],
  ["en-US;q=0.3, en-AU;q=0.8", "en-AU"],
  ["en-us", "en-US"],
])("dates are written as the region of %s writes them in English", (asked, expected) => {
  expect(localeOf(asked)).toBe(expected);
});

test.each([
  ["nothing", null],
  ["an empty header", ""],
  ["a language without a region", "de, en;q=0.5"],
  ["a region without an English of its own", "fr-AQ"],
  ["a region that is not wanted", "en-US;q=0"],
  ["no languages at all", "*;;q=,en-USA;q=2,\u0000"],
  ["more than anybody speaks", `${"x,".repeat(50)}en-US`],
])("where the browser says %s, they are written as in Britain", (_, asked) => {
  expect(localeOf(asked)).toBe("en-GB");
});

test("who reads where the month comes first and the clock has twelve hours reads it so", () => {
  const [at, now, timeZone] = ["2026-03-02T16:05:09.123Z", "2026-03-02T16:05:09.123Z", "UTC"];
  expect(formatInstant(at, { now, timeZone, locale: "en-GB" })).toBe("2 Mar 2026, 16:05");
  expect(formatInstant(at, { now, timeZone, locale: "en-US" })).toBe("Mar 2, 2026, 4:05 PM");
  expect(formatDate("2026-03-02", { locale: "en-US" })).toBe("Mar 2, 2026");
});
