import type { AuthorizedActor } from "#lib/domain/authority";
import type { Currency, Money } from "#lib/domain/money";
import { taskSteps } from "./order-lines";
import { namesOf } from "./people-names";
import { demandReader } from "./permission";
import { type OrderStanding, standingOf } from "./standing";
import { currentGeneration, type EventRow, eventColumns, readStored, type Store } from "./store";
import { verdictPast } from "./words";

/** An earlier order of the same customer, and who decided it last, if a person did. */
export type EarlierOrder = {
  order: string;
  businessKey: string;
  total: Money;
  receivedAt: string;
  standing: OrderStanding;
  decided: { participle: string; by: string } | null;
};

/** `more` says that there are others before these. */
export type EarlierOrders = { orders: EarlierOrder[]; more: boolean };

const shown_max = 5;

type Row = {
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

/**
 * The latest orders of a customer, by the keyed index of the reference, received before another order of theirs; newest
 * first. Throws for an actor who may not read orders.
 */
export async function earlierOrders(
  actor: AuthorizedActor,
  store: Store,
  { customerIndex, order, receivedAt }: { customerIndex: string; order: string; receivedAt: string },
): Promise<EarlierOrders> {
  demandReader(actor, store.keys.workspace, "orders");
  const rows = await store.database.$queryRawUnsafe<Row[]>(
    `SELECT order_id, business_key, amount_minor, currency, received_at, status, needs_attention, changes_requested, at_steps
     FROM orders WHERE workspace = $1 AND generation = ${currentGeneration} AND customer_index = $2
       AND received_at <= $3::timestamptz AND order_id <> $4
     ORDER BY received_at DESC LIMIT ${shown_max + 1}`,
    store.keys.workspace,
    customerIndex,
    receivedAt,
    order,
  );
  const shown = rows.slice(0, shown_max);
  const verdicts = await lastVerdicts(
    store,
    shown.map(({ order_id }) => order_id),
  );
  const names = await namesOf(
    store,
    [...verdicts.values()].map(({ by }) => by),
  );
  return {
    orders: shown.map((row) => {
      const given = verdicts.get(row.order_id);
      return {
        order: row.order_id,
        businessKey: row.business_key,
        total: { amount: Number(row.amount_minor), currency: row.currency },
        receivedAt: row.received_at.toISOString(),
        standing: standingOf({
          ...row,
          has_task: row.at_steps.some((step) => taskSteps.includes(step)),
          waits_outside: false,
        }),
        decided: given
          ? { participle: verdictPast(given.step, given.verdict).participle, by: names.person(given.by) }
          : null,
      };
    }),
    more: rows.length > shown_max,
  };
}

type Given = { step: string; verdict: string; by: string };

/** The verdict each of these orders was given last and that was not taken back, by order. */
async function lastVerdicts(store: Store, orders: readonly string[]): Promise<Map<string, Given>> {
  if (orders.length === 0) return new Map();
  const rows = await store.database.$queryRawUnsafe<EventRow[]>(
    `SELECT DISTINCT ON (stream) ${eventColumns} FROM event
     WHERE workspace = $1 AND stream = ANY ($2::text[]) AND type IN ('decisionMade', 'decisionWithdrawn')
     ORDER BY stream, version DESC`,
    store.keys.workspace,
    orders.map((order) => `order/${order}`),
  );
  const given = new Map<string, Given>();
  for (const { event } of rows.map(readStored)) {
    if (event?.type !== "decisionMade") continue;
    const { step, verdict } = event.data;
    given.set(event.stream.slice("order/".length), {
      step,
      verdict,
      by: event.actor.onBehalfOf ?? event.actor.id,
    });
  }
  return given;
}
