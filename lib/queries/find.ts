import { type AuthorizedActor, demandActor } from "#lib/domain/authority";
import { customerIndex } from "#lib/log/keys";
import { type OrderLine, orderLines } from "./order-lines";
import { looked_max } from "./page";
import { demandReader, mayRead } from "./permission";
import { currentGeneration, type Store } from "./store";

/** By which number on the paper an order was found. */
export type FoundBy =
  | "orderId"
  | "orderNumber"
  | "trackingNumber"
  | "outsideReference"
  | "customerReference"
  | "numberBegins";

/** Orders that one kind of number found, the newest first; `more` says that there are others. */
export type FoundGroup = { by: FoundBy; orders: OrderLine[]; more: boolean };

/** Each kind of number shows so many; the rest is found by more of the number, or in the list of all orders. */
export const found_max = 8;

/** Kinds in the order they are shown: an order stands with the first that found it. */
const kinds: readonly FoundBy[] = [
  "orderId",
  "orderNumber",
  "trackingNumber",
  "outsideReference",
  "customerReference",
  "numberBegins",
];

/** One more is asked for to know of others, and some may stand with another kind. */
const asked_max = 2 * found_max + 1;

/** What is shorter or longer is nobody's number. */
const text_length = { min: 2, max: 200 };

const uuid = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;

/**
 * The orders that a number names: their own id, the client's number, a number the outside gave (the carrier's tracking
 * number among them), the customer's reference, and those whose number begins with it. As typed or in capitals; all but the
 * last have to be whole. Who may not read every order finds the own ones alone, and by a beginning the latest of those.
 * Throws for an actor who may read neither.
 */
export async function findOrders(actor: AuthorizedActor, store: Store, text: string): Promise<FoundGroup[]> {
  const own = ownOf(actor, store);
  const typed = text.trim();
  if (typed.length < text_length.min || typed.length > text_length.max) return [];
  const spellings = [...new Set([typed, typed.toUpperCase()])];
  const rows = await store.database.$queryRawUnsafe<{ order_id: string; by: FoundBy }[]>(
    statement(own === null, spellings.length),
    store.keys.workspace,
    own,
    spellings,
    spellings.map((spelling) => customerIndex(store.keys, spelling)),
    uuid.exec(typed)?.slice(1).join("-").toLowerCase() ?? null,
    ...spellings,
  );
  const found = new Map<string, FoundBy>();
  for (const by of kinds)
    for (const row of rows) if (row.by === by && !found.has(row.order_id)) found.set(row.order_id, by);
  const lines = await ordersOf(store, shownOf(found));
  return kinds.flatMap((by) => {
    const orders = lines.filter(({ order }) => found.get(order) === by);
    if (by === "numberBegins") orders.sort((one, other) => (one.businessKey < other.businessKey ? -1 : 1));
    const count = [...found.values()].filter((each) => each === by).length;
    return orders.length > 0 ? [{ by, orders, more: count > found_max }] : [];
  });
}

/** The one order that a whole number of its own names; undefined when none or several do. */
export function onlyOne(groups: readonly FoundGroup[]): OrderLine | undefined {
  const named = groups
    .filter(({ by }) => by !== "customerReference" && by !== "numberBegins")
    .flatMap(({ orders }) => orders);
  return named.length === 1 ? named[0] : undefined;
}

/** Those of these orders, at most a page's worth, that this actor may see, in the order they are asked for. */
export async function ordersNamed(
  actor: AuthorizedActor,
  store: Store,
  orders: readonly string[],
): Promise<OrderLine[]> {
  const own = ownOf(actor, store);
  const asked = orders.slice(0, found_max);
  const lines = await ordersOf(store, asked, own);
  return asked.flatMap((id) => lines.find(({ order }) => order === id) ?? []);
}

/** Whose orders alone this actor may see; null for who sees all. Throws for who sees none. */
function ownOf(actor: AuthorizedActor, { keys }: Store): string | null {
  demandActor(actor, keys.workspace);
  if (mayRead(actor, "orders")) return null;
  demandReader(actor, keys.workspace, "ownOrders");
  return actor.person ?? "";
}

