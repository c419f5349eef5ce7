import type { Route } from "next";
import { eventTypes, type LogFilter } from "#lib/queries/audit-log";
import { single } from "../reading";

/** The filters of the audit page as they stand in its address. */
export type FilterTexts = {
  stream?: string;
  type?: string;
  actor?: string;
  from?: string;
  until?: string;
  position?: string;
};

const names = ["stream", "type", "actor", "from", "until", "position"] as const;

/** The filters of an address, each once. */
export function filterTexts(asked: { [name: string]: string | string[] | undefined }): FilterTexts {
  return Object.fromEntries(names.map((name) => [name, single(asked[name])?.trim()]));
}

/** What the filters mean. What is no date, type or position filters nothing; days are those of UTC, whole ones. */
export function filterOf({ stream, type, actor, from, until, position }: FilterTexts): LogFilter {
  return {
    stream,
    actor,
    type: eventTypes.find((known) => known === type),
    from: startOfDay(from, 0),
    until: startOfDay(until, 1),
    upTo: position && /^\d{1,15}$/.test(position) ? Number(position) : undefined,
  };
}

/** The same filters from another position on. */
export function atPosition(texts: FilterTexts, position: number | undefined): Route {
  const query = new URLSearchParams();
  for (const name of names) {
    const value = name === "position" ? position?.toString() : texts[name];
    if (value) query.set(name, value);
  }
  return `/audit${query.size > 0 ? `?${query}` : ""}` as Route;
}

const day_ms = 86_400_000;

function startOfDay(date: string | undefined, days: number): string | undefined {
  if (!date || !/^\d{4}-\d\d-\d\d$/.test(date)) return undefined;
  const start_ms = Date.parse(`${date}T00:00:00.000Z`);
  return Number.isNaN(start_ms) ? undefined : new Date(start_ms + days * day_ms).toISOString();
}
