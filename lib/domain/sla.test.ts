import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alwaysOpen, type BusinessCalendar, businessCalendarSchema, isOpen } from "#lib/domain/calendar";
import {
  breachIsDue,
  elapsed_ms,
  markBreached,
  pauseClock,
  type RunningClock,
  remaining_ms,
  resumeClock,
  type SlaClock,
  SlaClockError,
  standing,
  startClock,
  stopClock,
  undoStop,
} from "#lib/domain/sla";

const minute_ms = 60_000;
const hour_ms = 60 * minute_ms;

const workday: Array<[string, string]> = [["09:00", "17:00"]];
const office: BusinessCalendar = businessCalendarSchema.parse({
  name: "Office",
  timeZone: "Europe/London",
  hours: { "1": workday, "2": workday, "3": workday, "4": workday, "5": workday, "6": [], "7": [] },
  closedOn: [],
});
/** Open through the hours that London repeats and New York skips. */
const nightShift: BusinessCalendar = businessCalendarSchema.parse({
  name: "Night shift",
  timeZone: "America/New_York",
  hours: {
    "1": [["00:30", "02:30"]],
    "2": [],
    "3": [],
    "4": [],
    "5": [["22:00", "24:00"]],
    "6": [["00:00", "06:00"]],
    "7": [
      ["01:30", "02:15"],
      ["02:45", "05:00"],
    ],
  },
  closedOn: [],
});

const pinned = "calendar/office@3";
const mondayAt = (time: string) => `2025-01-06T${time}:00.000Z`;
const tuesdayAt = (time: string) => `2025-01-07T${time}:00.000Z`;
const twoHours = () => startClock(office, { goal_minutes: 120, at: mondayAt("09:00"), pinned });