/** Of each kind as many as are shown. */
function shownOf(found: ReadonlyMap<string, FoundBy>): string[] {
  return kinds.flatMap((kind) =>
    [...found]
      .filter(([, by]) => by === kind)
      .slice(0, found_max)
      .map(([order]) => order),
  );
}

async function ordersOf(
  store: Store,
  orders: readonly string[],
  own: string | null = null,
): Promise<OrderLine[]> {
  if (orders.length === 0) return [];
  const order = "received_at DESC, order_id DESC";
  const walk = `SELECT * FROM orders
    WHERE workspace = $1 AND generation = ${currentGeneration} AND order_id = ANY ($2::text[])
      AND ($3::text IS NULL OR requested_by = $3)
    ORDER BY ${order} LIMIT ${looked_max}`;
  return (await orderLines(store, { walk, order, shown: "true" }, [orders, own])).lines;
}

/** The expression of the index that keeps what the outside gave by its number. */
const reference = `split_part(encode(substring(e.body FROM nullif(position('"reference":"'::bytea IN e.body), 0) + 13 FOR 200), 'escape'), '"', 1)`;

/**
 * The ids that fit and by what: of each kind one range of an index, cut before anything else is asked about it. `$1` is the
 * workspace, `$2` whose orders alone, `$3` the spellings, `$4` their customer indexes, `$5` an order's id, `$6` on one
 * spelling each. A number's beginning is a range of bytes, as the index keeps them.
 */
function statement(everything: boolean, spellings: number): string {
  const whose = "($2::text IS NULL OR requested_by = $2)";
  const orders = (condition: string, order: string, walked = "", shown = whose) =>
    `SELECT order_id, business_key, received_at FROM (
       SELECT * FROM orders WHERE workspace = $1 AND generation = ${currentGeneration} AND ${condition}
       ${walked} LIMIT ${looked_max}) o
     WHERE ${shown} ORDER BY ${order} LIMIT ${asked_max}`;
  const newest = "received_at DESC";
  const parts = Array.from({ length: spellings }, (_, n) => `$${n + 6}::text`);
  const begins = parts.map((spelling) =>
    everything
      ? orders(
          `business_key ~>=~ ${spelling} AND business_key ~<~ (${spelling} || U&'\\+10FFFF')`,
          "business_key USING ~<~",
          "ORDER BY business_key USING ~<~",
        )
      : orders("requested_by = $2", newest, `ORDER BY ${newest}`, `starts_with(business_key, ${spelling})`),
  );
  const kinds: [by: string, ids: string][] = [
    ["'orderId'", orders("order_id = $5", newest)],
    ["'orderNumber'", orders("business_key = ANY ($3::text[])", newest)],
    ["'customerReference'", orders("customer_index = ANY ($4::text[])", newest, `ORDER BY ${newest}`)],
    ...begins.map((ids): [string, string] => ["'numberBegins'", ids]),
  ];
  return `${kinds.map(([by, ids]) => `SELECT order_id, ${by} AS by FROM (${ids}) found`).join(" UNION ALL ")}
    UNION ALL SELECT o.order_id, CASE f.name WHEN 'carrier.dispatch' THEN 'trackingNumber' ELSE 'outsideReference' END
    FROM (SELECT substr(e.stream, 7) AS order_id, substring(encode(e.body, 'escape') from '"key":"([^"]{1,80})"') AS effect_key
        FROM event e WHERE e.workspace = $1 AND e.type IN ('effectConfirmed', 'effectPending')
          AND ${reference} = ANY (ARRAY(SELECT encode(convert_to(spelling, 'UTF8'), 'escape') FROM unnest($3::text[]) spelling))
        LIMIT ${asked_max}) e
      JOIN orders o ON o.workspace = $1 AND o.generation = ${currentGeneration} AND o.order_id = e.order_id
        AND ($2::text IS NULL OR o.requested_by = $2)
      LEFT JOIN effect f ON f.workspace = $1 AND f.generation = o.generation AND f.effect_key = e.effect_key`;
}
