import type { AuthorizedActor } from "#lib/domain/authority";
import type { Currency, Money } from "#lib/domain/money";
import { lines_per_page, orderPage, type Page, readOrderCursor } from "./page";
import { namesOf } from "./people-names";
import { demandReader } from "./permission";
import { type CustomerRow, customerColumns, customerIn, joinCustomer } from "./personal";
import { currentGeneration, type Store } from "./store";
import { type TaskLine, taskPage } from "./task-list";
import { inWords } from "./words";

/** The tasks whose time was up, as a condition over `task t`; `$1` is the workspace. */
export const escalatedTasks = `t.workspace = $1 AND t.generation = ${currentGeneration} AND t.escalated
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
  return taskPage(store, { where: escalatedTasks, parameters: [], standing: true }, cursor);
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

type AttentionRow = CustomerRow & {
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
    `SELECT o.*, ${customerColumns} FROM (
       SELECT order_id, business_key, requested_by, amount_minor, currency, received_at, needs_attention FROM orders
       WHERE workspace = $1 AND generation = ${currentGeneration} AND needs_attention IS NOT NULL
         AND ($2::timestamptz IS NULL OR (received_at, order_id) > ($2::timestamptz, $3))
       ORDER BY received_at, order_id LIMIT ${lines_per_page + 1}) o
     ${joinCustomer}
     ORDER BY o.received_at, o.order_id`,
    store.keys.workspace,
    after ?? null,
    afterOrder ?? "",
  );
  const { shown, next } = orderPage(rows);
  const [failed, names] = await Promise.all([
    store.database.$queryRawUnsafe<FailedRow[]>(
      `SELECT order_id, effect_key, name, reason, changed_at FROM effect
       WHERE workspace = $1 AND generation = ${currentGeneration} AND state = 'FAILED' AND order_id = ANY ($2::text[])
       ORDER BY changed_at`,
      store.keys.workspace,
      shown.map(({ order_id }) => order_id),
    ),
    namesOf(
      store,
      shown.map(({ requested_by }) => requested_by),
    ),
  ]);
  return {
    lines: shown.map((row) => ({
      order: row.order_id,
      businessKey: row.business_key,
      customer: customerIn(store, row),
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
    next,
  };
}