describe("a clock of two hours, started on Monday at nine", () => {
  it("is due at eleven", () => {
    expect(twoHours()).toEqual({
      calendar: pinned,
      goal_ms: 2 * hour_ms,
      extended_ms: 0,
      startedAt: mondayAt("09:00"),
      state: "running",
      elapsed_ms: 0,
      since: mondayAt("09:00"),
      breachAt: mondayAt("11:00"),
    });
  });

  it("stands on track, at risk with less than a quarter left, and breached when its time is up", () => {
    expect(standing(twoHours(), office, mondayAt("09:00"))).toBe("on track");
    expect(standing(twoHours(), office, mondayAt("10:30"))).toBe("on track");
    expect(standing(twoHours(), office, "2025-01-06T10:30:00.001Z")).toBe("at risk");
    expect(standing(twoHours(), office, "2025-01-06T10:59:59.999Z")).toBe("at risk");
    expect(standing(twoHours(), office, mondayAt("11:00"))).toBe("breached");
  });

  it("has the rest of its time after a pause", () => {
    const paused = pauseClock(twoHours(), office, mondayAt("09:30"));
    expect(paused).toMatchObject({
      state: "paused",
      elapsed_ms: 30 * minute_ms,
      breachAt: null,
      breachAtBeforePause: mondayAt("11:00"),
    });
    expect(standing(paused, office, tuesdayAt("16:00"))).toBe("paused");
    const resumed = resumeClock(paused, office, tuesdayAt("16:00"), { remainingAtLeast_minutes: 15 });
    expect(resumed).toMatchObject({ state: "running", extended_ms: 0, breachAt: "2025-01-08T09:30:00.000Z" });
    expect(resumed).not.toHaveProperty("breachAtBeforePause");
  });

  it("comes back with a quarter of an hour when less was left", () => {
    const paused = pauseClock(twoHours(), office, mondayAt("10:50"));
    const resumed = resumeClock(paused, office, mondayAt("14:00"), { remainingAtLeast_minutes: 15 });
    expect(resumed).toMatchObject({
      goal_ms: 2 * hour_ms,
      extended_ms: 5 * minute_ms,
      breachAt: mondayAt("14:15"),
    });
    expect(remaining_ms(resumed, office, mondayAt("14:00"))).toBe(15 * minute_ms);
    expect(standing(resumed, office, mondayAt("14:00"))).toBe("at risk");
  });

  it("comes back with a quarter of an hour though it had breached, which it does not forget", () => {
    const breached = markBreached(twoHours(), mondayAt("11:02"));
    const paused = pauseClock(breached, office, mondayAt("12:00"));
    const resumed = resumeClock(paused, office, mondayAt("14:00"), { remainingAtLeast_minutes: 15 });
    expect(resumed).toMatchObject({
      extended_ms: hour_ms + 15 * minute_ms,
      breachAt: mondayAt("14:15"),
      breachedAt: mondayAt("11:00"),
    });
    expect(standing(resumed, office, mondayAt("14:00"))).toBe("at risk");
    expect(standing(resumed, office, mondayAt("14:15"))).toBe("breached");
    expect(breachIsDue(resumed, mondayAt("14:15"))).toBe(false);
    expect(markBreached(resumed, mondayAt("14:20"))).toEqual(resumed);
  });

  it("is at risk by a quarter of its goal, whatever was granted on top", () => {
    const paused = pauseClock(twoHours(), office, mondayAt("11:00"));
    const resumed = resumeClock(paused, office, mondayAt("14:00"), { remainingAtLeast_minutes: 40 });
    expect(standing(resumed, office, mondayAt("14:10"))).toBe("on track");
    expect(standing(resumed, office, "2025-01-06T14:10:00.001Z")).toBe("at risk");
  });

  it("does not count what it is paused for", () => {
    const paused = pauseClock(twoHours(), office, mondayAt("09:30"));
    expect(elapsed_ms(paused, office, tuesdayAt("12:00"))).toBe(30 * minute_ms);
    expect(remaining_ms(paused, office, tuesdayAt("12:00"))).toBe(90 * minute_ms);
  });

  it("keeps, once stopped, the time it used and how it stood", () => {
    const inTime = stopClock(twoHours(), office, mondayAt("10:45"));
    expect(inTime).toMatchObject({ state: "stopped", elapsed_ms: 105 * minute_ms, breachAt: null });
    expect(inTime).not.toHaveProperty("breachedAt");
    expect(standing(inTime, office, tuesdayAt("16:00"))).toBe("at risk");
    expect(remaining_ms(inTime, office, tuesdayAt("16:00"))).toBe(15 * minute_ms);
    expect(standing(stopClock(twoHours(), office, mondayAt("09:10")), office, tuesdayAt("16:00"))).toBe(
      "on track",
    );
    expect(standing(stopClock(twoHours(), office, mondayAt("11:10")), office, tuesdayAt("16:00"))).toBe(
      "breached",
    );
  });

  it("goes on after a withdrawal as if it had never been stopped", () => {
    const stopped = stopClock(twoHours(), office, mondayAt("10:59"));
    const withdrawn = undoStop(stopped);
    expect(withdrawn).toEqual(twoHours());
    expect(elapsed_ms(withdrawn, office, mondayAt("11:30"))).toBe(150 * minute_ms);
    expect(breachIsDue(withdrawn, mondayAt("11:00"))).toBe(true);
  });

  it("is paused again after the withdrawal of what stopped it while paused", () => {
    const paused = pauseClock(twoHours(), office, mondayAt("09:30"));
    const stopped = stopClock(paused, office, mondayAt("12:00"));
    expect(stopped.elapsed_ms).toBe(30 * minute_ms);
    expect(undoStop(stopped)).toEqual(paused);
  });

  it("notes a breach as of the instant it happened, however late it is noticed", () => {
    expect(breachIsDue(twoHours(), "2025-01-06T10:59:59.999Z")).toBe(false);
    expect(breachIsDue(twoHours(), mondayAt("11:00"))).toBe(true);
    const breached = markBreached(twoHours(), tuesdayAt("09:00"));
    expect(breached).toEqual({ ...twoHours(), breachedAt: mondayAt("11:00") });
    expect(breachIsDue(breached, tuesdayAt("09:00"))).toBe(false);
  });

  it.each([
    ["paused", pauseClock],
    ["stopped", stopClock],
  ] as const)("does not lose a breach that nobody noticed before it was %s", (_state, change) => {
    expect(change(twoHours(), office, mondayAt("11:00")).breachedAt).toBe(mondayAt("11:00"));
    expect(change(twoHours(), office, tuesdayAt("12:00")).breachedAt).toBe(mondayAt("11:00"));
    expect(change(twoHours(), office, "2025-01-06T10:59:59.999Z").breachedAt).toBeUndefined();
  });

  it("stays late when it resumes without a minimum", () => {
    const paused = pauseClock(twoHours(), office, mondayAt("12:00"));
    const resumed = resumeClock(paused, office, mondayAt("14:00"));
    expect(resumed).toMatchObject({ extended_ms: 0, breachAt: mondayAt("11:00") });
    expect(remaining_ms(resumed, office, mondayAt("14:00"))).toBe(-hour_ms);
  });

  it("takes an instant before its last change for that change", () => {
    const paused = pauseClock(twoHours(), office, mondayAt("08:00"));
    expect(paused).toMatchObject({ elapsed_ms: 0, since: mondayAt("09:00") });
    const resumed = resumeClock(paused, office, mondayAt("08:30"));
    expect(resumed).toMatchObject({ since: mondayAt("09:00"), breachAt: mondayAt("11:00") });
    expect(stopClock(resumed, office, mondayAt("08:30")).since).toBe(mondayAt("09:00"));
    expect(remaining_ms(resumed, office, mondayAt("08:30"))).toBe(2 * hour_ms);
  });
});

