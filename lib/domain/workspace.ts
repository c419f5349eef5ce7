import type { CommandOf } from "./commands";
import type { EventDraft, EventType, RecordedEvent } from "./events";
import { type Facts, grantOf } from "./facts";
import { isRejection, type Rejection, refuse, reject } from "./rejection";

/**
 * What is done to a workspace as a whole: its log is adopted, its dispatch paused, its intake stopped. Paused, effects stay
 * INTENDED, and people work on; stopped, no new order comes in, and those that came go on.
 */
export type WorkspaceState = { version: number; stopped: Stopped };

type Thrown = { readonly by: string; readonly since: string };
/** Who has switched it off, and when; null while it is on. */
export type Stopped = { readonly [part in "dispatch" | "intake"]: Thrown | null };

export const nothingStopped: Stopped = { dispatch: null, intake: null };

type WorkspaceCommand = CommandOf<
  "log.adopt" | "dispatch.pause" | "dispatch.resume" | "intake.stop" | "intake.open"
>;

export function evolveWorkspace(state: WorkspaceState | null, event: RecordedEvent): WorkspaceState {
  const change = changes[event.type as keyof typeof changes];
  if (!change) throw new Error(`${event.type} does not belong in ${event.stream}`);
  const stopped = state?.stopped ?? nothingStopped;
  return {
    version: event.version,
    stopped: { ...stopped, ...change({ by: event.actor.id, since: event.recordedAt }) },
  };
}

const changes = {
  logAdopted: () => ({}),
  dispatchPaused: (here: Thrown) => ({ dispatch: here }),
  dispatchResumed: () => ({ dispatch: null }),
  intakeStopped: (here: Thrown) => ({ intake: here }),
  intakeOpened: () => ({ intake: null }),
} satisfies { [type in EventType]?: (here: Thrown) => Partial<Stopped> };

export function decideWorkspace(
  state: WorkspaceState | null,
  facts: Facts,
  command: WorkspaceCommand,
): EventDraft[] | Rejection {
  const stopped = state?.stopped ?? nothingStopped;
  const personal = { reason: command.reason };
  switch (command.type) {
    case "log.adopt":
      return adopt(facts, command);
    case "dispatch.pause":
      return thrown(facts, "pause dispatch", stopped.dispatch === null, "Dispatch is paused already.", {
        type: "dispatchPaused",
        data: {},
        personal,
      });
    case "dispatch.resume":
      return thrown(facts, "resume dispatch", stopped.dispatch !== null, "Dispatch is not paused.", {
        type: "dispatchResumed",
        data: {},
        personal,
      });
    case "intake.stop":
      return thrown(facts, "stop intake", stopped.intake === null, "Intake is stopped already.", {
        type: "intakeStopped",
        data: {},
        personal,
      });
    case "intake.open":
      return thrown(facts, "open intake", stopped.intake !== null, "Intake is open.", {
        type: "intakeOpened",
        data: {},
        personal,
      });
  }
}

function thrown(
  facts: Facts,
  doing: string,
  possible: boolean,
  otherwise: string,
  event: EventDraft,
): EventDraft[] | Rejection {
  const grant = grantOf(facts, ["supervisor", "admin"], doing);
  if (isRejection(grant)) return grant;
  return possible ? [event] : reject("wrongState", otherwise);
}

/** Whoever can adopt a log can have things done outside a second time: nobody in the console may. */
function adopt(
  { principal }: Facts,
  { installation, pos, before, reason }: CommandOf<"log.adopt">,
): EventDraft[] | Rejection {
  if (principal.kind !== "system" || principal.part !== "operator")
    return refuse("role", "Only who operates the installation can adopt its log.");
  return [{ type: "logAdopted", data: { installation, pos, before }, personal: { reason } }];
}
