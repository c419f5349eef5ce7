import { Temporal } from "temporal-polyfill";

/** The time zone of this name (IANA, or an offset as +05:30) in its usual spelling; undefined when there is none. */
export function timeZoneNamed(name: string): string | undefined {
  try {
    const { timeZoneId } = Temporal.PlainDate.from("1970-01-01").toZonedDateTime(name);
    // A zone is read out of longer texts, too.
    return timeZoneId.toLowerCase() === name.toLowerCase() ? timeZoneId : undefined;
  } catch {
    return undefined;
  }
}

/** Whether this is a day, as `2026-11-30`, of a year that events can have. */
export function isDay(day: string): boolean {
  if (!/^(?:19|[2-8]\d)\d\d-\d\d-\d\d$/.test(day)) return false;
  try {
    return Temporal.PlainDate.from(day).toString() === day;
  } catch {
    return false;
  }
}

/**
 * The instant at which a day begins in a zone, or the one so many days later; where the clocks skip midnight, the first instant
 * there is. A day that a zone left out, because it crossed the date line, begins with the next and is over at once. Throws for
 * what is no day or zone.
 */
export function startOfDay(day: string, timeZone: string, later_days = 0): string {
  const date = Temporal.PlainDate.from(day).add({ days: later_days });
  return new Date(date.toZonedDateTime(timeZone).epochMilliseconds).toISOString();
}
