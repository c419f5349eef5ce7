import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatDate,
  formatDay,
  formatDuration,
  formatExact,
  formatInstant,
  formatRelative,
  formatTimeOfDay,
  type ViewTime,
} from "./format";

const london: ViewTime = { now: "2026-07-02T12:00:00.000Z", timeZone: "Europe/London" };
const tokyo: ViewTime = { ...london, timeZone: "Asia/Tokyo" };

describe("time", () => {
  test("is told in the reader's zone", () => {
    const at = "2026-07-01T23:30:09.000Z";
    expect(formatInstant(at, london)).toBe("2 Jul 2026, 00:30");
    expect(formatTimeOfDay(at, tokyo)).toBe("08:30:09");
    expect(formatDay("2026-07-01T22:30:00.000Z", london)).toMatch(/^Wednesday,? 1 July 2026$/);
    expect(formatDay("2026-07-01T22:30:00.000Z", tokyo)).toMatch(/^Thursday,? 2 July 2026$/);
    expect(formatExact(at, london)).toMatch(/Thursday,? 2 July 2026 at 00:30:09 BST/);
  });

  test("a calendar date stays on its day", () => {
    expect(formatDate("2026-07-02", london)).toBe("2 Jul 2026");
  });

  // The plural of hr differs between versions of Unicode's data.
  test.each([
    ["2026-07-02T11:59:30.000Z", "just now"],
    ["2026-07-02T11:58:00.000Z", "2 min ago"],
    ["2026-07-02T11:00:20.000Z", "1 hr ago"],
    ["2026-07-02T15:00:00.000Z", "in 3 hr"],
    ["2026-06-30T12:00:00.000Z", "2 days ago"],
    ["2026-05-01T12:00:00.000Z", "1 May 2026"],
  ])("%s is %s", (at, text) => {
    expect(formatRelative(at, london).replace("hrs", "hr")).toBe(text);
  });

  test("an unknown zone is an error, not a guess", () => {
    expect(() => formatInstant(london.now, { ...london, timeZone: "Mars/Olympus" })).toThrow(RangeError);
  });

  test.each([
    [183_600_000, "2 d 3 h"],
    [172_800_000, "2 d"],
    [4_859_000, "1 h 20 min"],
    [3_600_000, "1 h"],
    [600_000, "10 min"],
    [599_999, "9 min 59 s"],
    [8_400, "8 s"],
    [-5, "0 s"],
  ])("%d ms is %s", (length_ms, text) => {
    expect(formatDuration(length_ms)).toBe(text);
  });
});

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [812, "812 bytes"],
  [1_400, "1.4 kB"],
  [14_200, "14 kB"],
  [2_400_000, "2.4 MB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
