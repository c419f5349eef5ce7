import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it, vi } from "vitest";
import {
  addOpenTime,
  alwaysOpen,
  type BusinessCalendar,
  businessCalendarSchema,
  CalendarHorizonError,
  isOpen,
  openTime_ms,
} from "#lib/domain/calendar";

type Hours = BusinessCalendar["hours"];
type Intervals = Hours["1"];

const minute_ms = 60_000;
const hour_ms = 60 * minute_ms;
const noHours: Hours = { "1": [], "2": [], "3": [], "4": [], "5": [], "6": [], "7": [] };

function calendarOf(timeZone: string, hours: Partial<Hours>, closedOn: string[] = []): BusinessCalendar {
  return businessCalendarSchema.parse({ name: "Test", timeZone, hours: { ...noHours, ...hours }, closedOn });
}

function everyDay(intervals: Intervals): Hours {
  return {
    "1": intervals,
    "2": intervals,
    "3": intervals,
    "4": intervals,
    "5": intervals,
    "6": intervals,
    "7": intervals,
  };
}

function instant(at_ms: number): string {
  return new Date(at_ms).toISOString();
}

function millisecondsLater(at: string, by_ms: number): string {
  return instant(Date.parse(at) + by_ms);
}

const workday: Intervals = [
  ["09:00", "12:30"],
  ["13:30", "17:30"],
];
const office = calendarOf(
  "Europe/London",
  { "1": workday, "2": workday, "3": workday, "4": workday, "5": workday },
  ["2025-12-25", "2025-12-26"],
);

describe("office hours", () => {
  it("count neither the lunch break, the night, the weekend nor the holidays", () => {
    expect(openTime_ms(office, "2025-01-06T08:00:00.000Z", "2025-01-06T18:00:00.000Z")).toBe(7.5 * hour_ms);
    expect(openTime_ms(office, "2025-01-06T12:00:00.000Z", "2025-01-06T14:00:00.000Z")).toBe(hour_ms);
    expect(openTime_ms(office, "2025-01-10T17:00:00.000Z", "2025-01-13T09:15:00.000Z")).toBe(45 * minute_ms);
    expect(openTime_ms(office, "2025-12-24T17:00:00.000Z", "2025-12-29T09:15:00.000Z")).toBe(45 * minute_ms);
  });

  it("follow the local clock in summer", () => {
    expect(openTime_ms(office, "2025-07-07T08:00:00.000Z", "2025-07-07T08:00:00.001Z")).toBe(1);
    expect(openTime_ms(office, "2025-07-07T07:00:00.000Z", "2025-07-07T08:00:00.000Z")).toBe(0);
  });

  it("give a deadline over the weekend", () => {
    expect(addOpenTime(office, "2025-01-10T16:30:00.000Z", 2 * hour_ms)).toBe("2025-01-13T10:00:00.000Z");
  });

  it("give the closing, not the next opening, when the time is used up exactly then", () => {
    expect(addOpenTime(office, "2025-01-10T16:30:00.000Z", hour_ms)).toBe("2025-01-10T17:30:00.000Z");
    expect(addOpenTime(office, "2025-01-10T16:30:00.000Z", hour_ms + 1)).toBe("2025-01-13T09:00:00.001Z");
  });

  it("start at the opening when asked while closed, and need no time for none", () => {
    expect(addOpenTime(office, "2025-01-11T03:00:00.000Z", hour_ms)).toBe("2025-01-13T10:00:00.000Z");
    expect(addOpenTime(office, "2025-01-11T03:00:00.000Z", 0)).toBe("2025-01-11T03:00:00.000Z");
  });

  it("are open from the opening until just before the closing", () => {
    expect(isOpen(office, "2025-01-06T08:59:59.999Z")).toBe(false);
    expect(isOpen(office, "2025-01-06T09:00:00.000Z")).toBe(true);
    expect(isOpen(office, "2025-01-06T12:29:59.999Z")).toBe(true);
    expect(isOpen(office, "2025-01-06T12:30:00.000Z")).toBe(false);
    expect(isOpen(office, "2025-12-25T10:00:00.000Z")).toBe(false);
  });

  it("have nothing between an instant and an earlier one", () => {
    expect(openTime_ms(office, "2025-01-06T12:00:00.000Z", "2025-01-06T10:00:00.000Z")).toBe(0);
    expect(openTime_ms(alwaysOpen, "2025-01-06T12:00:00.000Z", "2025-01-06T10:00:00.000Z")).toBe(0);
  });
});

