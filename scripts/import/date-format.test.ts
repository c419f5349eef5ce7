import { expect, test } from "vitest";
import { dateReader } from "./date-format";

test.each([
  ["YYYY-MM-DD", "2010-12-01", "2010-12-01T00:00:00.000Z"],
  ["M/D/YY H:MM", "12/1/10 8:26", "2010-12-01T08:26:00.000Z"],
  ["DD.MM.YYYY", "31.01.2026", "2026-01-31T00:00:00.000Z"],
  ["YYYY-MM-DDTHH:MM:SSZ", "2026-02-28T23:59:58Z", "2026-02-28T23:59:58.000Z"],
  ["D/M/YY", "9/3/71", "1971-03-09T00:00:00.000Z"],
  ["YYYY-MM-DD", " 2024-02-29 ", "2024-02-29T00:00:00.000Z"],
])("%s reads %s", (form, text, instant) => {
  expect(dateReader(form)(text)).toEqual({ date: instant.slice(0, 10), instant });
});

test.each([
  ["YYYY-MM-DD", "2010-02-30"],
  ["YYYY-MM-DD", "2023-02-29"],
  ["YYYY-MM-DD", "2010-13-01"],
  ["YYYY-MM-DD", "2010-00-10"],
  ["YYYY-MM-DD", "12/1/10"],
  ["YYYY-MM-DD", "2010-12-01 08:26"],
  ["YYYY-MM-DD", "0010-12-01"],
  ["DD.MM.YYYY", "31-01-2026"],
  ["M/D/YY H:MM", "12/1/10 24:00"],
  ["M/D/YY H:MM", "12/1/10 8:60"],
])("%s does not read %s", (form, text) => {
  expect(dateReader(form)(text)).toBeNull();
});

test("a form that is no date is refused, with what is missing", () => {
  expect(() => dateReader("MM-DD")).toThrow("MM-DD says nothing of the year");
  expect(() => dateReader("YYYY-DD-DD")).toThrow("YYYY-DD-DD has the day twice");
});
