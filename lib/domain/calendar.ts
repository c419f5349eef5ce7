/**
 * Open time: when a business is at work, and how much of that lies between two instants.
 *
 * A calendar says hours in local time; deadlines are instants. The two meet once, in `localInstant`, and
 * everything else is milliseconds. What local time leaves unsaid is settled there, always in favour of counting
 * an hour the people were really there for:
 * - a local time that does not exist (the clocks went forward over it) is the instant of the change;
 * - a local time that happens twice (the clocks went back over it) is the earlier of the two for an opening and
 *   the later for a closing, so that the repeated hour is open when the hours around it are;
 * - "24:00" is the instant at which the next date begins, and never reaches into that date.
 *
 * Intervals are half open: at the opening instant the business is open, at the closing instant it is not.
 * A calendar is a value: what is derived from one is remembered by its identity, so it must never be changed.
 */
import { Temporal } from "temporal-polyfill";
import { z } from "zod";

/** An instant as the log writes it: `YYYY-MM-DDTHH:MM:SS.sssZ`, always with milliseconds, so that text order is time order. */
export type Instant = string;

const day_ms = 86_400_000;
const lastInstant_ms = Date.parse("9999-12-31T23:59:59.999Z");
/** How far ahead a deadline may lie: ten years, leap days included. */
const horizon_ms = 3_653 * day_ms;
/** More than the horizon needs, so that one long calculation does not empty what it is using. */
const rememberedDays_max = 8_000;

const instantPattern = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z$/;

const interval = z.tuple([
  z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "An opening is written HH:MM, from 00:00 to 23:59."),
  z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, "A closing is written HH:MM, up to 24:00."),
]);

const hoursOfOneDay = z.array(interval).superRefine((intervals, context) => {
  intervals.forEach(([open, close], index) => {
    if (close <= open) {
      context.addIssue({
        code: "custom",
        path: [index],
        message: `It closes at ${close}, not after ${open}.`,
      });
    }
    const previous = intervals[index - 1];
    if (previous !== undefined && open < previous[1]) {
      const message = `It opens at ${open}, before the previous interval closes at ${previous[1]}.`;
      context.addIssue({ code: "custom", path: [index], message });
    }
  });
});

/**
 * What a calendar must be: a known IANA zone in its usual spelling, hours for every weekday ("1" is Monday, "7" is
 * Sunday) in order and without overlap (they may touch), dates on which it is closed all day, and open at some time.
 */
export const businessCalendarSchema = z.strictObject({
  name: z.string().min(1).max(100),
  timeZone: z.string().refine(isTimeZone, "This is not an IANA time zone such as Europe/London."),
  hours: z
    .record(z.enum(["1", "2", "3", "4", "5", "6", "7"]), hoursOfOneDay)
    .refine(
      (hours) => Object.values(hours).some((intervals) => intervals.length > 0),
      "The calendar is never open: nothing measured by it would ever be due.",
    ),
  closedOn: z.array(z.iso.date()),
});

/** When a business is open; see `businessCalendarSchema`. Times are local to `timeZone`, dates are `YYYY-MM-DD`. */
export type BusinessCalendar = z.infer<typeof businessCalendarSchema>;

type Weekday = keyof BusinessCalendar["hours"];

/** Every hour of every day counts. */
export const alwaysOpen: BusinessCalendar = {
  name: "Always open",
  timeZone: "UTC",
  hours: {
    "1": [["00:00", "24:00"]],
    "2": [["00:00", "24:00"]],
    "3": [["00:00", "24:00"]],
    "4": [["00:00", "24:00"]],
    "5": [["00:00", "24:00"]],
    "6": [["00:00", "24:00"]],
    "7": [["00:00", "24:00"]],
  },
  closedOn: [],
};

/** The asked amount of open time does not pass within ten years (or before the year 10000): the calendar or the goal is wrong. */
export class CalendarHorizonError extends Error {
  override readonly name = "CalendarHorizonError";
  constructor(
    readonly calendar: string,
    readonly from: Instant,
    readonly open_ms: number,
  ) {
    super(`The calendar "${calendar}" is not open for ${open_ms} ms within ten years from ${from}.`);
  }
}

/**
 * The open time between two instants, in milliseconds; 0 when `to` is not after `from`. Takes about a microsecond
 * per day between them (once the days are known), and one altogether when the calendar is always open.
 * Throws a RangeError for text that is not an instant.
 */
export function openTime_ms(calendar: BusinessCalendar, from: Instant, to: Instant): number {
  const start_ms = epoch_ms(from);
  const end_ms = epoch_ms(to);
  if (end_ms <= start_ms) return 0;
  const known = knowledgeOf(calendar);
  if (known.alwaysOpen) return end_ms - start_ms;
  let open_ms = 0;
  for (const [open, close] of openIntervals(calendar, known, start_ms, end_ms)) open_ms += close - open;
  return open_ms;
}

/**
 * The first instant at which `open_ms` of open time have passed since `from`: `from` itself for 0, and the evening's
 * closing rather than the next morning's opening when the amount is used up exactly then.
 * Throws a RangeError for text that is not an instant or an amount that is not a whole number ≥ 0, and a
 * CalendarHorizonError when it takes more than ten years.
 */
