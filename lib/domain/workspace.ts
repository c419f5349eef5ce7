import type { RecordedEvent } from "./events";

/** What was done to a workspace's log as a whole. Kept for those who read the log; nothing is decided by it. */
export type WorkspaceState = { version: number };

export function evolveWorkspace(_state: WorkspaceState | null, event: RecordedEvent): WorkspaceState {
  if (event.type !== "logAdopted") throw new Error(`${event.type} does not belong in ${event.stream}`);
  return { version: event.version };
}
