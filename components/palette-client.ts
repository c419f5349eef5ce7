import type { Route } from "next";
import type { Tone } from "./badge";
import { recentOrders } from "./palette-recent";
import { AnswerError, sentenceOf } from "./queue-client";

/** An order the palette offers: where it is, what it is called, by which number it was found, and how it stands. */
export type OrderHit = {
  href: Route;
  title: string;
  by: string;
  standing: { label: string; tone: Tone };
  /** Whether what was asked for is a whole number of this order alone. */
  only: boolean;
};

/** What `GET /search/hits` answers; `more` says that there are others. */
export type HitsAnswer = { hits: OrderHit[]; more: boolean };

async function get(asked: Record<string, string>, signal: AbortSignal): Promise<HitsAnswer> {
  const response = await fetch(`/search/hits?${new URLSearchParams(asked)}`, {
    headers: { Accept: "application/json" },
    signal,
  });
  if (!response.ok) throw new AnswerError(response.status, await sentenceOf(response));
  return response.json();
}

/** The orders a number names. Rejects with `AnswerError`, or what `fetch` rejects with. */
export function fetchHits(text: string, signal: AbortSignal): Promise<HitsAnswer> {
  return get({ q: text }, signal);
}

/** The orders that were looked at lately in this tab, as they stand now. */
export async function fetchRecent(person: string, signal: AbortSignal): Promise<HitsAnswer> {
  const orders = recentOrders(person);
  return orders.length === 0 ? { hits: [], more: false } : get({ orders: orders.join() }, signal);
}
