/**
 * Dates in the form a file has them in. A form is made of YYYY, YY, MM or M, DD or D, and after them HH or H, MM or M
 * (minutes, because they follow the hours), SS or S; everything else stands for itself: `YYYY-MM-DD`, `M/D/YY H:MM`,
 * `DD.MM.YYYY`. Two letters want two digits, one letter takes one or two. YY from 70 is the 1900s. A time of day is UTC.
 */
export type WrittenDate = {
  /** YYYY-MM-DD. */
  date: string;
  /** The instant; midnight UTC without a time of day. */
  instant: string;
};

export type DateReader = (text: string) => WrittenDate | null;

type Part = "year" | "month" | "day" | "hour" | "minute" | "second";

/** The reader for a form; it returns null for what has another form or does not exist. Throws when the form says no date. */
export function dateReader(form: string): DateReader {
  const parts: Part[] = [];
  const pattern = form.replace(/YYYY|YY|MM?|DD?|HH?|SS?|./gs, (token) => {
    const part = partOf(token, parts);
    if (!part) return token.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    if (parts.includes(part)) throw new Error(`${form} has the ${part} twice`);
    parts.push(part);
    return token.length === 1 ? "(\\d{1,2})" : `(\\d{${token.length}})`;
  });
  for (const needed of ["year", "month", "day"] as const)
    if (!parts.includes(needed)) throw new Error(`${form} says nothing of the ${needed}`);
  const whole = new RegExp(`^${pattern}$`);
  return (text) => {
    const found = whole.exec(text.trim());
    if (!found) return null;
    const value = (part: Part) => found[parts.indexOf(part) + 1];
    const number = (part: Part) => (parts.includes(part) ? Number(value(part)) : 0);
    return written(
      fullYear(value("year")!),
      number("month"),
      number("day"),
      number("hour"),
      number("minute"),
      number("second"),
    );
  };
}

function partOf(token: string, before: readonly Part[]): Part | null {
  switch (token[0]) {
    case "Y":
      return token.length === 1 ? null : "year";
    case "M":
      return before.includes("hour") ? "minute" : "month";
    case "D":
      return "day";
    case "H":
      return "hour";
    case "S":
      return "second";
    default:
      return null;
  }
}

function fullYear(text: string): number {
  if (text.length === 4) return Number(text);
  return Number(text) + (Number(text) < 70 ? 2000 : 1900);
}

function written(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): WrittenDate | null {
  if (year < 1900 || hour > 23 || minute > 59 || second > 59) return null;
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // The calendar of Date rolls a 30 February over into March.
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return null;
  return { date: at.toISOString().slice(0, 10), instant: at.toISOString() };
}
