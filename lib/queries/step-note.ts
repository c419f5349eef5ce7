import type { Step } from "#lib/domain/workflow";
import { effectWords, plural } from "./words";

/** Who has a step and for how long, in a few words; nothing for a step that is nobody's. */
export function stepNote(step: Step | undefined): string | undefined {
  switch (step?.kind) {
    case "task":
      return `${plural(step.owners)}, within ${goal(step.sla.goal_minutes)}`;
    case "effect":
      return effectWords(step.effect).outside;
    case "decision":
    case "wait":
    case "end":
    case undefined:
      return undefined;
  }
}

function goal(minutes: number): string {
  if (minutes % 60 !== 0) return `${minutes} min`;
  return minutes === 60 ? "1 hour" : `${minutes / 60} hours`;
}
