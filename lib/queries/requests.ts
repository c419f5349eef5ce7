import type { AuthorizedActor } from "#lib/domain/authority";
import type { Currency, Money } from "#lib/domain/money";
import { workflows } from "#lib/domain/workflows/registry";
import { lines_per_page, orderPage, type Page, readOrderCursor } from "./page";
import { demandReader } from "./permission";
import { type CustomerRow, customerColumns, customerIn, joinCustomer } from "./personal";
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

type RequestRow = CustomerRow & {
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

/** Whose orders: a condition over `orders`; `$1` is the workspace, `$2` the person. */
export const askedFor = `workspace = $1 AND generation = ${currentGeneration} AND requested_by = $2`;

/** The orders of this person that wait for changes by this person, longest first, at most a page of them. */
export async function needingChanges(actor: AuthorizedActor, store: Store): Promise<RequestLine[]> {
  demandReader(actor, store.keys.workspace, "ownOrders");
  const rows = await requestRows(
    store,
    `${askedFor} AND changes_requested AND status = 'open'`,
    `received_at, order_id LIMIT ${lines_per_page}`,
    [actor.person ?? ""],
  );
  return rows.map((row) => lineOf(store, row));
}

/** The orders this person asked for, newest first. `cursor` is the `next` of the page before. */
export async function requestsPage(
  actor: AuthorizedActor,
  store: Store,
  cursor?: string,
): Promise<Page<RequestLine>> {
  demandReader(actor, store.keys.workspace, "ownOrders");
  const [before, beforeOrder] = readOrderCursor(cursor);
  const rows = await requestRows(
    store,
    `${askedFor} AND ($3::timestamptz IS NULL
       OR (received_at <= $3::timestamptz AND (received_at < $3::timestamptz OR order_id > $4)))`,
    `received_at DESC, order_id LIMIT ${lines_per_page + 1}`,
    [actor.person ?? "", before ?? null, beforeOrder ?? ""],
  );
  const { shown, next } = orderPage(rows);
  return { lines: shown.map((row) => lineOf(store, row)), next };
}

function requestRows(
  { database, keys }: Store,
  where: string,
  inOrder: string,
  parameters: readonly unknown[],
): Promise<RequestRow[]> {
  return database.$queryRawUnsafe<RequestRow[]>(
    `SELECT o.*, ${customerColumns}
     FROM (SELECT ${requestColumns} FROM orders WHERE ${where} ORDER BY ${inOrder}) o
     ${joinCustomer}
     ORDER BY ${inOrder}`,
    keys.workspace,
    ...parameters,
  );
}

function lineOf(store: Store, row: RequestRow): RequestLine {
  return {
    order: row.order_id,
    businessKey: row.business_key,
    customer: customerIn(store, row),
    total: { amount: Number(row.amount_minor), currency: row.currency },
    receivedAt: row.received_at.toISOString(),
    standing: standingOf({
      ...row,
      has_task: row.at_steps.some((step) => taskSteps.has(step)),
      waits_outside: false,
    }),
  };
}
