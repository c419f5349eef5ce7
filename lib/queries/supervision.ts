import type { AuthorizedActor } from "#lib/domain/authority";
import { looked_max, type Page } from "./page";
import { namesOf } from "./people-names";
import { demandReader } from "./permission";
import { openTasks } from "./queue";
import { currentGeneration, type Store } from "./store";
import { type TaskLine, taskPage } from "./task-list";

/**
 * Tasks that will be too late within the hour and are not yet, the soonest first. `cursor` is the `next` of the page before.
 * Throws for an actor who may not read escalations.
 */
export async function atRiskPage(
  actor: AuthorizedActor,
  store: Store,
  now: string,
  cursor?: string,
): Promise<Page<TaskLine>> {
  demandReader(actor, store.keys.workspace, "escalations");
  const soon = "t.breach_at > $2::timestamptz AND t.breach_at <= $2::timestamptz + interval '1 hour'";
  const list = {
    ranges: openTasks.map((range) => `${range} AND ${soon}`),
    shown: "true",
    parameters: [now],
    standing: false,
  };
  return taskPage(store, list, cursor);
}

/** What one person has claimed: how many tasks, how many of them late, and when the next is due. */
export type Load = { person: string; name: string; claimed: number; late: number; nextDueAt: string | null };

/**
 * What everybody has claimed at this moment, who has most first; `more` says that there are others nobody has looked at.
 * Throws for an actor who may not read escalations.
 */
export async function loads(
  actor: AuthorizedActor,
  store: Store,
  now: string,
): Promise<{ people: Load[]; more: boolean }> {
  demandReader(actor, store.keys.workspace, "escalations");
  const rows = await store.database.$queryRawUnsafe<
    { owner: string; claimed: bigint; late: bigint; next_due_at: Date | null; looked: bigint }[]
  >(
    `SELECT owner, count(*) AS claimed, count(*) FILTER (WHERE breach_at <= $2::timestamptz) AS late,
       min(breach_at) AS next_due_at, sum(count(*)) OVER () AS looked
     FROM (SELECT owner, breach_at FROM task
       WHERE workspace = $1 AND generation = ${currentGeneration} AND owner IS NOT NULL
         AND state IN ('READY', 'RESERVED', 'IN_PROGRESS')
       ORDER BY owner, breach_at LIMIT ${looked_max}) claimed
     GROUP BY owner ORDER BY count(*) DESC, owner`,
    store.keys.workspace,
    now,
  );
  const names = await namesOf(
    store,
    rows.map(({ owner }) => owner),
  );
  return {
    people: rows.map(({ owner, claimed, late, next_due_at }) => ({
      person: owner,
      name: names.person(owner),
      claimed: Number(claimed),
      late: Number(late),
      nextDueAt: next_due_at?.toISOString() ?? null,
    })),
    more: Number(rows[0]?.looked ?? 0) === looked_max,
  };
}

/** What one person has claimed, the most urgent first. Throws for an actor who may not read escalations. */
export async function claimedBy(
  actor: AuthorizedActor,
  store: Store,
  person: string,
  cursor?: string,
): Promise<Page<TaskLine>> {
  demandReader(actor, store.keys.workspace, "escalations");
  const list = {
    ranges: ["t.owner = $2 AND t.owner IS NOT NULL AND t.state IN ('READY', 'RESERVED', 'IN_PROGRESS')"],
    shown: "true",
    parameters: [person],
    standing: false,
  };
  return taskPage(store, list, cursor);
}
