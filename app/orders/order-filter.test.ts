import { expect, test } from "vitest";
import { filterOf, filterTexts, ordersFrom } from "./order-filter";

const before = (asked: Record<string, string>) => filterOf(filterTexts(asked)).before;

test("a day ends when it ends in the zone of its address, which is UTC where none is named", () => {
  expect(before({ until: "2026-10-24", zone: "Europe/Vienna" })).toBe("2026-10-24T22:00:00.000Z");
  // The clocks went back in the night.
  expect(before({ until: "2026-10-25", zone: "Europe/Vienna" })).toBe("2026-10-25T23:00:00.000Z");
  expect(before({ until: "2026-10-25" })).toBe("2026-10-26T00:00:00.000Z");
  expect(before({ until: "2026-10-25", zone: "Middle/Earth" })).toBe("2026-10-26T00:00:00.000Z");
  for (const until of ["2026-02-30", "yesterday", ""]) expect(before({ until })).toBeUndefined();
});

test("the zone stays with the day from page to page", () => {
  const texts = filterTexts({ until: " 2026-10-25 ", zone: "Asia/Tokyo", status: "" });
  expect(ordersFrom(texts, "here")).toBe("/orders?until=2026-10-25&zone=Asia%2FTokyo&after=here");
});
