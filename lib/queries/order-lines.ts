import type { Currency, Money } from "#lib/domain/money";
import { workflows } from "#lib/domain/workflows/registry";
import { cutWalk, orderCursorOf, type Page, pageOfWalk, type WalkedRow } from "./page";
import { namesAt } from "./people-names";
import { type CustomerRow, customerColumns, customerIn, joinCustomer } from "./personal";
import { type OrderStanding, standingOf } from "./standing";
import type { Store } from "./store";

/** An order in a list of orders. */
export type OrderLine = {
  order: string;
  businessKey: string;
  customer: string | undefined;
  total: Money;
  requestedBy: string;
  receivedAt: string;
  standing: OrderStanding;
};

type OrderLineRow = CustomerRow &
  WalkedRow & {
    order_id: string;
    business_key: string;
    requested_by: string;
    requester_version: number | null;
    amount_minor: bigint;
    currency: Currency;
    received_at: Date;
    status: string;
    needs_attention: string | null;
    changes_requested: boolean;
    at_steps: string[];
  };

/** The steps of all workflows at which a person decides. */
export const taskSteps: readonly string[] = [
  ...new Set(
    workflows.flatMap(({ steps }) => Object.keys(steps).filter((name) => steps[name]?.kind === "task")),
  ),
];

/**
 * One page of orders: those of `walk`, a statement over `orders` that `pageOfWalk` takes, in `order`, that are `shown`.
 * `$1` is the workspace, `parameters` begin at `$2`.
 */
export async function orderLines(
  store: Store,
  { walk, order, shown }: { walk: string; order: string; shown: string },
  parameters: readonly unknown[],
): Promise<Page<OrderLine>> {
  const rows = await store.database.$queryRawUnsafe<OrderLineRow[]>(
    `SELECT o.walked, o.shown, o.order_id, o.business_key, o.requested_by, o.amount_minor, o.currency, o.received_at,
       o.status, o.needs_attention, o.changes_requested, o.at_steps, requester.version AS requester_version,
       ${customerColumns}
     FROM (${pageOfWalk(walk, order, shown)}) o
     LEFT JOIN person requester ON requester.workspace = $1 AND requester.generation = o.generation
       AND requester.person_id = o.requested_by
     ${joinCustomer}
     ORDER BY o.walked`,
    store.keys.workspace,
    ...parameters,
  );
  const page = cutWalk(rows, orderCursorOf);
  const names = await namesAt(
    store,
    page.shown.flatMap(({ requested_by, requester_version }) =>
      requester_version === null ? [] : [{ person_id: requested_by, version: requester_version }],
    ),
  );
  return {
    lines: page.shown.map((row) => ({
      order: row.order_id,
      businessKey: row.business_key,
      customer: customerIn(store, row),
      total: { amount: Number(row.amount_minor), currency: row.currency },
      requestedBy: names.person(row.requested_by),
      receivedAt: row.received_at.toISOString(),
      standing: standingOf({
        ...row,
        has_task: row.at_steps.some((step) => taskSteps.includes(step)),
        waits_outside: false,
      }),
    })),
    next: page.next,
  };
}
