import type { CommandOf } from "./commands";
import type { EventDraft, RecordedEvent } from "./events";
import type { Facts } from "./facts";
import { type Rejection, refuse } from "./rejection";

/** What was done to a workspace's log as a whole. Kept for those who read the log; nothing is decided by it. */
export type WorkspaceState = { version: number };

export function evolveWorkspace(_state: WorkspaceState | null, event: RecordedEvent): WorkspaceState {
  if (event.type !== "logAdopted") throw new Error(`${event.type} does not belong in ${event.stream}`);
  return { version: event.version };
}

/** Whoever can adopt a log can have things done outside a second time: nobody in the console may. */
export function decideWorkspace(
  { principal }: Facts,
  { installation, pos, before, reason }: CommandOf<"log.adopt">,
): EventDraft[] | Rejection {
  if (principal.kind !== "system" || principal.part !== "operator")
    return refuse("role", "Only who operates the installation can adopt its log.");
  return [{ type: "logAdopted", data: { installation, pos, before }, personal: { reason } }];
}
