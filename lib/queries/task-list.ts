import type { Role } from "#lib/domain/authority";
import type { Currency, Money } from "#lib/domain/money";
import {
  type Counted,
  count_max,
  cutWalk,
  lines_per_page,
  looked_max,
  type Page,
  pageOfWalk,
  type WalkedRow,
} from "./page";
import { namesAt, type PersonVersion } from "./people-names";
import { type CustomerRow, customerColumns, customerIn, joinCustomer } from "./personal";
import { currentGeneration, type Store } from "./store";
import {
  placeOf,
  readSortedCursor,
  sorted_max,
  sortings,
  type TaskSort,
  writeSortedCursor,
} from "./task-sort";

/** A task in a list, with what its order says. Instants are ISO texts, the goal is in milliseconds. */
export type TaskLine = {
  order: string;
  step: string;
  visit: number;
  businessKey: string;
  customer: string | undefined;
  /** The rules that asked for a person, as `limit@1`. */
  reasons: string[];
  total: Money;
  requestedBy: string;
  claimedBy: string | undefined;
  /** The id of who has claimed it. */
  owner: string | null;
  /** Of which roles somebody has to be to decide it, and who may not whatever their roles. */
  roles: Role[];
  excluded: string[];
  openedAt: string;
  breachAt: string | null;
  goal_ms: number;
  /** `changes` while the requester works on it, `supervisor` while one holds it up; null while the clock runs. */
  pausedWhy: string | null;
  escalated: boolean;
};

/**
 * Which tasks a list has: those of all `ranges`, conditions over `task t` in the words of an index that keeps them by
 * deadline, of which `shown` is true, a condition over a row `w` of them. `$1` is the workspace, `$2`, `$3` … are the list's
 * own `parameters`. `standing` says that there may be some whose clock stands still; they come last.
 */
export type TaskList = {
  ranges: readonly string[];
  shown: string;
  parameters: readonly unknown[];
  standing: boolean;
};

type TaskRow = CustomerRow &
  WalkedRow & {
    order_id: string;
    step: string;
    visit: number;
    owner: string | null;
    roles: Role[];
    excluded: string[];
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
    requester_version: number | null;
    owner_version: number | null;
    /** How many were looked at before the page was cut; known where they were sorted. */
    looked: bigint | null;
  };

const byBreach = "breach_at, order_id, step, visit";

/**
 * The first `most` tasks of a list by time to breach, or those after a place in it: one range of an index for each of
 * its ranges, merged. A task that is in several of them comes once.
 */
function walkOf(
  { ranges }: Pick<TaskList, "ranges">,
  afters: readonly string[],
  most: number = looked_max,
): string {
  const walks = ranges.flatMap((range) =>
    afters.map(
      (after) =>
        `(SELECT * FROM task t WHERE t.workspace = $1 AND t.generation = ${currentGeneration} AND ${range} AND ${after}
          ORDER BY ${byBreach} LIMIT ${most})`,
    ),
  );
  if (walks.length === 1) return walks[0]!;
  return `SELECT DISTINCT ON (${byBreach}) * FROM (${walks.join(" UNION ALL ")}) t ORDER BY ${byBreach} LIMIT ${most}`;
}

/**
 * The tasks of these ranges for counting them, as rows with what is counted of them: of each range the first `most` by
 * deadline that are `also` so, without those that an earlier range has. Where one of them stops at `most`, there are as many
 * rows in all: of those left out of it, the earlier range has as many.
 */
export function tasksToCount(ranges: readonly string[], most: number | string, also = "true"): string {
  const columns =
    "t.generation, t.order_id, t.step, t.state, t.roles, t.excluded, t.owner, t.escalated, t.opened_at, t.breach_at, t.goal_minutes";
  return ranges
    .map((range, n) => {
      const first = `SELECT ${columns} FROM task t
        WHERE t.workspace = $1 AND t.generation = ${currentGeneration} AND ${range} AND ${also}
        ORDER BY t.breach_at LIMIT ${most}`;
      const earlier = ranges.slice(0, n).map((each) => `AND NOT (${each})`);
      return `SELECT * FROM (${first}) t WHERE true ${earlier.join(" ")}`;
    })
    .join(" UNION ALL ");
}

/**
 * One page of a list, by time to breach: one statement, whatever the length of the list, because while a flood goes through
 * the engine every answer of the database waits its turn in this process. `cursor` is the `next` of the page before; what is
 * no cursor begins at the start.
 */
