import type { AuthorizedActor } from "#lib/domain/authority";
import { type OrderLine, orderLines, taskSteps } from "./order-lines";
import { looked_max, type Page, readOrderCursor } from "./page";
import { demandReader } from "./permission";
import type { OrderStanding } from "./standing";
import { currentGeneration, type Store } from "./store";

/** Which orders are wanted; what is absent filters nothing. */
export type OrderFilter = {
  standing?: OrderStanding;
  /** The client's own number, exactly. */
  businessKey?: string;
  /** An instant: received before it. */
  before?: string;
  /** Those that policy let through: no person was asked about them. */
  policyAlone?: boolean;
};

/** By what orders can be filtered. That one waits for the outside does not stand in its row: here it is working. */
export const orderStandings = [
  "underReview",
  "needsChanges",
  "working",
  "needsAttention",
  "completed",
  "rejected",
  "cancelled",
] as const satisfies readonly OrderStanding[];

const calm = "w.needs_attention IS NULL";
const isOpen = `${calm} AND w.status = 'open' AND NOT w.changes_requested`;
const atTask = `w.at_steps && '{${taskSteps.map((step) => `"${step}"`).join()}}'`;

/** As `standingOf` has it, over a row `w` of `orders`. */
const conditions: { readonly [standing in OrderStanding]: string } = {
  needsAttention: "w.needs_attention IS NOT NULL",
  completed: `${calm} AND w.status IN ('completed', 'recorded')`,
  rejected: `${calm} AND w.status = 'rejected'`,
  cancelled: `${calm} AND w.status = 'cancelled'`,
  needsChanges: `${calm} AND w.status = 'open' AND w.changes_requested`,
  underReview: `${isOpen} AND ${atTask}`,
  working: `${calm} AND (w.status = 'cancelling' OR (${isOpen} AND NOT ${atTask}))`,
  waiting: "false",
};

/**
 * What policy let through without a person, over a row `w` of `orders`; `$1` is the workspace. Its newest check asked for
 * nobody, and no review was opened when it was received, which is one append: the order, its check and its review are its
 * first three events. What was brought in from the past is only recorded: nothing was let through. The look-up is a scalar,
 * because an EXISTS may be planned over the whole log.
 */
export const policyAlone = `cardinality(w.reasons) = 0 AND w.status <> 'recorded' AND (
  SELECT e.type FROM event e WHERE e.workspace = $1 AND e.stream = 'order/' || w.order_id AND e.version = 3
) IS DISTINCT FROM 'taskOpened'`;

/** The standings an index is kept for: the others are looked for among all orders, page by page. */
const indexed: { readonly [standing in OrderStanding]?: string } = {
  needsAttention: "AND needs_attention IS NOT NULL",
  needsChanges: "AND changes_requested",
};

/**
 * Orders, newest first. `cursor` is the `next` of the page before. A page of a filter that little fits may be short, or
 * empty, and still have a next one: it looked at as many orders as a page may. Throws for an actor who may not read orders.
 */
export async function ordersPage(
  actor: AuthorizedActor,
  store: Store,
  { standing, businessKey, before, policyAlone: alone }: OrderFilter,
  cursor?: string,
): Promise<Page<OrderLine>> {
  demandReader(actor, store.keys.workspace, "orders");
  const parameters: unknown[] = [];
  const parameter = (value: unknown) => `$${parameters.push(value) + 1}`;
  const conditionsOfWalk = [
    businessKey && `AND business_key = ${parameter(businessKey)}`,
    !businessKey && standing && indexed[standing],
    before && `AND received_at < ${parameter(before)}::timestamptz`,
  ];
  const place = readOrderCursor(cursor);
  if (place)
    conditionsOfWalk.push(
      `AND (received_at, order_id) < (${parameter(place.receivedAt)}::timestamptz, ${parameter(place.order)})`,
    );
  const order = "received_at DESC, order_id DESC";
  const walk = `SELECT * FROM orders
    WHERE workspace = $1 AND generation = ${currentGeneration} ${conditionsOfWalk.filter(Boolean).join(" ")}
    ORDER BY ${order} LIMIT ${looked_max}`;
  const shown = [standing && conditions[standing], alone && policyAlone].filter(Boolean).join(" AND ");
  return orderLines(store, { walk, order, shown: shown || "true" }, parameters);
}
