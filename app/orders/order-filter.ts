import type { Route } from "next";
import { type OrderFilter, orderStandings } from "#lib/queries/orders";
import { single } from "../reading";

/** The filters of the orders page as they stand in its address. */
export type FilterTexts = { status?: string; number?: string; until?: string; asked?: string };

const names = ["status", "number", "until", "asked"] as const;

/** The filters of an address, each once. */
export function filterTexts(asked: { [name: string]: string | string[] | undefined }): FilterTexts {
  return Object.fromEntries(names.map((name) => [name, single(asked[name])?.trim() || undefined]));
}

const day_ms = 86_400_000;

/** What the filters mean. What is no status or date filters nothing; a day is one of UTC, and counts to its end. */
export function filterOf({ status, number, until, asked }: FilterTexts): OrderFilter {
  const day_start_ms = /^\d{4}-\d\d-\d\d$/.test(until ?? "")
    ? Date.parse(`${until}T00:00:00.000Z`)
    : Number.NaN;
  return {
    standing: orderStandings.find((standing) => standing === status),
    businessKey: number,
    policyAlone: asked === "nobody",
    before: Number.isNaN(day_start_ms) ? undefined : new Date(day_start_ms + day_ms).toISOString(),
  };
}

/** The same filters from another place on. */
export function ordersFrom(texts: FilterTexts, after: string | undefined): Route {
  const query = new URLSearchParams();
  for (const name of names) if (texts[name]) query.set(name, texts[name]);
  if (after) query.set("after", after);
  return `/orders${query.size > 0 ? `?${query}` : ""}` as Route;
}
