import type { AuthorizedActor } from "#lib/domain/authority";
import type { Currency, Money } from "#lib/domain/money";
import { namesOf } from "./people-names";
import { demandReader } from "./permission";
import { customersOf } from "./personal";
import {
  count_max,
  lines_per_page,
  ofOrders,
  type Page,
  readCursor,
  type TaskLine,
  type TaskRow,
  taskColumns,
  taskPage,
} from "./queue";
import { currentGeneration, type Store } from "./store";
import { inWords } from "./words";

const escalatedTasks = `t.workspace = $1 AND t.generation = ${currentGeneration} AND t.escalated
  AND t.state IN ('READY', 'RESERVED', 'IN_PROGRESS', 'SUSPENDED')`;

/**
 * Tasks whose time was up and that are still open, longest overdue first; those whose clock stands still come last.
 * `cursor` is the `next` of the page before.
 */
export async function escalatedPage(
  actor: AuthorizedActor,
  store: Store,
  cursor?: string,
): Promise<Page<TaskLine>> {
  demandReader(actor, store.keys.workspace, "escalations");
  const after = readCursor(cursor);
  const rows = await store.database.$queryRawUnsafe<TaskRow[]>(
    `SELECT ${taskColumns} FROM task t ${ofOrders}
     WHERE ${escalatedTasks}
       AND (NOT $2::boolean
         OR (t.breach_at, t.order_id, t.step, t.visit) > ($3::timestamptz, $4, $5, $6::integer)
         OR (t.breach_at IS NULL AND ($3::timestamptz IS NOT NULL OR (t.order_id, t.step, t.visit) > ($4, $5, $6::integer))))
     ORDER BY t.breach_at, t.order_id, t.step, t.visit LIMIT ${lines_per_page + 1}`,
    store.keys.workspace,
    after !== undefined,
    after?.breachAt ?? null,
    after?.order ?? "",
    after?.step ?? "",
    after?.visit ?? 0,
  );
  return taskPage(store, rows);
}

/** How many tasks are escalated; `count_max` stands for that many or more. */
export async function escalatedCount(actor: AuthorizedActor, store: Store): Promise<number> {
  demandReader(actor, store.keys.workspace, "escalations");
  const [row] = await store.database.$queryRawUnsafe<{ count: bigint }[]>(
    `SELECT count(*) FROM (SELECT FROM task t WHERE ${escalatedTasks} LIMIT ${count_max}) AS counted`,
    store.keys.workspace,
  );
  return Number(row?.count ?? 0);
}

/** An order that stands still until somebody looks: why, and the failed effects that can be tried again. */
export type AttentionLine = {
  order: string;
  businessKey: string;
  customer: string | undefined;
  total: Money;
  requestedBy: string;
  receivedAt: string;
  why: string;
  failed: { key: string; effect: string; reason: string | null; since: string }[];
};

type AttentionRow = {
  order_id: string;
  business_key: string;
  requested_by: string;
  amount_minor: bigint;
  currency: Currency;
  received_at: Date;
  needs_attention: string;
};

type FailedRow = {
  order_id: string;
  effect_key: string;
  name: string;
  reason: string | null;
  changed_at: Date;
};

/** Orders that need attention, the longest waiting first. `cursor` is the `next` of the page before. */
export async function attentionPage(
  actor: AuthorizedActor,
  store: Store,
  cursor?: string,
): Promise<Page<AttentionLine>> {
  demandReader(actor, store.keys.workspace, "escalations");
  const [after, afterOrder] = readOrderCursor(cursor);
  const rows = await store.database.$queryRawUnsafe<AttentionRow[]>(
    `SELECT order_id, business_key, requested_by, amount_minor, currency, received_at, needs_attention FROM orders
     WHERE workspace = $1 AND generation = ${currentGeneration} AND needs_attention IS NOT NULL
       AND ($2::timestamptz IS NULL OR (received_at, order_id) > ($2::timestamptz, $3))
     ORDER BY received_at, order_id LIMIT ${lines_per_page + 1}`,
    store.keys.workspace,
    after ?? null,
    afterOrder ?? "",
  );
  const shown = rows.slice(0, lines_per_page);
  const orders = shown.map(({ order_id }) => order_id);
  const [failed, customers, names] = await Promise.all([
    store.database.$queryRawUnsafe<FailedRow[]>(
      `SELECT order_id, effect_key, name, reason, changed_at FROM effect
       WHERE workspace = $1 AND generation = ${currentGeneration} AND state = 'FAILED' AND order_id = ANY ($2::text[])
       ORDER BY changed_at`,
      store.keys.workspace,
      orders,
    ),
    customersOf(store, orders),
    namesOf(
      store,
      shown.map(({ requested_by }) => requested_by),
    ),
  ]);
  const last = shown.at(-1);
  return {
    lines: shown.map((row) => ({
      order: row.order_id,
      businessKey: row.business_key,
      customer: customers.get(row.order_id),
      total: { amount: Number(row.amount_minor), currency: row.currency },
      requestedBy: names.person(row.requested_by),
      receivedAt: row.received_at.toISOString(),
      why: inWords(row.needs_attention),
      failed: failed
        .filter(({ order_id }) => order_id === row.order_id)
        .map(({ effect_key, name, reason, changed_at }) => ({
          key: effect_key,
          effect: name,
          reason,
          since: changed_at.toISOString(),
        })),
    })),
    next: rows.length > lines_per_page && last ? `${last.received_at.toISOString()}~${last.order_id}` : null,
  };
}

const orderCursor = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)~([\w-]{1,64})$/;

/** The instant and order of a cursor over orders by the time they were received; empty when somebody typed it. */
export function readOrderCursor(cursor: string | undefined): [receivedAt?: string, order?: string] {
  const [, receivedAt, order] = orderCursor.exec(cursor ?? "") ?? [];
  return receivedAt && !Number.isNaN(Date.parse(receivedAt)) ? [receivedAt, order] : [];
}
