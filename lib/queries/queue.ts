import type { AuthorizedActor, Role } from "#lib/domain/authority";
import type { Counted, Page } from "./page";
import { demandReader } from "./permission";
import type { Store } from "./store";
import { countTasks, type TaskLine, type TaskList, taskPage, tasksOfOrders } from "./task-list";

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

/** A cut of the queue at an instant. `waiting` is what this person could decide once somebody else has done their part. */
function viewOf(actor: AuthorizedActor, view: QueueView, now: string): TaskList {
  const all = decidableBy(actor, actor.person ?? "");
  const until = (condition: string): TaskList => ({
    ...all,
    ranges: all.ranges.map((range) => `${range} AND t.breach_at ${condition}`),
    parameters: [...all.parameters, now],
  });
  switch (view) {
    case "all":
      return all;
    case "mine":
      return { ...all, ranges: [`t.owner = $2 AND ${open}`] };
    case "unclaimed":
      return { ...all, shown: `${all.shown} AND w.owner IS NULL` };
    case "breached":
      return until("<= $4::timestamptz");
    case "atRisk": {
      const list = until("> $4::timestamptz");
      return { ...list, shown: `${list.shown} AND w.breach_at <= $4::timestamptz + ${quarterOfGoal}` };
    }
    case "waiting":
      return { ...all, ranges: ["t.state = 'SUSPENDED'"], standing: true };
  }
}

/** What of the queue is asked for; `cursor` is the `next` of the page before, and what is no cursor begins at the start. */
export type QueueQuestion = { view?: QueueView; cursor?: string };

/**
 * The tasks this person may decide, by time to breach, and the cuts of them, as of `now`. Throws for an actor who may not
 * read the queue.
 */
export async function queue(
  actor: AuthorizedActor,
  store: Store,
  now: string,
  { view = "all", cursor }: QueueQuestion = {},
): Promise<Page<TaskLine>> {
  demandReader(actor, store.keys.workspace, "queue");
  return taskPage(store, viewOf(actor, view, now), cursor);
}

/** Those tasks of these orders that are in this cut of the queue now: what a list that is open somewhere has to learn. */
export async function queueOf(
  actor: AuthorizedActor,
  store: Store,
  now: string,
  { view, orders }: { view: QueueView; orders: readonly string[] },
): Promise<TaskLine[]> {
  demandReader(actor, store.keys.workspace, "queue");
  return tasksOfOrders(store, viewOf(actor, view, now), orders);
}

/** How many tasks each cut holds. Throws for an actor who may not read the queue. */
export async function queueCounts(
  actor: AuthorizedActor,
  store: Store,
  now: string,
): Promise<Record<QueueView, Counted>> {
  demandReader(actor, store.keys.workspace, "queue");
  const counts = await Promise.all(queueViews.map((view) => countTasks(store, viewOf(actor, view, now))));
  return Object.fromEntries(queueViews.map((view, n) => [view, counts[n]])) as Record<QueueView, Counted>;
}