export function addOpenTime(calendar: BusinessCalendar, from: Instant, open_ms: number): Instant {
  if (!Number.isSafeInteger(open_ms) || open_ms < 0) {
    throw new RangeError(`Open time is a whole number of milliseconds from 0 up, not ${open_ms}.`);
  }
  const start_ms = epoch_ms(from);
  if (open_ms === 0) return from;
  const end_ms = Math.min(start_ms + horizon_ms, lastInstant_ms);
  const known = knowledgeOf(calendar);
  if (known.alwaysOpen) {
    if (start_ms + open_ms <= end_ms) return new Date(start_ms + open_ms).toISOString();
  } else {
    let left_ms = open_ms;
    for (const [open, close] of openIntervals(calendar, known, start_ms, end_ms)) {
      if (left_ms <= close - open) return new Date(open + left_ms).toISOString();
      left_ms -= close - open;
    }
  }
  throw new CalendarHorizonError(calendar.name, from, open_ms);
}

/** Whether the business is open at this instant. Throws a RangeError for text that is not an instant. */
export function isOpen(calendar: BusinessCalendar, at: Instant): boolean {
  const at_ms = epoch_ms(at);
  const known = knowledgeOf(calendar);
  if (known.alwaysOpen) return true;
  for (const _ of openIntervals(calendar, known, at_ms, at_ms + 1)) return true;
  return false;
}

type Interval_ms = readonly [open: number, close: number];

type Knowledge = { alwaysOpen: boolean; closedOn: ReadonlySet<string>; days: Map<number, Interval_ms[]> };

const knowledge = new WeakMap<BusinessCalendar, Knowledge>();

function knowledgeOf(calendar: BusinessCalendar): Knowledge {
  const known = knowledge.get(calendar);
  if (known !== undefined) return known;
  const roundTheClock = Object.values(calendar.hours).every(
    (intervals) => intervals.length === 1 && intervals[0]?.[0] === "00:00" && intervals[0][1] === "24:00",
  );
  const fresh: Knowledge = {
    alwaysOpen: roundTheClock && calendar.closedOn.length === 0,
    closedOn: new Set(calendar.closedOn),
    days: new Map(),
  };
  knowledge.set(calendar, fresh);
  return fresh;
}

/** The open intervals between two instants in order, cut to them, none empty and no millisecond twice. */
function* openIntervals(
  calendar: BusinessCalendar,
  known: Knowledge,
  from_ms: number,
  to_ms: number,
): Generator<Interval_ms> {
  let counted_ms = from_ms;
  // Local dates differ from UTC's by at most one day either way; the second day before covers a repeated hour
  // that carries a closing past midnight.
  const lastDay = Math.floor(to_ms / day_ms) + 1;
  for (let day = Math.floor(from_ms / day_ms) - 2; day <= lastDay; day++) {
    for (const [open, close] of intervalsOf(calendar, known, day)) {
      const start_ms = Math.max(open, counted_ms);
      const end_ms = Math.min(close, to_ms);
      if (end_ms <= start_ms) continue;
      yield [start_ms, end_ms];
      // Two intervals of a day on which the clocks go back may overlap as instants.
      counted_ms = end_ms;
    }
  }
}

/** The opening hours of one local date, `day` days after 1970-01-01, as instants. */
function intervalsOf(calendar: BusinessCalendar, known: Knowledge, day: number): Interval_ms[] {
  const remembered = known.days.get(day);
  if (remembered !== undefined) return remembered;
  const date = Temporal.PlainDate.from("1970-01-01").add({ days: day });
  const hours = known.closedOn.has(date.toString()) ? [] : calendar.hours[String(date.dayOfWeek) as Weekday];
  const intervals = hours.map(
    ([open, close]): Interval_ms => [
      localInstant(date, open, calendar.timeZone, "earlier"),
      localInstant(date, close, calendar.timeZone, "later"),
    ],
  );
  if (known.days.size >= rememberedDays_max) known.days.clear();
  known.days.set(day, intervals);
  return intervals;
}

function localInstant(
  date: Temporal.PlainDate,
  time: string,
  timeZone: string,
  whenTwice: "earlier" | "later",
): number {
  if (time === "24:00") return date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
  const local = date.toPlainDateTime(time);
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: "earlier" });
  const later = local.toZonedDateTime(timeZone, { disambiguation: "later" });
  const happens = earlier.toPlainDateTime().equals(local);
  if (happens) return (whenTwice === "earlier" ? earlier : later).epochMilliseconds;
  // For a skipped time `earlier` lies before the change. `later` would not do: it can be the very instant of the
  // change, and the transition previous to that is half a year off.
  const change = earlier.getTimeZoneTransition("next");
  if (change === null)
    throw new Error(`${local.toString()} is skipped in ${timeZone}, but by no change of the clocks.`);
  return change.epochMilliseconds;
}

function epoch_ms(at: Instant): number {
  const at_ms = instantPattern.test(at) ? Date.parse(at) : Number.NaN;
  // The parser lets 30 February through as 2 March, and only the last days of a month can be wrong like that.
  if (Number.isNaN(at_ms) || (at.slice(8, 10) > "28" && new Date(at_ms).toISOString() !== at)) {
    throw new RangeError(`"${at}" is not an instant of the form YYYY-MM-DDTHH:MM:SS.sssZ.`);
  }
  return at_ms;
}

function isTimeZone(name: string): boolean {
  try {
    // Also refuses offsets, other capitals and whatever else a zone can be read out of: two spellings would be two calendars.
    const id = Temporal.PlainDate.from("1970-01-01").toZonedDateTime(name).timeZoneId;
    return id === name && /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