describe("the day on which the clocks change", () => {
  /** Not the fast path: the same hours as always, but in two parts and in a zone. */
  const roundTheClockOnSunday: Intervals = [
    ["00:00", "12:00"],
    ["12:00", "24:00"],
  ];

  it.each([
    ["Europe/London", "2025-03-30", 23],
    ["Europe/London", "2025-10-26", 25],
    ["America/New_York", "2025-03-09", 23],
    ["America/New_York", "2025-11-02", 25],
  ])("in %s on %s has %i hours", (timeZone, date, hours) => {
    const sundays = calendarOf(timeZone, { "7": roundTheClockOnSunday });
    const noon = `${date}T12:00:00.000Z`;
    const open_ms = openTime_ms(
      sundays,
      millisecondsLater(noon, -48 * hour_ms),
      millisecondsLater(noon, 48 * hour_ms),
    );
    expect(open_ms).toBe(hours * hour_ms);
  });

  it.each([
    // London goes from 01:00 to 02:00 at 01:00Z.
    ["Europe/London", "an opening", ["01:30", "03:00"], "2025-03-30", "01:00", "02:00"],
    [
      "Europe/London",
      "an opening at the start of the gap",
      ["01:00", "03:00"],
      "2025-03-30",
      "01:00",
      "02:00",
    ],
    ["Europe/London", "a closing", ["00:15", "01:30"], "2025-03-30", "00:15", "01:00"],
    [
      "Europe/London",
      "a closing at the start of the gap",
      ["00:15", "01:00"],
      "2025-03-30",
      "00:15",
      "01:00",
    ],
    // New York goes from 02:00 to 03:00 at 07:00Z.
    ["America/New_York", "an opening", ["02:30", "04:00"], "2025-03-09", "07:00", "08:00"],
    ["America/New_York", "a closing", ["00:00", "02:30"], "2025-03-09", "05:00", "07:00"],
  ] satisfies Array<[string, string, [string, string], string, string, string]>)(
    "in %s clamps %s that does not exist to the change",
    (timeZone, _what, interval, date, from, to) => {
      expectOpenExactly(calendarOf(timeZone, { "7": [interval] }), date, [[from, to]]);
    },
  );

  it.each([
    ["Europe/London", "2025-03-30", ["01:10", "01:50"]],
    ["America/New_York", "2025-03-09", ["02:00", "02:59"]],
  ] satisfies Array<[string, string, [string, string]]>)(
    "in %s is closed throughout an interval that does not exist",
    (timeZone, date, interval) => {
      expectOpenExactly(calendarOf(timeZone, { "7": [interval] }), date, []);
    },
  );

  it.each([
    // London repeats 01:00 to 02:00: first from 00:00Z, again from 01:00Z.
    ["Europe/London", "opens at the earlier", ["01:30", "03:00"], "2025-10-26", "00:30", "03:00"],
    ["Europe/London", "closes at the later", ["01:15", "01:30"], "2025-10-26", "00:15", "01:30"],
    // New York repeats 01:00 to 02:00: first from 05:00Z, again from 06:00Z.
    ["America/New_York", "opens at the earlier", ["01:30", "03:00"], "2025-11-02", "05:30", "08:00"],
    ["America/New_York", "closes at the later", ["00:30", "01:30"], "2025-11-02", "04:30", "06:30"],
  ] satisfies Array<[string, string, [string, string], string, string, string]>)(
    "in %s %s of two times",
    (timeZone, _what, interval, date, from, to) => {
      expectOpenExactly(calendarOf(timeZone, { "7": [interval] }), date, [[from, to]]);
    },
  );

  it("counts no instant twice when two intervals both reach into the repeated hour", () => {
    const intervals: Intervals = [
      ["01:00", "01:20"],
      ["01:40", "03:00"],
    ];
    expectOpenExactly(calendarOf("Europe/London", { "7": intervals }), "2025-10-26", [["00:00", "03:00"]]);
  });

  it("ends where the next date first begins, though midnight comes twice", () => {
    // Havana goes from 01:00 back to 00:00 on Sunday, 2 November 2025, at 05:00Z; Saturday ends at 04:00Z.
    const saturdays = calendarOf("America/Havana", { "6": [["23:00", "24:00"]] });
    expectOpenExactly(saturdays, "2025-11-02", [["03:00", "04:00"]]);
  });

  it("begins at the change where midnight is skipped", () => {
    // Beirut goes from 00:00 to 01:00 on Sunday, 30 March 2025, at 22:00Z on Saturday.
    const weekend = calendarOf("Asia/Beirut", { "6": [["23:00", "24:00"]], "7": [["00:00", "02:00"]] });
    expectOpenExactly(weekend, "2025-03-29", [["21:00", "23:00"]]);
  });

  it("can be a date that never was", () => {
    // Apia went from the end of 29 December 2011 to the start of 31 December.
    const fridays = calendarOf("Pacific/Apia", { "5": [["09:00", "17:00"]] });
    expect(openTime_ms(fridays, "2011-12-28T00:00:00.000Z", "2012-01-03T00:00:00.000Z")).toBe(0);
    const daily = calendarOf("Pacific/Apia", everyDay(roundTheClockOnSunday));
    expect(openTime_ms(daily, "2011-12-28T00:00:00.000Z", "2012-01-03T00:00:00.000Z")).toBe(6 * 24 * hour_ms);
  });

  /** Open between these UTC times of the date, closed from the day before to the day after otherwise. */
  function expectOpenExactly(calendar: BusinessCalendar, date: string, spans: Array<[string, string]>) {
    const midnight_ms = Date.parse(`${date}T00:00:00.000Z`);
    for (let at_ms = midnight_ms - 24 * hour_ms; at_ms < midnight_ms + 48 * hour_ms; at_ms += 5 * minute_ms) {
      const at = instant(at_ms);
      const expected = spans.some(
        ([from, to]) => at >= `${date}T${from}:00.000Z` && at < `${date}T${to}:00.000Z`,
      );
      expect({ at, open: isOpen(calendar, at) }).toEqual({ at, open: expected });
    }
    const expected_ms = spans.reduce(
      (sum, [from, to]) => sum + Date.parse(`${date}T${to}:00Z`) - Date.parse(`${date}T${from}:00Z`),
      0,
    );
    expect(
      openTime_ms(calendar, instant(midnight_ms - 24 * hour_ms), instant(midnight_ms + 48 * hour_ms)),
    ).toBe(expected_ms);
  }
});