export async function taskPage(store: Store, list: TaskList, cursor?: string): Promise<Page<TaskLine>> {
  const { afters, parameters } = afterCursor(list, cursor);
  const rows = await readRows(store, pageOfWalk(walkOf(list, afters), byBreach, list.shown), parameters);
  const { shown, next } = cutWalk(rows, writeCursor);
  return { lines: await linesOf(store, shown), next };
}

/** A page in another order; `sortedOf` is how many were put in it where they are not all, null where they are. */
export type SortedPage = Page<TaskLine> & { sortedOf: number | null };

/**
 * One page of a list in another order than by time to breach, of the first `sorted_max` by that. `cursor` is the `next` of
 * the page before; what is no cursor begins at the start.
 */
export async function sortedTaskPage(
  store: Store,
  list: TaskList,
  sort: TaskSort,
  cursor?: string,
): Promise<SortedPage> {
  const { group, rank, ofOrder } = sortings[sort];
  const parameters: unknown[] = [...list.parameters];
  const parameter = (value: unknown) => `$${parameters.push(value) + 1}`;
  const place = `place_group COLLATE "C", place_rank, order_id, step, visit`;
  const after = readSortedCursor(cursor);
  const behind = after
    ? `AND (${place}) > (${parameter(after.group)}, ${parameter(after.rank)}::bigint, ${parameter(after.order)},
        ${parameter(after.step)}, ${parameter(after.visit)}::integer)`
    : "";
  // One order at a time: no plan may read all orders for the sake of a few tasks.
  const order = `CROSS JOIN LATERAL (SELECT currency, amount_minor FROM orders o
    WHERE o.workspace = $1 AND o.generation = w.generation AND o.order_id = w.order_id LIMIT 1) o`;
  const rows = await readRows(
    store,
    `SELECT w.*, row_number() OVER (ORDER BY ${place}) AS walked, true AS shown
     FROM (SELECT w.*, ${group} AS place_group, ${rank} AS place_rank, count(*) OVER () AS looked
       FROM (${walkOf(list, ["true"], sorted_max)}) w ${ofOrder ? order : ""}) w
     WHERE ${list.shown} ${behind} ORDER BY ${place} LIMIT ${lines_per_page + 1}`,
    parameters,
    "t.looked",
  );
  const lines = await linesOf(store, rows.slice(0, lines_per_page));
  const last = lines.at(-1);
  const stopped = rows[0]
    ? Number(rows[0].looked) === sorted_max
    : (await countTasks(store, list, { counted: sorted_max, looked: sorted_max })).more;
  return {
    lines,
    next: last && rows.length > lines_per_page ? writeSortedCursor(last, placeOf(last, sort)) : null,
    sortedOf: stopped ? sorted_max : null,
  };
}

/** Those tasks of these orders, at most a page's worth, that are in a list, by time to breach. */
export async function tasksOfOrders(
  store: Store,
  { ranges, shown, parameters }: TaskList,
  orders: readonly string[],
): Promise<TaskLine[]> {
  const named = `t.order_id = ANY ($${parameters.length + 2}::text[])`;
  const walk = walkOf({ ranges }, [named]);
  const rows = await readRows(
    store,
    `SELECT w.*, 0::bigint AS walked, true AS shown FROM (${walk}) w WHERE ${shown}`,
    [...parameters, orders],
  );
  return linesOf(store, rows);
}

/** Where counting stops: at so many, or having looked at so many. */
export type CountBounds = { counted: number; looked: number };
const everyday: CountBounds = { counted: count_max, looked: looked_max };

/** How many tasks a list holds, up to where counting stops. */
export async function countTasks(
  store: Store,
  { ranges, shown, parameters }: TaskList,
  bounds = everyday,
): Promise<Counted> {
  const [row] = await store.database.$queryRawUnsafe<{ count: bigint; stopped: boolean | null }[]>(
    countOf({ ranges, shown }, bounds),
    store.keys.workspace,
    ...parameters,
  );
  const count = Number(row?.count ?? 0);
  return { count, more: row?.stopped === true || count === bounds.counted };
}

/** The statement that counts a list: `count`, and `stopped` where it has looked at as many as it may. */
export function countOf(
  { ranges, shown }: Pick<TaskList, "ranges" | "shown">,
  { counted, looked } = everyday,
): string {
  return `SELECT count(*) FILTER (WHERE shown) AS count, bool_or(walked >= ${looked}) AS stopped
    FROM (SELECT * FROM (SELECT row_number() OVER () AS walked, (${shown}) AS shown FROM (${tasksToCount(ranges, looked)}) w) w
      WHERE shown OR walked >= ${looked} LIMIT ${counted}) w`;
}