describe("a clock refuses", () => {
  const running = twoHours();
  const paused = pauseClock(running, office, mondayAt("09:30"));
  const stopped = stopClock(running, office, mondayAt("09:30"));
  const at = mondayAt("16:00");

  it.each([
    ["to pause twice", () => pauseClock(paused, office, at)],
    ["to pause when stopped", () => pauseClock(stopped, office, at)],
    ["to resume while running", () => resumeClock(running, office, at)],
    ["to resume when stopped", () => resumeClock(stopped, office, at)],
    ["to stop twice", () => stopClock(stopped, office, at)],
    ["to undo a stop while running", () => undoStop(running)],
    ["to undo a stop while paused", () => undoStop(paused)],
    ["a breach while paused", () => markBreached(paused, at)],
    ["a breach when stopped", () => markBreached(stopped, at)],
    ["a breach before its time is up", () => markBreached(running, "2025-01-06T10:59:59.999Z")],
    ["a goal of nothing", () => startClock(office, { goal_minutes: 0, at, pinned })],
    ["a goal below nothing", () => startClock(office, { goal_minutes: -5, at, pinned })],
    ["a goal in parts of minutes", () => startClock(office, { goal_minutes: 1.5, at, pinned })],
    ["a minimum below nothing", () => resumeClock(paused, office, at, { remainingAtLeast_minutes: -1 })],
  ])("%s", (_what, ask) => {
    expect(ask).toThrow(SlaClockError);
  });
});

type Change = {
  verb: "pause" | "resume" | "resumeWithMinimum" | "stop" | "undoStop" | "notice";
  after_ms: number;
};

const change: fc.Arbitrary<Change> = fc.record({
  verb: fc.constantFrom("pause", "resume", "resumeWithMinimum", "stop", "undoStop", "notice"),
  after_ms: fc.oneof(fc.constant(0), fc.nat(3 * hour_ms), fc.nat(40 * hour_ms)),
});

const calendars = fc.constantFrom(office, nightShift, alwaysOpen);
const starts = fc
  .tuple(
    fc.constantFrom("2025-03-30T01:00:00.000Z", "2025-10-26T01:00:00.000Z", "2025-03-09T07:00:00.000Z"),
    fc.integer({ min: -72 * hour_ms, max: 24 * hour_ms }),
  )
  .map(([around, by_ms]) => new Date(Date.parse(around) + by_ms).toISOString());

