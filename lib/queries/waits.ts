import type { Role } from "#lib/domain/authority";
import { type EffectState, isOver, type OrderState, type TaskState } from "#lib/domain/order";
import { effectWords, plural, stepTitle } from "./words";

/** What an order waits for at a moment; people and effects by their ids. */
export type Wait =
  | { for: "decision"; roles: readonly Role[]; owner: string | null }
  | { for: "settling"; by: string }
  | { for: "changes"; by: string }
  | { for: "supervisor" }
  | { for: "answer" | "nextTry" | "settlement"; effect: string }
  | { for: "signal"; step: string }
  | { for: "nothing" };

/** Everything an order waits for: a task of each branch, what is under way outside, or nothing when it is over. */
export function waitsOf(state: OrderState): Wait[] {
  if (isOver(state)) return [{ for: "nothing" }];
  const tasks = Object.values(state.tasks).map((task) => taskWait(state, task));
  const effects = Object.values(state.effects)
    .map(effectWait)
    .filter((wait) => wait !== null);
  if (tasks.length > 0 || effects.length > 0) return [...tasks, ...effects];
  return state.visits.map(({ step }) => ({ for: "signal", step }));
}

function taskWait(state: OrderState, { suspended, decision, status, roles, owner }: TaskState): Wait {
  if (suspended?.for === "changes") return { for: "changes", by: state.requestedBy };
  if (suspended) return { for: "supervisor" };
  if (decision && status === "COMPLETED") return { for: "settling", by: decision.by };
  return { for: "decision", roles, owner };
}

function effectWait({ effect, status, dueAt }: EffectState): Wait | null {
  switch (status) {
    case "PENDING":
    case "ATTEMPTED":
      return { for: "answer", effect };
    case "INTENDED":
      return { for: "nextTry", effect };
    case "IN_DOUBT":
      return { for: dueAt ? "nextTry" : "settlement", effect };
    case "FAILED":
      return { for: "settlement", effect };
    case "CONFIRMED":
    case "COMPENSATED":
    case "OBSOLETE":
      return null;
  }
}

/** What is waited for, to stand behind "waits for" or "waited for". */
export function waitWords(wait: Wait, person: (id: string) => string): string {
  switch (wait.for) {
    case "decision":
      return wait.owner ? `${person(wait.owner)} to decide` : `one of the ${plural(wait.roles)} to decide`;
    case "settling":
      return `the decision of ${person(wait.by)} to take effect`;
    case "changes":
      return `changes by ${person(wait.by)}`;
    case "supervisor":
      return "a supervisor to let it go on";
    case "answer":
      return `an answer about ${effectWords(wait.effect).noun}`;
    case "nextTry":
      return `the next try of ${effectWords(wait.effect).noun}`;
    case "settlement":
      return `somebody to settle ${effectWords(wait.effect).noun}`;
    case "signal":
      return `what “${stepTitle(wait.step)}” waits for`;
    case "nothing":
      return "nothing: the order was over";
  }
}

/** Whether it is up to a person that it ends. */
export function isForPeople(wait: Wait): boolean {
  return ["decision", "changes", "supervisor", "settlement"].includes(wait.for);
}

/** Several waits as one phrase, each once. */
export function allWaits(waits: readonly Wait[], person: (id: string) => string): string {
  const phrases = [...new Set(waits.map((wait) => waitWords(wait, person)))];
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(phrases);
}
