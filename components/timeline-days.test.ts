import { describe, expect, test } from "vitest";
import type { ViewTime } from "./format";
import { type TimelineEntry, timelineDays } from "./timeline-days";

const view: ViewTime = { now: "2026-07-03T12:00:00.000Z", timeZone: "Europe/London" };

function entry(version: number, at: string, technical = false): TimelineEntry {
  return {
    id: `order/a@${version}`,
    at,
    actor: { name: "Ana", kind: "person" },
    sentence: `Ana did ${version}`,
    technical,
    detail: "{}",
    version,
    leaf: "00",
  };
}

function shape(entries: TimelineEntry[]) {
  return timelineDays(entries, view).map(({ items }) =>
    items.map((item) =>
      item.kind === "event" ? item.entry.version : item.entries.map(({ version }) => version),
    ),
  );
}

describe("a timeline in days", () => {
  test("the reader's midnight divides, not the server's", () => {
    const days = timelineDays(
      [entry(1, "2026-07-01T22:59:00.000Z"), entry(2, "2026-07-01T23:01:00.000Z")],
      view,
    );
    expect(days.map(({ day }) => day.replace(",", ""))).toEqual([
      "Wednesday 1 July 2026",
      "Thursday 2 July 2026",
    ]);
  });

  test("technical neighbours fold, people's events do not", () => {
    const at = "2026-07-02T10:00:00.000Z";
    expect(
      shape([entry(1, at), entry(2, at, true), entry(3, at, true), entry(4, at), entry(5, at, true)]),
    ).toEqual([[1, [2, 3], 4, [5]]]);
  });

  test("no fold reaches over midnight or over a silence", () => {
    expect(
      shape([
        entry(1, "2026-07-01T22:59:59.000Z", true),
        entry(2, "2026-07-01T23:00:01.000Z", true),
        entry(3, "2026-07-02T10:00:00.000Z", true),
      ]),
    ).toEqual([[[1]], [[2], [3]]]);
  });

  test("a silence is measured in either reading order, a short one is none", () => {
    const late = entry(2, "2026-07-02T10:15:00.000Z");
    const early = entry(1, "2026-07-02T10:00:00.000Z");
    const idle = (entries: TimelineEntry[]) =>
      timelineDays(entries, view)[0]?.items.map(({ idle_ms }) => idle_ms);
    expect(idle([early, late])).toEqual([undefined, 900_000]);
    expect(idle([late, early])).toEqual([undefined, 900_000]);
    expect(idle([early, entry(2, "2026-07-02T10:14:59.000Z")])).toEqual([undefined, undefined]);
  });
});