/** Hours with no edge in the hour the clocks repeat, where what the wall says is not enough to know. */
const plainIntervals = fc
  .uniqueArray(fc.constantFrom(0, 2, 3, 5, 8, 9, 12, 13, 17, 18, 22, 24), { minLength: 0, maxLength: 6 })
  .map((edges) => edges.sort((one, other) => one - other))
  .map((edges): Intervals => {
    const written = edges.map((edge) => `${String(edge).padStart(2, "0")}:00`);
    return Array.from({ length: Math.floor(written.length / 2) }, (_, index): [string, string] => [
      written[2 * index]!,
      written[2 * index + 1]!,
    ]);
  });

/** Any hours, edges in skipped and repeated hours included. */
const anyIntervals = fc
  .uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: 2, maxLength: 6 })
  .map((edges) => edges.sort((one, other) => one - other))
  .map((edges): Intervals => {
    const written = edges.map(
      (edge) =>
        `${String(Math.floor(edge / 4)).padStart(2, "0")}:${String((edge % 4) * 15).padStart(2, "0")}`,
    );
    return Array.from({ length: Math.floor(written.length / 2) }, (_, index): [string, string] => [
      written[2 * index]!,
      written[2 * index + 1]!,
    ]);
  });

const timeZones = fc.constantFrom("Europe/London", "America/New_York");
const changes = [
  "2025-03-30T01:00:00.000Z",
  "2025-10-26T01:00:00.000Z",
  "2025-03-09T07:00:00.000Z",
  "2025-11-02T06:00:00.000Z",
];

