/** A moment as an ISO 8601 string in UTC, for example `2026-03-02T16:05:09.123Z`. */
export type Instant = string;

/** From when and where a page is looked at: the server's now, the reader's time zone (IANA), and how dates are written there. */
export type ViewTime = { now: Instant; timeZone: string; locale?: string };

const DEFAULT_LOCALE = "en-GB";
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

// Making an Intl formatter costs far more than using it, and a page of the log uses it hundreds of times.
// Bounded, because readers choose their zones themselves.
const formatters_max = 500;
const formatters = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>();

function cached<T extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(
  key: string,
  make: () => T,
): T {
  const known = formatters.get(key);
  if (known) return known as T;
  const made = make();
  if (formatters.size >= formatters_max) formatters.clear();
  formatters.set(key, made);
  return made;
}

function dateText(at: string, view: Omit<ViewTime, "now">, options: Intl.DateTimeFormatOptions): string {
  const locale = view.locale ?? DEFAULT_LOCALE;
  const formatter = cached(
    `date ${locale} ${view.timeZone} ${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(locale, { ...options, timeZone: view.timeZone }),
  );
  // Between time and PM some put a narrow space, others a plain one: server and browser have to agree.
  return formatter.format(new Date(at)).replaceAll("\u202f", " ");
}

/** A whole or fractional number with the reader's separators: `18532` is `18,532`. */
export function formatNumber(value: number, locale: string = DEFAULT_LOCALE): string {
  return cached(`number ${locale}`, () => new Intl.NumberFormat(locale)).format(value);
}

/** How much a file holds, in the largest fitting unit: `812 bytes`, `14 kB`, `2.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, "kB"] : [bytes / 1_000_000, "MB"];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

/** Whether there is a time zone of this name (IANA). */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat(DEFAULT_LOCALE, { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Date and minute: `2 Mar 2026, 16:05`. Throws RangeError for an unknown time zone or an impossible instant. */
export function formatInstant(at: Instant, view: ViewTime): string {
  return dateText(at, view, { dateStyle: "medium", timeStyle: "short" });
}

/** Everything, for titles: `Monday, 2 March 2026 at 16:05:09 GMT`. */
export function formatExact(at: Instant, view: ViewTime): string {
  return dateText(at, view, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });
}

/** The time of day in the reader's zone: `16:05:09`. */
export function formatTimeOfDay(at: Instant, view: ViewTime): string {
  return dateText(at, view, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** The day in the reader's zone, for separators: `Monday, 2 March 2026`. */
export function formatDay(at: Instant, view: ViewTime): string {
  return dateText(at, view, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** A calendar date without a time (`2026-03-02`) for people: `2 Mar 2026`. No time zone moves it. */
export function formatDate(date: string, { locale }: Pick<ViewTime, "locale">): string {
  return dateText(`${date}T00:00:00Z`, { timeZone: "UTC", locale }, { dateStyle: "medium" });
}

/**
 * How far from now: `just now`, `5 min ago`, `in 3 days`; after thirty days the date, because nobody counts
 * further than that.
 */
export function formatRelative(at: Instant, view: ViewTime): string {
  const locale = view.locale ?? DEFAULT_LOCALE;
  const away_ms = Date.parse(at) - Date.parse(view.now);
  const distance_ms = Math.abs(away_ms);
  if (distance_ms < 45 * SECOND_MS) return "just now";
  if (distance_ms > 30 * DAY_MS) return dateText(at, view, { dateStyle: "medium" });
  const relative = cached(
    `relative ${locale}`,
    () => new Intl.RelativeTimeFormat(locale, { style: "short" }),
  );
  if (distance_ms < HOUR_MS - 30 * SECOND_MS)
    return relative.format(Math.round(away_ms / MINUTE_MS), "minute");
  if (distance_ms < DAY_MS - 30 * MINUTE_MS) return relative.format(Math.round(away_ms / HOUR_MS), "hour");
  return relative.format(Math.round(away_ms / DAY_MS), "day");
}

/**
 * A length of time in its two largest units, rounded down: `2 d 3 h`, `1 h 20 min`, `12 min`; seconds appear
 * only under ten minutes: `9 min 41 s`, `8 s`. Without Intl, so that server and browser print the same characters.
 */
export function formatDuration(length_ms: number): string {
  const length = Math.max(0, length_ms);
  const days = Math.floor(length / DAY_MS);
  const hours = Math.floor((length % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((length % HOUR_MS) / MINUTE_MS);
  const seconds = Math.floor((length % MINUTE_MS) / SECOND_MS);
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes >= 10) return `${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds} s` : `${seconds} s`;
}
