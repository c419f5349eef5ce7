import type { Route } from "next";
import type { HistoryAsked } from "#lib/queries/order";
import type { TimelineOrder } from "../../../components/timeline-days";
import { single } from "../../reading";

/**
 * What an order's address says: how its history is shown; or as of which version the order, and with which it is compared.
 */
export type OrderAddress = HistoryAsked & { order: TimelineOrder; at?: number; since?: number };

export const actorKinds = ["person", "machine", "outside"] as const;

/** Reads an address. What is no version, kind or order is as if it was not there. */
export function addressOf(asked: { [name: string]: string | string[] | undefined }): OrderAddress {
  const by = single(asked.by);
  return {
    upTo: versionOf(single(asked.upTo)),
    at: versionOf(single(asked.at)),
    since: versionOf(single(asked.since)),
    by: actorKinds.find((kind) => kind === by),
    order: single(asked.order) === "newest" ? "newest" : "oldest",
  };
}

/** The page of an order with its history shown so; `version` is that of a line to go to. */
export function orderHref(
  id: string,
  { upTo, at, since, by, order }: Partial<OrderAddress>,
  version?: number,
): Route {
  const query = new URLSearchParams();
  if (at !== undefined) query.set("at", `${at}`);
  if (since !== undefined) query.set("since", `${since}`);
  if (by) query.set("by", by);
  if (order === "newest") query.set("order", order);
  if (upTo !== undefined) query.set("upTo", `${upTo}`);
  const fragment = version === undefined ? "" : `#v${version}`;
  return `/orders/${id}${query.size > 0 ? `?${query}` : ""}${fragment}` as Route;
}

function versionOf(text: string | undefined): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text ?? "") ? Number(text) : undefined;
}
