import { describe, expect, test } from "vitest";
import { isDay, startOfDay, timeZoneNamed } from "./zoned-day";

const hour_ms = 3_600_000;
const hoursOf = (day: string, zone: string) =>
  (Date.parse(startOfDay(day, zone, 1)) - Date.parse(startOfDay(day, zone))) / hour_ms;

describe("a day of a zone", () => {
  test.each([
    ["2026-11-01", "UTC", "2026-11-01T00:00:00.000Z", 24],
    ["2026-11-01", "Asia/Kolkata", "2026-10-31T18:30:00.000Z", 24],
    // The first and the last zone of the earth begin the same day 25 hours apart.
    ["2026-11-01", "Pacific/Kiritimati", "2026-10-31T10:00:00.000Z", 24],
    ["2026-11-01", "Pacific/Pago_Pago", "2026-11-01T11:00:00.000Z", 24],
    // The clocks go forward, go back, and go forward by half an hour.
    ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z", 23],
    ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00.000Z", 25],
    ["2026-11-01", "America/New_York", "2026-11-01T04:00:00.000Z", 25],
    ["2026-10-04", "Australia/Lord_Howe", "2026-10-03T13:30:00.000Z", 23.5],
    // There was no midnight: the day began at one.
    ["2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z", 23],
    // There was no such day: Samoa went from the 29th to the 31st.
    ["2011-12-29", "Pacific/Apia", "2011-12-29T10:00:00.000Z", 24],
    ["2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00.000Z", 0],
    ["2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00.000Z", 24],
  ])("%s in %s begins at %s and has %d hours", (day, zone, start, hours) => {
    expect(startOfDay(day, zone)).toBe(start);
    expect(hoursOf(day, zone)).toBe(hours);
  });

  test("is one that is in the calendar, of a year the database knows", () => {
    for (const day of ["1970-01-01", "2024-02-29", "2026-12-31", "8999-12-31"]) expect(isDay(day)).toBe(true);
    for (const day of ["2026-02-29", "2026-13-01", "2026-1-1", "0000-01-01", "9999-12-31", "yesterday", ""])
      expect(isDay(day)).toBe(false);
  });
});

test("a zone has its usual spelling, and nothing else is one", () => {
  expect(timeZoneNamed("europe/berlin")).toBe("Europe/Berlin");
  expect(timeZoneNamed("utc")).toBe("UTC");
  expect(timeZoneNamed("+05:30")).toBe("+05:30");
  for (const name of ["", "Z", "Europe/Atlantis", "2026-01-01[Europe/Berlin]", "x".repeat(5_000)])
    expect(timeZoneNamed(name)).toBeUndefined();
});
