import type { AuthorizedActor } from "#lib/domain/authority";
import { type OrderLine, orderLines } from "./order-lines";
import { lines_per_page, looked_max, type Page, readOrderCursor } from "./page";
import { demandReader } from "./permission";
import { currentGeneration, type Store } from "./store";

/** Whose orders: a condition over `orders`; `$1` is the workspace, `$2` the person. */
export const askedFor = `workspace = $1 AND generation = ${currentGeneration} AND requested_by = $2`;

/** The orders of this person that wait for changes by this person, longest first, at most a page of them. */
export async function needingChanges(actor: AuthorizedActor, store: Store): Promise<OrderLine[]> {
  demandReader(actor, store.keys.workspace, "ownOrders");
  const order = "received_at, order_id";
  const walk = `SELECT * FROM orders WHERE ${askedFor} AND changes_requested ORDER BY ${order} LIMIT ${looked_max}`;
  const { lines } = await orderLines(store, { walk, order, shown: "w.status = 'open'" }, [
    actor.person ?? "",
  ]);
  return lines.slice(0, lines_per_page);
}

/** The orders this person asked for, newest first. `cursor` is the `next` of the page before. */
export async function requestsPage(
  actor: AuthorizedActor,
  store: Store,
  cursor?: string,
): Promise<Page<OrderLine>> {
  demandReader(actor, store.keys.workspace, "ownOrders");
  const before = readOrderCursor(cursor);
  const order = "received_at DESC, order_id DESC";
  const walk = `SELECT * FROM orders
    WHERE ${askedFor} ${before ? "AND (received_at, order_id) < ($3::timestamptz, $4)" : ""}
    ORDER BY ${order} LIMIT ${looked_max}`;
  const place = before ? [before.receivedAt, before.order] : [];
  return orderLines(store, { walk, order, shown: "true" }, [actor.person ?? "", ...place]);
}