type Life = { calendar: BusinessCalendar; goal_minutes: number; start: string; changes: Change[] };

const lives: fc.Arbitrary<Life> = fc.record({
  calendar: calendars,
  goal_minutes: fc.integer({ min: 1, max: 600 }),
  start: starts,
  changes: fc.array(change, { maxLength: 8 }),
});

/** Every clock of one life with the instant it came to be, from the start through each change its state allows. */
function clocksOf({ calendar, goal_minutes, start, changes }: Life) {
  let at = start;
  let clock: SlaClock = startClock(calendar, { goal_minutes, at, pinned });
  const clocks: Array<{ clock: SlaClock; at: string }> = [{ clock, at }];
  for (const { verb, after_ms } of changes) {
    at = new Date(Date.parse(at) + after_ms).toISOString();
    if (verb === "pause" && clock.state === "running") clock = pauseClock(clock, calendar, at);
    if (verb === "resume" && clock.state === "paused") clock = resumeClock(clock, calendar, at);
    if (verb === "resumeWithMinimum" && clock.state === "paused") {
      clock = resumeClock(clock, calendar, at, { remainingAtLeast_minutes: 15 });
    }
    if (verb === "stop" && clock.state !== "stopped") clock = stopClock(clock, calendar, at);
    if (verb === "undoStop" && clock.state === "stopped") clock = undoStop(clock);
    if (verb === "notice" && breachIsDue(clock, at)) clock = markBreached(clock, at);
    clocks.push({ clock, at });
  }
  return clocks;
}

const order = ["on track", "at risk", "breached"];

