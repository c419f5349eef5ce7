import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type LivePage, LiveRefresh } from "./live-refresh";

let may: ReturnType<LivePage["may"]>;
let refreshed: number[];
let withheld: boolean[];
let page: LiveRefresh;
let now_ms: number;
/** How long the server takes to draw the page again, and as of which position it then is. */
let draws: { ms: number; from: () => number | null };

beforeEach(() => {
  vi.useFakeTimers();
  [may, refreshed, withheld, now_ms] = ["now", [], [], 0];
  draws = { ms: 20, from: () => null };
  page = new LiveRefresh({
    refresh() {
      refreshed.push(now_ms);
      setTimeout(() => page.shown(draws.from()), draws.ms);
    },
    may: () => may,
    withheld: (is) => withheld.push(is),
  });
});
afterEach(() => {
  page.stop();
  vi.useRealTimers();
});

const passes = async (ms: number) => {
  for (let n = 0; n < ms; n += 10) {
    now_ms += 10;
    await vi.advanceTimersByTimeAsync(10);
  }
};

test("a page is drawn again soon after something happened, and once for a burst", async () => {
  for (let n = 1; n <= 20; n++) page.changed(n, true);
  await passes(200);
  expect(refreshed).toHaveLength(1);
  await passes(5_000);
  expect(refreshed).toHaveLength(1);
});

test("what happens while it is drawn draws it once more, a second later and not at once", async () => {
  page.changed(1, true);
  await passes(160);
  page.changed(2, true);
  await passes(500);
  expect(refreshed).toHaveLength(1);
  await passes(1_000);
  expect(refreshed).toHaveLength(2);
});

test("the longer things keep happening the less often it is drawn, and after a quiet time soon again", async () => {
  const drawn = async (ms: number) => {
    refreshed = [];
    for (let n = 0; n < ms / 50; n++) {
      page.changed(n, true);
      await passes(50);
    }
    return refreshed.length;
  };
  const first = await drawn(10_000);
  expect(first).toBeGreaterThanOrEqual(3);
  expect(first).toBeLessThanOrEqual(6);
  await drawn(40_000);
  expect(await drawn(60_000)).toBeLessThanOrEqual(7);
  await passes(60_000);
  page.changed(1e9, true);
  await passes(200);
  page.changed(1e9 + 1, true);
  const at = refreshed.length;
  await passes(1_500);
  expect(refreshed.length).toBe(at + 1);
});

test("never two at once, however long the server takes", async () => {
  draws.ms = 9_000;
  page.changed(1, true);
  await passes(200);
  page.changed(2, true);
  await passes(8_000);
  expect(refreshed).toHaveLength(1);
  await passes(2_000);
  expect(refreshed).toHaveLength(2);
});

test("a page that was drawn for another reason, and knows it already, is not drawn again", async () => {
  page.changed(7, true);
  page.shown(7);
  await passes(5_000);
  expect(refreshed).toEqual([]);
  page.changed(8, true);
  page.shown(7);
  await passes(200);
  expect(refreshed).toHaveLength(1);
});

test("what concerns only a number in the frame waits some seconds, and not for something urgent", async () => {
  page.changed(1, false);
  await passes(2_000);
  expect(refreshed).toEqual([]);
  await passes(3_100);
  expect(refreshed).toHaveLength(1);
  await passes(30_000);
  page.changed(2, false);
  await passes(100);
  page.changed(3, true);
  await passes(200);
  expect(refreshed).toHaveLength(2);
});

test("under the hands of somebody who writes nothing changes; that something waits is said after a while", async () => {
  may = "writing";
  page.changed(1, true);
  await passes(1_000);
  expect(withheld).toEqual([]);
  await passes(60_000);
  expect([refreshed, withheld]).toEqual([[], [true]]);
  may = "now";
  await passes(1_100);
  expect([refreshed.length, withheld]).toEqual([1, [true, false]]);
});

test("that a number in the frame is old is not said to somebody who writes", async () => {
  may = "writing";
  page.changed(1, false);
  await passes(60_000);
  expect([refreshed, withheld]).toEqual([[], []]);
});

test("who writes may have it shown all the same", async () => {
  may = "writing";
  page.changed(1, true);
  await passes(10_000);
  page.now();
  expect([refreshed.length, withheld]).toEqual([1, [true, false]]);
  await passes(10_000);
  expect(refreshed).toHaveLength(1);
});

test("a page nobody looks at is drawn again when somebody does, and a page that follows by itself never", async () => {
  may = "later";
  page.changed(1, true);
  await passes(600_000);
  expect(refreshed).toEqual([]);
  may = "now";
  await passes(1_000);
  expect(refreshed).toHaveLength(1);
  may = "never";
  page.changed(2, true);
  await passes(5_000);
  may = "now";
  await passes(5_000);
  expect(refreshed).toHaveLength(1);
});
