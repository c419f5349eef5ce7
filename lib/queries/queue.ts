import type { AuthorizedActor } from "#lib/domain/authority";
import type { Currency, Money } from "#lib/domain/money";
import { namesOf } from "./people-names";
import { demandReader } from "./permission";
import { customersOf } from "./personal";
import { currentGeneration, type Store } from "./store";

/** A task in a list, with what its order says. Instants are ISO texts, the goal is in milliseconds. */
export type TaskLine = {
  order: string;
  businessKey: string;
  customer: string | undefined;
  /** The rules that asked for a person, as `limit@1`. */
  reasons: string[];
  total: Money;
  requestedBy: string;
  claimedBy: string | undefined;
  openedAt: string;
  breachAt: string | null;
  goal_ms: number;
  /** `changes` while the requester works on it, `supervisor` while one holds it up; null while the clock runs. */
  pausedWhy: string | null;
  escalated: boolean;
};

/** `next` is the cursor of the page after this one; null on the last page. */
export type Page<Line> = { lines: Line[]; next: string | null };

export const lines_per_page = 50;
/** Counting stops here: a number nobody counts to is not worth reading a whole table for. */
export const count_max = 1_000;

// A task somebody may decide has a running clock (the lint lets no other definition pass), so breach_at is never null here.
const mine = `t.workspace = $1 AND t.generation = ${currentGeneration}
  AND t.state IN ('READY', 'RESERVED', 'IN_PROGRESS')
  AND (t.roles && $2::text[] OR $3 = ANY (t.people)) AND NOT ($3 = ANY (t.excluded))`;

/**
 * The tasks this person may decide, by time to breach. `cursor` is the `next` of the page before; what is no cursor
 * begins at the start. Throws for an actor who may not read the queue.
 */
export async function queue(actor: AuthorizedActor, store: Store, cursor?: string): Promise<Page<TaskLine>> {
  demandReader(actor, store.keys.workspace, "queue");
  const after = readCursor(cursor);
  const rows = await store.database.$queryRawUnsafe<TaskRow[]>(
    `SELECT ${taskColumns} FROM task t ${ofOrders}
     WHERE ${mine}
       AND ($4::timestamptz IS NULL OR (t.breach_at, t.order_id, t.step, t.visit) > ($4::timestamptz, $5, $6, $7::integer))
     ORDER BY t.breach_at, t.order_id, t.step, t.visit LIMIT ${lines_per_page + 1}`,
    store.keys.workspace,
    [...actor.roles],
    actor.person ?? "",
    after?.breachAt ?? null,
    after?.order ?? "",
    after?.step ?? "",
    after?.visit ?? 0,
  );
  return taskPage(store, rows);
}

/** How many tasks this person may decide; `count_max` stands for that many or more. */
export async function queueCount(actor: AuthorizedActor, store: Store): Promise<number> {
  demandReader(actor, store.keys.workspace, "queue");
  const [row] = await store.database.$queryRawUnsafe<{ count: bigint }[]>(
    `SELECT count(*) FROM (SELECT FROM task t WHERE ${mine} LIMIT ${count_max}) AS counted`,
    store.keys.workspace,
    [...actor.roles],
    actor.person ?? "",
  );
  return Number(row?.count ?? 0);
}

export type TaskRow = {
  order_id: string;
  step: string;
  visit: number;
  owner: string | null;
  opened_at: Date;
  goal_minutes: number;
  breach_at: Date | null;
  paused_why: string | null;
  escalated: boolean;
  business_key: string;
  requested_by: string;
  amount_minor: bigint;
  currency: Currency;
  reasons: string[];
};

export const taskColumns = `t.order_id, t.step, t.visit, t.owner, t.opened_at, t.goal_minutes, t.breach_at, t.paused_why,
  t.escalated, o.business_key, o.requested_by, o.amount_minor, o.currency, o.reasons`;
export const ofOrders =
  "JOIN orders o ON o.workspace = t.workspace AND o.generation = t.generation AND o.order_id = t.order_id";

/** Makes a page of one row more than fits: with names and customers, and a cursor when there is more. */
export async function taskPage(store: Store, rows: readonly TaskRow[]): Promise<Page<TaskLine>> {
  const shown = rows.slice(0, lines_per_page);
  const [customers, names] = await Promise.all([
    customersOf(
      store,
      shown.map(({ order_id }) => order_id),
    ),
    namesOf(
      store,
      shown.flatMap(({ owner, requested_by }) => (owner ? [owner, requested_by] : [requested_by])),
    ),
  ]);
  const last = shown.at(-1);
  return {
    lines: shown.map((row) => ({
      order: row.order_id,
      businessKey: row.business_key,
      customer: customers.get(row.order_id),
      reasons: row.reasons,
      total: { amount: Number(row.amount_minor), currency: row.currency },
      requestedBy: names.person(row.requested_by),
      claimedBy: row.owner === null ? undefined : names.person(row.owner),
      openedAt: row.opened_at.toISOString(),
      breachAt: row.breach_at?.toISOString() ?? null,
      goal_ms: row.goal_minutes * 60_000,
      pausedWhy: row.paused_why,
      escalated: row.escalated,
    })),
    next: rows.length > lines_per_page && last ? writeCursor(last) : null,
  };
}

type Place = { breachAt: string | null; order: string; step: string; visit: number };

function writeCursor({ breach_at, order_id, step, visit }: TaskRow): string {
  return [breach_at?.toISOString() ?? "", order_id, step, visit].join("~");
}

const cursorPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?~([\w-]{1,64})~([\w.-]{1,80})~(\d{1,6})$/;

/** What a cursor from an address means, or undefined when somebody typed it. */
export function readCursor(cursor: string | undefined): Place | undefined {
  const [, breachAt, order, step, visit] = cursorPattern.exec(cursor ?? "") ?? [];
  if (!order || !step || !visit) return undefined;
  if (breachAt && Number.isNaN(Date.parse(breachAt))) return undefined;
  return { breachAt: breachAt ?? null, order, step, visit: Number(visit) };
}