function calendars(intervals: fc.Arbitrary<Intervals>): fc.Arbitrary<BusinessCalendar> {
  const week = fc.record({
    "1": intervals,
    "2": intervals,
    "3": intervals,
    "4": intervals,
    "5": intervals,
    "6": intervals,
    "7": intervals,
  });
  return fc
    .tuple(timeZones, week, fc.subarray(["2025-03-10", "2025-03-31", "2025-10-26", "2025-11-03"]))
    .filter(([, hours]) => Object.values(hours).some((intervals) => intervals.length > 0))
    .map(([timeZone, hours, closedOn]) => calendarOf(timeZone, hours, closedOn));
}

/** Within five days of a change of the clocks, on a multiple of `step_ms`. */
function instants(step_ms: number): fc.Arbitrary<string> {
  const steps_max = Math.floor((5 * 24 * hour_ms) / step_ms);
  return fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -steps_max, max: steps_max }))
    .map(([change, steps]) => millisecondsLater(change, steps * step_ms));
}

const weekdays: Record<string, keyof Hours> = {
  Mon: "1",
  Tue: "2",
  Wed: "3",
  Thu: "4",
  Fri: "5",
  Sat: "6",
  Sun: "7",
};

/** A second opinion that knows nothing of Temporal: what the wall clock says, held against the hours. */
function wallSaysOpen(calendar: BusinessCalendar, at_ms: number): boolean {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", {
      timeZone: calendar.timeZone,
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    })
      .formatToParts(at_ms)
      .map(({ type, value }) => [type, value]),
  );
  if (calendar.closedOn.includes(`${parts.year}-${parts.month}-${parts.day}`)) return false;
  const wall = `${parts.hour}:${parts.minute}`;
  return calendar.hours[weekdays[parts.weekday!]!].some(([open, close]) => open <= wall && wall < close);
}

describe("every calendar", () => {
  it("is open when the clock on the wall says so", () => {
    fc.assert(
      fc.property(calendars(plainIntervals), instants(30 * minute_ms), (calendar, from) => {
        const from_ms = Date.parse(from);
        let expected_ms = 0;
        for (let at_ms = from_ms; at_ms < from_ms + 30 * hour_ms; at_ms += 30 * minute_ms) {
          const open = wallSaysOpen(calendar, at_ms);
          if (open) expected_ms += 30 * minute_ms;
          const at = instant(at_ms);
          expect({ at, open: isOpen(calendar, at) }).toEqual({ at, open });
        }
        expect(openTime_ms(calendar, from, instant(from_ms + 30 * hour_ms))).toBe(expected_ms);
      }),
      { numRuns: 60 },
    );
  });

  it("takes exactly the asked open time, and no instant sooner", () => {
    fc.assert(
      fc.property(
        calendars(anyIntervals),
        instants(7 * minute_ms + 1),
        fc.integer({ min: 1, max: 40 * hour_ms }),
        (calendar, from, open_ms) => {
          const due = addOpenTime(calendar, from, open_ms);
          expect(openTime_ms(calendar, from, due)).toBe(open_ms);
          expect(openTime_ms(calendar, from, millisecondsLater(due, -1))).toBe(open_ms - 1);
        },
      ),
    );
  });

  it("comes back to where the time was counted to, or to the closing before it", () => {
    fc.assert(
      fc.property(
        calendars(anyIntervals),
        instants(7 * minute_ms),
        fc.integer({ min: 1, max: 100 * hour_ms }),
        (calendar, from, later_ms) => {
          const to = millisecondsLater(from, later_ms);
          const back = addOpenTime(calendar, from, openTime_ms(calendar, from, to));
          if (isOpen(calendar, millisecondsLater(to, -1))) expect(back).toBe(to);
          expect(back <= to).toBe(true);
          expect(openTime_ms(calendar, back, to)).toBe(0);
        },
      ),
    );
  });

  it("adds up: the way to any point in between and on is the whole way", () => {
    fc.assert(
      fc.property(
        calendars(anyIntervals),
        instants(7 * minute_ms),
        fc.nat(50 * hour_ms),
        fc.nat(50 * hour_ms),
        (calendar, from, first_ms, second_ms) => {
          const between = millisecondsLater(from, first_ms);
          const to = millisecondsLater(between, second_ms);
          const whole_ms = openTime_ms(calendar, from, to);
          const part_ms = openTime_ms(calendar, from, between);
          expect(part_ms + openTime_ms(calendar, between, to)).toBe(whole_ms);
          expect(part_ms).toBeLessThanOrEqual(whole_ms);
          expect(whole_ms).toBeLessThanOrEqual(first_ms + second_ms);
        },
      ),
    );
  });

  it("is due later the later it starts and the more it takes", () => {
    fc.assert(
      fc.property(
        calendars(anyIntervals),
        instants(minute_ms),
        fc.nat(50 * hour_ms),
        fc.nat(20 * hour_ms),
        fc.nat(20 * hour_ms),
        (calendar, from, later_ms, open_ms, more_ms) => {
          const due = addOpenTime(calendar, from, open_ms);
          expect(addOpenTime(calendar, millisecondsLater(from, later_ms), open_ms) >= due).toBe(true);
          expect(addOpenTime(calendar, from, open_ms + more_ms) >= due).toBe(true);
        },
      ),
    );
  });

  it("has no seam at midnight, noon or a change of the clocks when it never closes", () => {
    const halves: Intervals = [
      ["00:00", "12:00"],
      ["12:00", "24:00"],
    ];
    const zones = ["Europe/London", "America/New_York", "Asia/Kathmandu", "America/Havana", "Asia/Beirut"];
    const neverCloses = zones.map((zone) => calendarOf(zone, everyDay(halves)));
    fc.assert(
      fc.property(
        fc.constantFrom(...neverCloses),
        instants(minute_ms),
        fc.nat(300 * hour_ms),
        (calendar, from, open_ms) => {
          const due = addOpenTime(alwaysOpen, from, open_ms);
          expect(due).toBe(millisecondsLater(from, open_ms));
          expect(addOpenTime(calendar, from, open_ms)).toBe(due);
          expect(openTime_ms(calendar, from, due)).toBe(openTime_ms(alwaysOpen, from, due));
        },
      ),
    );
  });
});

