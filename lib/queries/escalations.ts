import type { AuthorizedActor } from "#lib/domain/authority";
import type { Currency, Money } from "#lib/domain/money";
import { readOn } from "./order-reading";
import {
  cutWalk,
  looked_max,
  orderCursorOf,
  type Page,
  pageOfWalk,
  readOrderCursor,
  type WalkedRow,
} from "./page";
import { namesOf } from "./people-names";
import { demandReader } from "./permission";
import { type CustomerRow, customerColumns, customerIn, joinCustomer, keysOf, subjectsOf } from "./personal";
import type { Outside } from "./possible";
import { currentGeneration, readStreams, type Store } from "./store";
import { type TaskLine, type TaskList, taskPage } from "./task-list";
import { type Unsettled, unsettledOf } from "./unsettled";
import { definitionOf, inWords } from "./words";

/** The tasks whose time was up and that are still open. */
export const escalatedTasks: TaskList = {
  ranges: ["t.escalated AND t.state IN ('READY', 'RESERVED', 'IN_PROGRESS', 'SUSPENDED')"],
  shown: "true",
  parameters: [],
  standing: true,
};

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
  return taskPage(store, escalatedTasks, cursor);
}

/** An order that stands still until somebody looks: why, what of it is not settled, and what can be done about it. */
export type AttentionLine = {
  order: string;
  businessKey: string;
  customer: string | undefined;
  total: Money;
  requestedBy: string;
  receivedAt: string;
  why: string;
  /** Null when the order's history is too long to be read for a list, or cannot be read: its own page says more. */
  unsettled: Unsettled | null;
};

type AttentionRow = CustomerRow &
  WalkedRow & {
    order_id: string;
    business_key: string;
    requested_by: string;
    amount_minor: bigint;
    currency: Currency;
    received_at: Date;
    needs_attention: string;
    version: number;
  };

/** A list reads the whole history of each order on it, so that of a longer one stays closed. */
const events_max = 500;

/**
 * Orders that need attention, the longest waiting first. `cursor` is the `next` of the page before; `now` and what is known
 * of their `outside` decide what may be done.
 */
export async function attentionPage(
  actor: AuthorizedActor,
  store: Store,
  { cursor, now, outside }: { cursor?: string; now: string; outside: Outside },
): Promise<Page<AttentionLine>> {
  demandReader(actor, store.keys.workspace, "escalations");
  const after = readOrderCursor(cursor);
  const walk = `SELECT * FROM orders o
    WHERE workspace = $1 AND generation = ${currentGeneration} AND needs_attention IS NOT NULL
      ${after ? "AND (received_at, order_id) > ($2::timestamptz, $3)" : ""}
    ORDER BY received_at, order_id LIMIT ${looked_max}`;
  const rows = await store.database.$queryRawUnsafe<AttentionRow[]>(
    `SELECT o.walked, o.shown, o.order_id, o.business_key, o.requested_by, o.amount_minor, o.currency, o.received_at,
       o.needs_attention, o.version, ${customerColumns}
     FROM (${pageOfWalk(walk, "received_at, order_id", "true")}) o
     ${joinCustomer}
     ORDER BY o.walked`,
    store.keys.workspace,
    ...(after ? [after.receivedAt, after.order] : []),
  );
  const { shown, next } = cutWalk(rows, orderCursorOf);
  const histories = await readStreams(
    store,
    shown.filter(({ version }) => version <= events_max).map(({ order_id }) => `order/${order_id}`),
  );
  const events = [...histories.values()].flat();
  const people = events.flatMap(({ body }) => (body.actor.type === "person" ? [body.actor.id] : []));
  const [held, names] = await Promise.all([
    keysOf(store, subjectsOf(events)),
    namesOf(store, [...shown.map(({ requested_by }) => requested_by), ...people]),
  ]);
  const lines = shown.map(async (row): Promise<AttentionLine> => {
    const history = histories.get(`order/${row.order_id}`) ?? [];
    const reading = readOn(null, history);
    return {
      order: row.order_id,
      businessKey: row.business_key,
      customer: customerIn(store, row),
      total: { amount: Number(row.amount_minor), currency: row.currency },
      requestedBy: names.person(row.requested_by),
      receivedAt: row.received_at.toISOString(),
      why: inWords(row.needs_attention),
      unsettled:
        reading && reading.unreadable === null
          ? await unsettledOf(
              store,
              { definition: definitionOf(reading.state.workflow), reading, events: history, held, names },
              actor,
              now,
              outside,
            )
          : null,
    };
  });
  return { lines: await Promise.all(lines), next };
}
