import { type AuthorizedActor, demandActor } from "#lib/domain/authority";
import { escalatedTasks } from "./escalations";
import { type Counted, count_max } from "./page";
import { namesAt } from "./people-names";
import { mayRead } from "./permission";
import { decidableBy } from "./queue";
import { askedFor } from "./requests";
import { currentGeneration, type Store } from "./store";
import { countOf } from "./task-list";

/** What every page says of who looks at it. A number is null where this actor may not read the list. */
export type Waiting = {
  /** What people call this person. */
  name: string;
  /** Tasks this person may decide, and tasks whose time was up. */
  decidable: Counted | null;
  escalated: Counted | null;
  /** Whether this person ever asked for an order. */
  asked: boolean;
};

type WaitingRow = {
  decidable: bigint | null;
  decidable_stopped: boolean | null;
  escalated: bigint | null;
  escalated_stopped: boolean | null;
  asked: boolean;
  version: number | null;
};

/** How much waits for this person, and who it is: one statement. */
export async function waitingFor(actor: AuthorizedActor, store: Store): Promise<Waiting> {
  demandActor(actor, store.keys.workspace);
  const person = actor.person ?? actor.id;
  const decidable = decidableBy(actor, person);
  const counts = { queue: mayRead(actor, "queue"), escalations: mayRead(actor, "escalations") };
  const [row] = await store.database.$queryRawUnsafe<WaitingRow[]>(
    `SELECT decidable.count AS decidable, decidable.stopped AS decidable_stopped,
       escalated.count AS escalated, escalated.stopped AS escalated_stopped,
       EXISTS (SELECT FROM orders WHERE ${askedFor}) AS asked,
       (SELECT version FROM person WHERE workspace = $1 AND generation = ${currentGeneration} AND person_id = $2) AS version
     FROM (${counts.queue ? countOf(decidable) : notCounted}) decidable,
       (${counts.escalations ? countOf(escalatedTasks) : notCounted}) escalated`,
    store.keys.workspace,
    ...(counts.queue ? decidable.parameters : [person]),
  );
  const version = row?.version ?? null;
  const names = await namesAt(store, version === null ? [] : [{ person_id: person, version }]);
  return {
    name: names.person(person),
    decidable: counted(row?.decidable, row?.decidable_stopped),
    escalated: counted(row?.escalated, row?.escalated_stopped),
    asked: row?.asked === true && mayRead(actor, "ownOrders"),
  };
}

const notCounted = "SELECT NULL::bigint AS count, NULL::boolean AS stopped";

function counted(count: bigint | null | undefined, stopped: boolean | null | undefined): Counted | null {
  if (count == null) return null;
  return { count: Number(count), more: stopped === true || Number(count) === count_max };
}
