import type { Route } from "next";
import { type OrderFilter, orderStandings } from "#lib/queries/orders";
import { isDay, startOfDay, timeZoneNamed } from "#lib/queries/zoned-day";
import { single } from "../reading";

/** The filters of the orders page as they stand in its address. */
export type FilterTexts = { status?: string; number?: string; until?: string; asked?: string; zone?: string };

const names = ["status", "number", "until", "asked", "zone"] as const;

/** The filters of an address, each once. */
export function filterTexts(asked: { [name: string]: string | string[] | undefined }): FilterTexts {
  return Object.fromEntries(names.map((name) => [name, single(asked[name])?.trim() || undefined]));
}

/** The zone of an address's day. A link that names a day and no zone means UTC: it says the same to everybody who follows it. */
export function zoneOf({ zone = "UTC" }: FilterTexts): string {
  return timeZoneNamed(zone) ?? "UTC";
}

/** What the filters mean. What is no status or date filters nothing; a day counts to its end. */
export function filterOf(texts: FilterTexts): OrderFilter {
  const { status, number, until, asked } = texts;
  return {
    standing: orderStandings.find((standing) => standing === status),
    businessKey: number,
    policyAlone: asked === "nobody",
    before: until && isDay(until) ? startOfDay(until, zoneOf(texts), 1) : undefined,
  };
}

/** The same filters from another place on. */
export function ordersFrom(texts: FilterTexts, after: string | undefined): Route {
  const query = new URLSearchParams();
  for (const name of names) if (texts[name]) query.set(name, texts[name]);
  if (after) query.set("after", after);
  return `/orders${query.size > 0 ? `?${query}` : ""}` as Route;
}