describe("every clock", () => {
  it("has used and has left, together, its goal and what it was granted", () => {
    fc.assert(
      fc.property(lives, fc.nat(40 * hour_ms), (life, later_ms) => {
        for (const { clock, at } of clocksOf(life)) {
          const then = new Date(Date.parse(at) + later_ms).toISOString();
          const used_ms = elapsed_ms(clock, life.calendar, then);
          expect(used_ms + remaining_ms(clock, life.calendar, then)).toBe(clock.goal_ms + clock.extended_ms);
          expect(clock.goal_ms).toBe(life.goal_minutes * minute_ms);
          if (!life.changes.some(({ verb }) => verb === "resumeWithMinimum"))
            expect(clock.extended_ms).toBe(0);
        }
      }),
    );
  });

  it("says it is breached from breachAt on and not a millisecond sooner", () => {
    fc.assert(
      fc.property(lives, (life) => {
        for (const { clock } of clocksOf(life)) {
          if (clock.state !== "running") continue;
          const due = clock.breachAt > clock.since ? clock.breachAt : clock.since;
          expect(standing(clock, life.calendar, due)).toBe("breached");
          const justBefore = new Date(Date.parse(clock.breachAt) - 1).toISOString();
          if (justBefore >= clock.since)
            expect(standing(clock, life.calendar, justBefore)).not.toBe("breached");
        }
      }),
    );
  });

  it("never breaches while it is paused or stopped", () => {
    fc.assert(
      fc.property(lives, fc.nat(400 * hour_ms), (life, later_ms) => {
        for (const { clock, at } of clocksOf(life)) {
          if (clock.state === "running") continue;
          const then = new Date(Date.parse(at) + later_ms).toISOString();
          expect(clock.breachAt).toBeNull();
          expect(breachIsDue(clock, then)).toBe(false);
          expect(standing(clock, life.calendar, then)).toBe(standing(clock, life.calendar, at));
          expect(remaining_ms(clock, life.calendar, then)).toBe(remaining_ms(clock, life.calendar, at));
          expect(() => markBreached(clock, then)).toThrow(SlaClockError);
        }
      }),
    );
  });

  it("is not changed by a pause and a resumption at the same instant", () => {
    fc.assert(
      fc.property(lives, fc.nat(40 * hour_ms), fc.nat(40 * hour_ms), (life, later_ms, still_ms) => {
        for (const { clock, at } of clocksOf(life)) {
          if (clock.state !== "running") continue;
          const then = new Date(Date.parse(at) + later_ms).toISOString();
          const again = resumeClock(pauseClock(clock, life.calendar, then), life.calendar, then);
          const after = new Date(Date.parse(then) + still_ms).toISOString();
          expect(remaining_ms(again, life.calendar, after)).toBe(remaining_ms(clock, life.calendar, after));
          expect(standing(again, life.calendar, after)).toBe(standing(clock, life.calendar, after));
          expect(again.extended_ms).toBe(clock.extended_ms);
          expect(again.breachAt).toBe(clock.breachAt);
        }
      }),
    );
  });

  it("is not changed by a stop that is undone", () => {
    fc.assert(
      fc.property(lives, fc.nat(40 * hour_ms), (life, later_ms) => {
        for (const { clock, at } of clocksOf(life)) {
          if (clock.state === "stopped") continue;
          const then = new Date(Date.parse(at) + later_ms).toISOString();
          expect(undoStop(stopClock(clock, life.calendar, then))).toEqual(clock);
        }
      }),
    );
  });

  it("only ever uses up time, and only goes from on track to at risk to breached while it runs", () => {
    fc.assert(
      fc.property(lives, fc.nat(20 * hour_ms), fc.nat(20 * hour_ms), (life, first_ms, second_ms) => {
        for (const { clock, at } of clocksOf(life)) {
          const first = new Date(Date.parse(at) + first_ms).toISOString();
          const second = new Date(Date.parse(first) + second_ms).toISOString();
          const between_ms =
            elapsed_ms(clock, life.calendar, second) - elapsed_ms(clock, life.calendar, first);
          expect(between_ms).toBeGreaterThanOrEqual(0);
          expect(between_ms).toBeLessThanOrEqual(second_ms);
          expect(order.indexOf(standing(clock, life.calendar, second))).toBeGreaterThanOrEqual(
            order.indexOf(standing(clock, life.calendar, first)),
          );
        }
      }),
    );
  });

  it("comes back with no less than the minimum, and loses nothing by it", () => {
    fc.assert(
      fc.property(lives, fc.nat(40 * hour_ms), fc.integer({ min: 0, max: 90 }), (life, later_ms, minimum) => {
        for (const { clock, at } of clocksOf(life)) {
          if (clock.state !== "paused") continue;
          const then = new Date(Date.parse(at) + later_ms).toISOString();
          const left_ms = remaining_ms(clock, life.calendar, then);
          const resumed = resumeClock(clock, life.calendar, then, { remainingAtLeast_minutes: minimum });
          expect(remaining_ms(resumed, life.calendar, then)).toBe(Math.max(left_ms, minimum * minute_ms));
        }
      }),
    );
  });

  it("is a JSON value that no change touches", () => {
    fc.assert(
      fc.property(lives, (life) => {
        const clocks = clocksOf(life);
        const written = clocks.map(({ clock }) => JSON.stringify(clock));
        for (const [index, { clock }] of clocks.entries()) {
          expect(JSON.parse(written[index]!)).toStrictEqual(clock);
        }
        expect(clocksOf(life).map(({ clock }) => JSON.stringify(clock))).toEqual(written);
      }),
    );
  });

  it("is due while its business is open, or at the moment it closes", () => {
    fc.assert(
      fc.property(calendars, starts, fc.integer({ min: 1, max: 600 }), (calendar, at, goal_minutes) => {
        const clock: RunningClock = startClock(calendar, { goal_minutes, at, pinned });
        expect(isOpen(calendar, new Date(Date.parse(clock.breachAt) - 1).toISOString())).toBe(true);
      }),
    );
  });
});
