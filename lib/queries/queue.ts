import type { AuthorizedActor, Role } from "#lib/domain/authority";
import type { Currency } from "#lib/domain/money";
import { type Counted, looked_max } from "./page";
import { namesOf } from "./people-names";
import { demandReader } from "./permission";
import { currentGeneration, type Store } from "./store";
import {
  type CountBounds,
  countTasks,
  type SortedPage,
  sortedTaskPage,
  type TaskLine,
  type TaskList,
  taskPage,
  tasksOfOrders,
} from "./task-list";
import type { TaskSort } from "./task-sort";

const open = "t.state IN ('READY', 'RESERVED', 'IN_PROGRESS')";

/** The roles that decide in numbers, each with an index of its own; the words are those of the index. */
const byRole: Partial<Record<Role, string>> = {
  reviewer: `${open} AND t.roles @> '{reviewer}'`,
  supervisor: `${open} AND t.roles @> '{supervisor}'`,
};
const byOtherRoles = `${open} AND t.roles && '{requester,auditor,admin}'`;

/** The open tasks of every role, each list in the order of its deadlines; a task of several roles is in several. */
export const openTasks: readonly string[] = [...Object.values(byRole), byOtherRoles];

/**
 * The tasks this person may decide: those of their roles that do not exclude them. Such a task has a running clock (the
 * lint lets no other definition pass), so breach_at is never null here.
 */
export function decidableBy(actor: AuthorizedActor, person: string): TaskList {
  const ranges = actor.roles.flatMap((role) => byRole[role] ?? []);
  const others = actor.roles.filter((role) => byRole[role] === undefined);
  return {
    ranges: others.length > 0 ? [...ranges, byOtherRoles] : ranges,
    shown: "w.roles && $3::text[] AND NOT ($2 = ANY (w.excluded))",
    parameters: [person, [...actor.roles]],
    standing: false,
  };
}

/** The cuts of the queue people work by; each is an address, and `all` is what may be decided. */
export const queueViews = ["all", "mine", "unclaimed", "atRisk", "breached", "waiting"] as const;
export type QueueView = (typeof queueViews)[number];

export function isQueueView(text: string | undefined): text is QueueView {
  return queueViews.includes(text as QueueView);
}

/** At risk is what has less than a quarter of its goal left. */
const quarterOfGoal = "w.goal_minutes * interval '15 seconds'";

/** Orders in one currency, of these amounts in its minor units, both included. */
export type AmountRange = { currency: Currency; from_minor?: number; to_minor?: number };

/**
 * What of a cut is left: what a rule asked a person for, what somebody has claimed, and what is of some amount. What is absent
 * leaves everything.
 */
export type QueueFilter = { reason?: string; claimedBy?: string; amount?: AmountRange };
/** What is shown of the queue, and in which order, when not by time to breach. */
export type QueueCut = { view: QueueView; sort?: TaskSort } & QueueFilter;

/**
 * A cut of the queue at an instant. `waiting` is what this person could decide once somebody else has done their part. What
 * one person has claimed is a range of an index; rule and amount are looked up in the order of each task that is walked.
 */
function listOf(actor: AuthorizedActor, { view, claimedBy, ...ofOrder }: QueueCut, now: string): TaskList {
  const all = decidableBy(actor, actor.person ?? "");
  const parameters = [...all.parameters];
  const parameter = (value: unknown) => `$${parameters.push(value) + 1}`;
  const claimed = claimedBy === undefined ? undefined : parameter(claimedBy);
  const ranges = claimed === undefined ? all.ranges : [`t.owner = ${claimed} AND ${open}`];
  const shown = [all.shown];
  shown.push(...orderFits(ofOrder, parameter));
  const list = (of: readonly string[], standing = false): TaskList => ({
    ranges: of,
    shown: shown.join(" AND "),
    parameters,
    standing,
  });
  switch (view) {
    case "all":
      return list(ranges);
    case "mine":
      if (claimed !== undefined) shown.push(`w.owner = ${claimed}`);
      return list([`t.owner = $2 AND ${open}`]);
    case "unclaimed":
      shown.push("w.owner IS NULL");
      return list(ranges);
    case "breached": {
      const until = parameter(now);
      return list(ranges.map((range) => `${range} AND t.breach_at <= ${until}::timestamptz`));
    }
    case "atRisk": {
      const until = parameter(now);
      shown.push(`w.breach_at <= ${until}::timestamptz + ${quarterOfGoal}`);
      return list(ranges.map((range) => `${range} AND t.breach_at > ${until}::timestamptz`));
    }
    case "waiting":
      if (claimed !== undefined) shown.push(`w.owner = ${claimed}`);
      return list(["t.state = 'SUSPENDED'"], true);
  }
}

/**
 * What the order of a row `w` has to be like, one condition or none; a scalar, because an EXISTS may be planned over all
 * orders.
 */
