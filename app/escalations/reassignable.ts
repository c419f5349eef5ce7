import { randomUUID } from "node:crypto";
import type { AuthorizedActor } from "#lib/domain/authority";
import { type Load, mayReassign } from "#lib/queries/supervision";
import type { TaskLine } from "#lib/queries/task-list";
import type { QueueRow } from "../../components/queue-table";
import { handOver, release } from "../orders/actions";
import { taskRow } from "../task-rows";

/** Draws tasks as rows that this actor, where they may, gives back or hands to one of these people, who has least first. */
export function reassignableRows(
  actor: AuthorizedActor,
  people: readonly Load[],
): (line: TaskLine) => QueueRow {
  const freeFirst = people.toSorted((one, other) => one.claimed - other.claimed);
  return (line) => {
    // While its clock stands still it is nobody's to decide, and so nobody's to be given.
    if (!mayReassign(actor) || line.pausedWhy !== null) return taskRow(line);
    const place = { order: line.order, task: line.step, visit: line.visit };
    return {
      ...taskRow(line),
      reassignment: {
        holder: line.claimedBy,
        release: { action: release, hidden: { ...place, commandId: randomUUID() } },
        handOver: { action: handOver, hidden: { ...place, commandId: randomUUID() } },
        people: freeFirst
          .filter((person) => mayTake(person, line))
          .map(({ person, name, claimed }) => ({ id: person, name: `${name}, ${claimed} claimed` })),
      },
    };
  };
}

function mayTake({ person, roles }: Load, { owner, excluded, roles: needed }: TaskLine): boolean {
  return person !== owner && !excluded.includes(person) && roles.some((role) => needed.includes(role));
}
