import type { AuthorizedActor } from "#lib/domain/authority";
import type { Page } from "./page";
import { demandReader } from "./permission";
import { currentGeneration, type Store } from "./store";
import { type TaskLine, taskPage } from "./task-list";

/**
 * The tasks that one may decide, as a condition over `task t`; `$1` is the workspace, `$2` the person, `$3` the roles.
 * Such a task has a running clock (the lint lets no other definition pass), so breach_at is never null here.
 */
export const decidable = `t.workspace = $1 AND t.generation = ${currentGeneration}
  AND t.state IN ('READY', 'RESERVED', 'IN_PROGRESS')
  AND (t.roles && $3::text[] OR $2 = ANY (t.people)) AND NOT ($2 = ANY (t.excluded))`;

/**
 * The tasks this person may decide, by time to breach. `cursor` is the `next` of the page before; what is no cursor
 * begins at the start. Throws for an actor who may not read the queue.
 */
export async function queue(actor: AuthorizedActor, store: Store, cursor?: string): Promise<Page<TaskLine>> {
  demandReader(actor, store.keys.workspace, "queue");
  const parameters = [actor.person ?? "", [...actor.roles]];
  return taskPage(store, { where: decidable, parameters, standing: false }, cursor);
}