describe("always open", () => {
  it("is a calendar like any other", () => {
    expect(businessCalendarSchema.parse(alwaysOpen)).toEqual(alwaysOpen);
    expect(isOpen(alwaysOpen, "2025-12-25T03:00:00.000Z")).toBe(true);
  });

  it("is plain arithmetic, also for a copy read from the log", () => {
    const makesDates = vi.spyOn(Temporal.PlainDate, "from");
    const copy: BusinessCalendar = JSON.parse(JSON.stringify(alwaysOpen));
    expect(addOpenTime(copy, "2025-03-30T00:30:00.000Z", 2 * hour_ms)).toBe("2025-03-30T02:30:00.000Z");
    expect(openTime_ms(copy, "2025-03-30T00:30:00.000Z", "2025-03-30T02:30:00.000Z")).toBe(2 * hour_ms);
    expect(makesDates).not.toHaveBeenCalled();
    openTime_ms(
      { ...copy, closedOn: ["2025-03-30"] },
      "2025-03-30T00:30:00.000Z",
      "2025-03-30T02:30:00.000Z",
    );
    expect(makesDates).toHaveBeenCalled();
    makesDates.mockRestore();
  });

  it("closes on a date that is named", () => {
    const closedOnce = { ...alwaysOpen, closedOn: ["2025-05-01"] };
    expect(openTime_ms(closedOnce, "2025-04-30T12:00:00.000Z", "2025-05-02T12:00:00.000Z")).toBe(
      24 * hour_ms,
    );
  });
});

describe("a deadline out of reach", () => {
  const aMinuteAWeek = calendarOf("Europe/London", { "3": [["09:00", "09:01"]] });

  it("is refused by name past ten years", () => {
    const from = "2025-01-01T00:00:00.000Z";
    expect(addOpenTime(aMinuteAWeek, from, 500 * minute_ms) < "2035").toBe(true);
    expect(() => addOpenTime(aMinuteAWeek, from, 523 * minute_ms)).toThrow(CalendarHorizonError);
    expect(addOpenTime(alwaysOpen, from, 3_653 * 24 * hour_ms)).toBe("2035-01-02T00:00:00.000Z");
    expect(() => addOpenTime(alwaysOpen, from, 3_653 * 24 * hour_ms + 1)).toThrow(CalendarHorizonError);
  });

  it("is refused past the last instant that can be written", () => {
    const from = "9999-12-31T23:00:00.000Z";
    expect(addOpenTime(alwaysOpen, from, 59 * minute_ms)).toBe("9999-12-31T23:59:00.000Z");
    expect(() => addOpenTime(alwaysOpen, from, hour_ms)).toThrow(CalendarHorizonError);
  });
});

