import { type AuthorizedActor, demandActor } from "#lib/domain/authority";
import { escalatedTasks } from "./escalations";
import { namesAt } from "./people-names";
import { mayRead } from "./permission";
import { decidable } from "./queue";
import { askedFor } from "./requests";
import { currentGeneration, type Store } from "./store";

/** What every page says of who looks at it. A number is null where this actor may not read the list. */
export type Waiting = {
  /** What people call this person. */
  name: string;
  /** Tasks this person may decide, and tasks whose time was up; `count_max` stands for that many or more. */
  decidable: number | null;
  escalated: number | null;
  /** Whether this person ever asked for an order. */
  asked: boolean;
};

/** Counting stops here: a number nobody counts to is not worth reading a whole table for. */
export const count_max = 1_000;

type WaitingRow = {
  decidable: bigint | null;
  escalated: bigint | null;
  asked: boolean;
  version: number | null;
};

/** How much waits for this person, and who it is: one statement. */
export async function waitingFor(actor: AuthorizedActor, store: Store): Promise<Waiting> {
  demandActor(actor, store.keys.workspace);
  const person = actor.person ?? actor.id;
  const count = (condition: string) =>
    `(SELECT count(*) FROM (SELECT FROM task t WHERE ${condition} LIMIT ${count_max}) counted)`;
  const [row] = await store.database.$queryRawUnsafe<WaitingRow[]>(
    `SELECT CASE WHEN $4 THEN ${count(decidable)} END AS decidable,
       CASE WHEN $5 THEN ${count(escalatedTasks)} END AS escalated,
       EXISTS (SELECT FROM orders WHERE ${askedFor}) AS asked,
       (SELECT version FROM person WHERE workspace = $1 AND generation = ${currentGeneration} AND person_id = $2) AS version`,
    store.keys.workspace,
    person,
    [...actor.roles],
    mayRead(actor, "queue"),
    mayRead(actor, "escalations"),
  );
  const version = row?.version ?? null;
  const names = await namesAt(store, version === null ? [] : [{ person_id: person, version }]);
  return {
    name: names.person(person),
    decidable: row?.decidable == null ? null : Number(row.decidable),
    escalated: row?.escalated == null ? null : Number(row.escalated),
    asked: row?.asked === true && mayRead(actor, "ownOrders"),
  };
}
