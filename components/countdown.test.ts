import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readCountdown, type Sla } from "./countdown-reading";

const due_ms = Date.parse("2026-07-02T14:00:00.000Z");
const twoHours: Sla = { breachAt: "2026-07-02T14:00:00.000Z", goal_ms: 7_200_000 };

describe("an SLA at a glance", () => {
  test.each([
    [-7_200_000, "onTrack", "2 h left"],
    [-1_800_000, "onTrack", "30 min left"],
    [-1_799_999, "atRisk", "At risk, 29 min left"],
    [-600_000, "atRisk", "At risk, 10 min left"],
    [-599_000, "atRisk", "At risk, 9 min 59 s left"],
    [-1, "atRisk", "At risk, 0 s left"],
    [0, "breached", "Breached just now"],
    [59_000, "breached", "Breached just now"],
    [61_000, "breached", "Breached 1 min ago"],
    [600_000, "breached", "Breached 10 min ago"],
    [90_000_000, "breached", "Breached 1 d 1 h ago"],
  ] as const)("%d ms from due is %s: %s", (from_ms, standing, text) => {
    const reading = readCountdown(twoHours, due_ms + from_ms);
    expect(reading.standing).toBe(standing);
    expect([reading.word, reading.text].filter(Boolean).join(" ")).toBe(text);
  });

  test("a stopped clock says why, even past the old deadline", () => {
    const paused: Sla = { ...twoHours, pausedWhy: "Waiting for changes" };
    expect(readCountdown(paused, due_ms + 1)).toEqual({ standing: "paused", text: "Waiting for changes" });
  });

  test("no deadline is no countdown", () => {
    expect(readCountdown({ breachAt: null, goal_ms: 0 }, due_ms).standing).toBe("none");
  });

  test("text changes once a minute above ten minutes, once a second below", () => {
    const texts = (from_ms: number) =>
      new Set(
        Array.from(
          { length: 60 },
          (_, second) => readCountdown(twoHours, due_ms - from_ms + second * 1_000).text,
        ),
      ).size;
    expect(texts(3_660_000)).toBeLessThanOrEqual(2);
    expect(texts(300_000)).toBe(60);
    expect(texts(-300_000)).toBeLessThanOrEqual(2);
  });
});

describe("the server's clock seen from the browser", () => {
  beforeEach(() => {
    vi.resetModules();
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("a browser an hour behind still counts on the server's time", async () => {
    const { serverNow_ms } = await import("./server-clock");
    vi.setSystemTime("2026-07-02T11:00:00.000Z");
    expect(serverNow_ms("2026-07-02T12:00:00.000Z")).toBe(Date.parse("2026-07-02T12:00:00.000Z"));
    vi.setSystemTime("2026-07-02T11:00:30.000Z");
    expect(serverNow_ms("2026-07-02T12:00:00.000Z")).toBe(Date.parse("2026-07-02T12:00:30.000Z"));
  });

  test("an old page out of the cache does not turn the clock back, a fresher sample mends it", async () => {
    const { serverNow_ms } = await import("./server-clock");
    vi.setSystemTime("2026-07-02T12:00:02.000Z");
    serverNow_ms("2026-07-02T12:00:00.000Z");
    vi.setSystemTime("2026-07-02T12:05:00.000Z");
    expect(serverNow_ms("2026-07-02T12:00:00.000Z")).toBe(Date.parse("2026-07-02T12:04:58.000Z"));
    expect(serverNow_ms("2026-07-02T12:04:59.900Z")).toBe(Date.parse("2026-07-02T12:04:59.900Z"));
  });

  test("one timer for all who listen, none for nobody", async () => {
    vi.stubGlobal("document", { hidden: false, addEventListener: vi.fn(), removeEventListener: vi.fn() });
    const { subscribeToSeconds } = await import("./server-clock");
    const calls = { first: 0, second: 0 };
    const leaveFirst = subscribeToSeconds(() => calls.first++);
    const leaveSecond = subscribeToSeconds(() => calls.second++);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(3_000);
    leaveFirst();
    vi.advanceTimersByTime(1_000);
    leaveSecond();
    expect(calls).toEqual({ first: 3, second: 4 });
    expect(vi.getTimerCount()).toBe(0);
    vi.unstubAllGlobals();
  });
});