describe("text and amounts that cannot be meant", () => {
  it.each([
    "2025-01-06",
    "2025-01-06T09:00:00Z",
    "2025-01-06T09:00:00.000+00:00",
    "2025-01-06 09:00:00.000Z",
    "2025-13-06T09:00:00.000Z",
    "2025-02-30T09:00:00.000Z",
    "2025-02-29T09:00:00.000Z",
    "2025-01-06T24:00:00.000Z",
    "",
  ])("%j is not an instant", (at) => {
    expect(() => isOpen(alwaysOpen, at)).toThrow(RangeError);
    expect(() => addOpenTime(alwaysOpen, at, 0)).toThrow(RangeError);
    expect(() => openTime_ms(office, "2025-01-06T09:00:00.000Z", at)).toThrow(RangeError);
  });

  it("takes the last days of a month that exist", () => {
    expect(isOpen(office, "2024-02-29T09:00:00.000Z")).toBe(true);
    expect(isOpen(office, "2025-01-31T09:00:00.000Z")).toBe(true);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    "%d is not an amount of time",
    (open_ms) => {
      expect(() => addOpenTime(alwaysOpen, "2025-01-06T09:00:00.000Z", open_ms)).toThrow(RangeError);
    },
  );
});

describe("a calendar is refused", () => {
  const good = { name: "Office", timeZone: "Europe/London", hours: office.hours, closedOn: ["2024-02-29"] };
  const monday = (intervals: unknown) => ({ ...good, hours: { ...good.hours, "1": intervals } });

  it("only with a reason", () => {
    expect(businessCalendarSchema.safeParse(good).success).toBe(true);
    expect(
      businessCalendarSchema.safeParse(
        monday([
          ["09:00", "12:00"],
          ["12:00", "24:00"],
        ]),
      ).success,
    ).toBe(true);
    expect(businessCalendarSchema.safeParse({ ...good, timeZone: "UTC" }).success).toBe(true);
  });

  it.each([
    [
      "overlapping intervals",
      monday([
        ["09:00", "12:00"],
        ["11:59", "17:00"],
      ]),
      /before the previous interval closes/,
    ],
    [
      "intervals out of order",
      monday([
        ["13:00", "17:00"],
        ["09:00", "12:00"],
      ]),
      /before the previous interval closes/,
    ],
    ["a closing before its opening", monday([["17:00", "09:00"]]), /not after 17:00/],
    ["an empty interval", monday([["09:00", "09:00"]]), /not after 09:00/],
    ["an opening at 24:00", monday([["24:00", "24:00"]]), /An opening is written/],
    ["minutes past 24:00", monday([["09:00", "24:01"]]), /A closing is written/],
    ["hours without a nought", monday([["9:00", "17:00"]]), /An opening is written/],
    ["a zone nobody knows", { ...good, timeZone: "Europe/Atlantis" }, /not an IANA time zone/],
    ["an offset for a zone", { ...good, timeZone: "+01:00" }, /not an IANA time zone/],
    ["another spelling of a zone", { ...good, timeZone: "europe/london" }, /not an IANA time zone/],
    [
      "a time with a zone in it",
      { ...good, timeZone: "2025-01-01T00:00[Europe/London]" },
      /not an IANA time zone/,
    ],
    ["no open hour at all", { ...good, hours: noHours }, /never open/],
    ["a weekday left out", { ...good, hours: { "1": [["09:00", "17:00"]] } }, /expected array/],
    ["an eighth weekday", { ...good, hours: { ...good.hours, "8": [] } }, /Unrecognized key/],
    ["a closed date that never was", { ...good, closedOn: ["2025-02-29"] }, /Invalid ISO date/],
    ["a member nobody knows", { ...good, holidays: [] }, /Unrecognized key/],
  ])("for %s", (_what, calendar, why) => {
    expect(businessCalendarSchema.safeParse(calendar).error?.message).toMatch(why);
  });
});