function orderFits(
  { reason, amount }: Pick<QueueFilter, "reason" | "amount">,
  parameter: (value: unknown) => string,
): string[] {
  const fits: string[] = [];
  if (reason !== undefined) fits.push(`o.reasons @> ARRAY[${parameter(reason)}]::text[]`);
  if (amount) fits.push(`o.currency = ${parameter(amount.currency)}`);
  if (amount?.from_minor !== undefined)
    fits.push(`o.amount_minor >= ${parameter(amount.from_minor)}::bigint`);
  if (amount?.to_minor !== undefined) fits.push(`o.amount_minor <= ${parameter(amount.to_minor)}::bigint`);
  if (fits.length === 0) return [];
  return [
    `coalesce((SELECT ${fits.join(" AND ")} FROM orders o
      WHERE o.workspace = $1 AND o.generation = w.generation AND o.order_id = w.order_id), false)`,
  ];
}

/** What of the queue is asked for; `cursor` is the `next` of the page before, and what is no cursor begins at the start. */
export type QueueQuestion = Partial<QueueCut> & { cursor?: string };

/**
 * The tasks this person may decide, and the cuts of them, as of `now`: all of them by time to breach, or the first of them in
 * another order. Throws for an actor who may not read the queue.
 */
export async function queue(
  actor: AuthorizedActor,
  store: Store,
  now: string,
  { view = "all", sort, cursor, ...filter }: QueueQuestion = {},
): Promise<SortedPage> {
  demandReader(actor, store.keys.workspace, "queue");
  const list = listOf(actor, { view, ...filter }, now);
  if (sort) return sortedTaskPage(store, list, sort, cursor);
  return { ...(await taskPage(store, list, cursor)), sortedOf: null };
}

/** Those tasks of these orders that are in this cut of the queue now: what a list that is open somewhere has to learn. */
export async function queueOf(
  actor: AuthorizedActor,
  store: Store,
  now: string,
  { orders, ...cut }: QueueCut & { orders: readonly string[] },
): Promise<TaskLine[]> {
  demandReader(actor, store.keys.workspace, "queue");
  return tasksOfOrders(store, listOf(actor, cut, now), orders);
}

/** How many tasks each cut holds. Throws for an actor who may not read the queue. */
export async function queueCounts(
  actor: AuthorizedActor,
  store: Store,
  now: string,
): Promise<Record<QueueView, Counted>> {
  const counts = await countCuts(
    actor,
    store,
    now,
    queueViews.map((view) => ({ view })),
  );
  return Object.fromEntries(queueViews.map((view, n) => [view, counts[n]])) as Record<QueueView, Counted>;
}

/** How many tasks each of these cuts holds, in their order. Throws for an actor who may not read the queue. */
export async function countCuts(
  actor: AuthorizedActor,
  store: Store,
  now: string,
  cuts: readonly QueueCut[],
): Promise<Counted[]> {
  demandReader(actor, store.keys.workspace, "queue");
  return Promise.all(cuts.map((cut) => countTasks(store, listOf(actor, cut, now))));
}

/** Whoever is about to decide all of a cut is told how many that are, as far as this. */
const matching: CountBounds = { counted: 10_000, looked: 50_000 };

/** How many tasks at `step` a cut holds that were open at `asOf`. Throws for an actor who may not read the queue. */
export async function countMatching(
  actor: AuthorizedActor,
  store: Store,
  now: string,
  { step, asOf, ...cut }: QueueCut & { step: string; asOf: string },
): Promise<Counted> {
  demandReader(actor, store.keys.workspace, "queue");
  const { shown, parameters, ...list } = listOf(actor, cut, now);
  const first = parameters.length + 2;
  return countTasks(
    store,
    {
      ...list,
      shown: `${shown} AND w.step = $${first} AND w.opened_at <= $${first + 1}::timestamptz`,
      parameters: [...parameters, step, asOf],
    },
    matching,
  );
}

/**
 * Who has claimed open tasks at the moment, by name; of very many claims not all are looked at. Throws for an actor who may
 * not read the queue.
 */
export async function claimants(
  actor: AuthorizedActor,
  store: Store,
): Promise<{ person: string; name: string }[]> {
  demandReader(actor, store.keys.workspace, "queue");
  const rows = await store.database.$queryRawUnsafe<{ owner: string }[]>(
    `SELECT DISTINCT owner FROM (SELECT owner FROM task
       WHERE workspace = $1 AND generation = ${currentGeneration} AND owner IS NOT NULL
         AND state IN ('READY', 'RESERVED', 'IN_PROGRESS')
       ORDER BY owner, breach_at LIMIT ${looked_max}) claimed`,
    store.keys.workspace,
  );
  const people = rows.map(({ owner }) => owner);
  const names = await namesOf(store, people);
  return people
    .map((person) => ({ person, name: names.person(person) }))
    .sort((one, other) => one.name.localeCompare(other.name));
}
