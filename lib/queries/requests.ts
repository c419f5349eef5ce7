import type { AuthorizedActor } from "#lib/domain/authority";
import type { Currency, Money } from "#lib/domain/money";
import { workflows } from "#lib/domain/workflows/registry";
import { readOrderCursor } from "./escalations";
import { demandReader } from "./permission";
import { customersOf } from "./personal";
import { lines_per_page, type Page } from "./queue";
import { type OrderStanding, standingOf } from "./standing";
import { currentGeneration, type Store } from "./store";

/** An order somebody asked for, in that person's own list. */
export type RequestLine = {
  order: string;
  businessKey: string;
  customer: string | undefined;
  total: Money;
  receivedAt: string;
  standing: OrderStanding;
};

type RequestRow = {
  order_id: string;
  business_key: string;
  amount_minor: bigint;
  currency: Currency;
  received_at: Date;
  status: string;
  needs_attention: string | null;
  changes_requested: boolean;
  at_steps: string[];
};

const requestColumns = `order_id, business_key, amount_minor, currency, received_at, status, needs_attention,
  changes_requested, at_steps`;

const taskSteps: ReadonlySet<string> = new Set(
  workflows.flatMap(({ steps }) => Object.keys(steps).filter((name) => steps[name]?.kind === "task")),
);

/** The orders of this person that wait for changes by this person, longest first, at most a page of them. */
export async function needingChanges(actor: AuthorizedActor, store: Store): Promise<RequestLine[]> {
  demandReader(actor, store.keys.workspace, "ownOrders");
  const rows = await store.database.$queryRawUnsafe<RequestRow[]>(
    `SELECT ${requestColumns} FROM orders
     WHERE workspace = $1 AND generation = ${currentGeneration} AND requested_by = $2
       AND changes_requested AND status = 'open'
     ORDER BY received_at, order_id LIMIT ${lines_per_page}`,
    store.keys.workspace,
    actor.person ?? "",
  );
  return linesOf(store, rows);
}

/** Whether this person ever asked for an order. */
export async function hasRequests(actor: AuthorizedActor, store: Store): Promise<boolean> {
  demandReader(actor, store.keys.workspace, "ownOrders");
  const rows = await store.database.$queryRawUnsafe<unknown[]>(
    `SELECT 1 FROM orders WHERE workspace = $1 AND generation = ${currentGeneration} AND requested_by = $2 LIMIT 1`,
    store.keys.workspace,
    actor.person ?? "",
  );
  return rows.length > 0;
}

/** The orders this person asked for, newest first. `cursor` is the `next` of the page before. */
export async function requestsPage(
  actor: AuthorizedActor,
  store: Store,
  cursor?: string,
): Promise<Page<RequestLine>> {
  demandReader(actor, store.keys.workspace, "ownOrders");
  const [before, beforeOrder] = readOrderCursor(cursor);
  const rows = await store.database.$queryRawUnsafe<RequestRow[]>(
    `SELECT ${requestColumns} FROM orders
     WHERE workspace = $1 AND generation = ${currentGeneration} AND requested_by = $2
       AND ($3::timestamptz IS NULL
         OR (received_at <= $3::timestamptz AND (received_at < $3::timestamptz OR order_id > $4)))
     ORDER BY received_at DESC, order_id LIMIT ${lines_per_page + 1}`,
    store.keys.workspace,
    actor.person ?? "",
    before ?? null,
    beforeOrder ?? "",
  );
  const shown = rows.slice(0, lines_per_page);
  const last = shown.at(-1);
  return {
    lines: await linesOf(store, shown),
    next: rows.length > lines_per_page && last ? `${last.received_at.toISOString()}~${last.order_id}` : null,
  };
}

async function linesOf(store: Store, rows: readonly RequestRow[]): Promise<RequestLine[]> {
  const customers = await customersOf(
    store,
    rows.map(({ order_id }) => order_id),
  );
  return rows.map((row) => ({
    order: row.order_id,
    businessKey: row.business_key,
    customer: customers.get(row.order_id),
    total: { amount: Number(row.amount_minor), currency: row.currency },
    receivedAt: row.received_at.toISOString(),
    standing: standingOf({
      ...row,
      has_task: row.at_steps.some((step) => taskSteps.has(step)),
      waits_outside: false,
    }),
  }));
}
