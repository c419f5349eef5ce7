import { describe, expect, test } from "vitest";
import type { ViewTime } from "./format";
import { type TimelineEntry, type TimelineOrder, timelineDays } from "./timeline-days";

const view: ViewTime = { now: "2026-07-03T12:00:00.000Z", timeZone: "Europe/London" };

function entry(version: number, at: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    id: `order/a@${version}`,
    version,
    type: "taskClaimed",
    at,
    actor: { name: "Ana", kind: "person" },
    sentence: `Ana did ${version}`,
    technical: false,
    facts: [],
    detail: "{}",
    leaf: "00",
    ...more,
  };
}

const technical = { technical: true };
const silence = { silence: { ms: 900_000, waits: "one of the reviewers", people: true } };

function shape(entries: TimelineEntry[], order: TimelineOrder = "oldest") {
  return timelineDays(entries, view, order).map(({ items }) =>
    items.map((item) => {
      if (item.kind === "silence") return "silence";
      return item.kind === "event" ? item.entry.version : item.entries.map(({ version }) => version);
    }),
  );
}

describe("a timeline in days", () => {
  test("the reader's midnight divides, not the server's", () => {
    const days = timelineDays(
      [entry(1, "2026-07-01T22:59:00.000Z"), entry(2, "2026-07-01T23:01:00.000Z")],
      view,
      "oldest",
    );
    expect(days.map(({ day }) => day.replace(",", ""))).toEqual([
      "Wednesday 1 July 2026",
      "Thursday 2 July 2026",
    ]);
  });

  test("technical neighbours fold, people's events do not", () => {
    const at = "2026-07-02T10:00:00.000Z";
    const entries = [
      entry(1, at),
      entry(2, at, technical),
      entry(3, at, technical),
      entry(4, at),
      entry(5, at, technical),
    ];
    expect(shape(entries)).toEqual([[1, [2, 3], 4, 5]]);
    expect(shape(entries, "newest")).toEqual([[5, 4, [3, 2], 1]]);
  });

  test("a single technical event is shown: a fold would hide one line behind one line", () => {
    const at = "2026-07-02T10:00:00.000Z";
    expect(shape([entry(1, at, technical)])).toEqual([[1]]);
    expect(shape([entry(1, at, technical), entry(2, at), entry(3, at, technical)])).toEqual([[1, 2, 3]]);
  });

  test("no fold reaches over midnight or over a silence", () => {
    expect(
      shape([
        entry(1, "2026-07-01T22:59:59.000Z", technical),
        entry(2, "2026-07-01T23:00:01.000Z", technical),
        entry(3, "2026-07-02T10:00:00.000Z", { ...technical, ...silence }),
      ]),
    ).toEqual([[1], [2, "silence", 3]]);
  });

  test("a silence stands between the events it lay between, whichever is read first, over midnight too", () => {
    const entries = [
      entry(1, "2026-07-01T10:00:00.000Z"),
      entry(2, "2026-07-02T10:00:00.000Z", silence),
      entry(3, "2026-07-02T10:01:00.000Z"),
    ];
    expect(shape(entries)).toEqual([[1], ["silence", 2, 3]]);
    expect(shape(entries, "newest")).toEqual([[3, 2, "silence"], [1]]);
  });

  test("a run of technical events keeps its identity while more of them come, whichever is read first", () => {
    const at = "2026-07-02T10:00:00.000Z";
    const entries = [entry(1, at, technical), entry(2, at, technical), entry(3, at, technical)];
    for (const order of ["oldest", "newest"] as const)
      expect(timelineDays(entries.slice(0, 2), view, order)[0]?.items[0]?.id).toBe(
        timelineDays(entries, view, order)[0]?.items[0]?.id,
      );
  });
});
