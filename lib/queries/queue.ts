import type { AuthorizedActor, Role } from "#lib/domain/authority";
import type { Page } from "./page";
import { demandReader } from "./permission";
import type { Store } from "./store";
import { type TaskLine, type TaskList, taskPage } from "./task-list";

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

/**
 * The tasks this person may decide, by time to breach. `cursor` is the `next` of the page before; what is no cursor
 * begins at the start. Throws for an actor who may not read the queue.
 */
export async function queue(actor: AuthorizedActor, store: Store, cursor?: string): Promise<Page<TaskLine>> {
  demandReader(actor, store.keys.workspace, "queue");
  return taskPage(store, decidableBy(actor, actor.person ?? ""), cursor);
}