/** What the tasks that `tasks` gives say, with what their orders do. */
function readRows(
  store: Store,
  tasks: string,
  parameters: readonly unknown[],
  looked = "NULL::bigint AS looked",
): Promise<TaskRow[]> {
  return store.database.$queryRawUnsafe<TaskRow[]>(
    // The page is cut before anything is joined to it, so that no plan can join what is not shown.
    `SELECT t.walked, t.shown, ${looked}, t.order_id, t.step, t.visit, t.owner, t.roles, t.excluded, t.opened_at, t.goal_minutes, t.breach_at,
       t.paused_why, t.escalated, o.business_key, o.requested_by, o.amount_minor, o.currency, o.reasons,
       requester.version AS requester_version, holder.version AS owner_version, ${customerColumns}
     FROM (${tasks}) t
     JOIN orders o ON o.workspace = $1 AND o.generation = t.generation AND o.order_id = t.order_id
     LEFT JOIN person requester ON requester.workspace = $1 AND requester.generation = t.generation
       AND requester.person_id = o.requested_by
     LEFT JOIN person holder ON holder.workspace = $1 AND holder.generation = t.generation
       AND holder.person_id = t.owner
     ${joinCustomer}
     ORDER BY t.walked, t.${byBreach.replaceAll(", ", ", t.")}`,
    store.keys.workspace,
    ...parameters,
  );
}

async function linesOf(store: Store, rows: readonly TaskRow[]): Promise<TaskLine[]> {
  const names = await namesAt(store, rows.flatMap(peopleOf));
  return rows.map((row) => ({
    order: row.order_id,
    step: row.step,
    visit: row.visit,
    businessKey: row.business_key,
    customer: customerIn(store, row),
    reasons: row.reasons,
    total: { amount: Number(row.amount_minor), currency: row.currency },
    requestedBy: names.person(row.requested_by),
    claimedBy: row.owner === null ? undefined : names.person(row.owner),
    owner: row.owner,
    roles: row.roles,
    excluded: row.excluded,
    openedAt: row.opened_at.toISOString(),
    breachAt: row.breach_at?.toISOString() ?? null,
    goal_ms: row.goal_minutes * 60_000,
    pausedWhy: row.paused_why,
    escalated: row.escalated,
  }));
}

function peopleOf(row: TaskRow): PersonVersion[] {
  return [
    { person_id: row.requested_by, version: row.requester_version },
    { person_id: row.owner, version: row.owner_version },
  ].filter((person): person is PersonVersion => person.person_id !== null && person.version !== null);
}

/**
 * What of each range comes after the cursor, as conditions each of which an index answers however far down the list the
 * page is, and all parameters behind the workspace.
 */
function afterCursor(
  { standing, parameters }: TaskList,
  cursor: string | undefined,
): { afters: string[]; parameters: unknown[] } {
  const place = readCursor(cursor);
  if (!place) return { afters: ["true"], parameters: [...parameters] };
  const { breachAt, order, step, visit } = place;
  const first = parameters.length + 2;
  const rest = `$${first}, $${first + 1}, $${first + 2}::integer`;
  const standsStill = "t.breach_at IS NULL";
  if (breachAt === null)
    return {
      afters: [`${standsStill} AND (t.order_id, t.step, t.visit) > (${rest})`],
      parameters: [...parameters, order, step, visit],
    };
  const after = `(t.breach_at, t.order_id, t.step, t.visit) > ($${first + 3}::timestamptz, ${rest})`;
  return {
    afters: standing ? [after, standsStill] : [after],
    parameters: [...parameters, order, step, visit, breachAt],
  };
}

type Place = { breachAt: string | null; order: string; step: string; visit: number };

function writeCursor({ breach_at, order_id, step, visit }: TaskRow): string {
  return [breach_at?.toISOString() ?? "", order_id, step, visit].join("~");
}

const cursorPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?~([\w-]{1,64})~([\w.-]{1,80})~(\d{1,6})$/;

/** What a cursor from an address means, or undefined when somebody typed it. */
function readCursor(cursor: string | undefined): Place | undefined {
  const [, breachAt, order, step, visit] = cursorPattern.exec(cursor ?? "") ?? [];
  if (!order || !step || !visit) return undefined;
  if (breachAt && Number.isNaN(Date.parse(breachAt))) return undefined;
  return { breachAt: breachAt ?? null, order, step, visit: Number(visit) };
}
