import type { AuthorizedActor, Role } from "#lib/domain/authority";
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

/** Whether this actor may give back and hand over what others have claimed. */
export function mayReassign({ roles }: AuthorizedActor): boolean {
  return roles.includes("supervisor");
}

/**
 * What one person has claimed: how many tasks, how many of them late, and when the next is due. `roles` is empty for who
 * holds something and could take nothing more, because they were disabled or are not what they were.
 */
export type Load = {
  person: string;
  name: string;
  roles: Role[];
  claimed: number;
  late: number;
  nextDueAt: string | null;
};

type LoadRow = {
  person: string;
  roles: Role[] | null;
  claimed: bigint | null;
  late: bigint | null;
  next_due_at: Date | null;
  looked: bigint | null;
};

/** Who decides tasks: with one of these roles somebody is shown who has claimed nothing, and so is free. */
const deciding: readonly Role[] = ["reviewer", "supervisor"];

/** No more people than this are looked at to see who is free. */
const colleagues_max = 100;

/**
 * What everybody has claimed at this moment, who has most first, and who could take work and has none. `more` says whether
 * there are claims, or people, that nobody has looked at. Throws for an actor who may not read escalations.
 */
export async function loads(
  actor: AuthorizedActor,
  store: Store,
  now: string,
): Promise<{ people: Load[]; more: { claims: boolean; people: boolean } }> {
  demandReader(actor, store.keys.workspace, "escalations");
  const rows = await store.database.$queryRawUnsafe<LoadRow[]>(
    `SELECT coalesce(p.person_id, c.owner) AS person, p.roles, c.claimed, c.late, c.next_due_at, c.looked
     FROM (SELECT owner, count(*) AS claimed, count(*) FILTER (WHERE breach_at <= $2::timestamptz) AS late,
         min(breach_at) AS next_due_at, sum(count(*)) OVER () AS looked
       FROM (SELECT owner, breach_at FROM task
         WHERE workspace = $1 AND generation = ${currentGeneration} AND owner IS NOT NULL
           AND state IN ('READY', 'RESERVED', 'IN_PROGRESS')
         ORDER BY owner, breach_at LIMIT ${looked_max}) claimed
       GROUP BY owner) c
     FULL JOIN (SELECT person_id, roles FROM person
       WHERE workspace = $1 AND generation = ${currentGeneration} AND NOT disabled AND roles && $3::text[]
       ORDER BY person_id LIMIT ${colleagues_max}) p ON p.person_id = c.owner`,
    store.keys.workspace,
    now,
    [...deciding],
  );
  const names = await namesOf(
    store,
    rows.map(({ person }) => person),
  );
  const people = rows.map(({ person, roles, claimed, late, next_due_at }) => ({
    person,
    name: names.person(person),
    roles: roles ?? [],
    claimed: Number(claimed ?? 0),
    late: Number(late ?? 0),
    nextDueAt: next_due_at?.toISOString() ?? null,
  }));
  return {
    people: people.sort(
      (one, other) => other.claimed - one.claimed || one.name.localeCompare(other.name, "en-GB"),
    ),
    more: {
      claims: rows.some(({ looked }) => Number(looked ?? 0) === looked_max),
      people: rows.filter(({ roles }) => roles !== null).length === colleagues_max,
    },
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
