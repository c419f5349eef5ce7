import { type OrderState, type TaskState, visitKey } from "#lib/domain/order";
import { routes, type Step, type WorkflowDefinition } from "#lib/domain/workflow";
import { type DrawnEdge, drawnWorkflow } from "./drawn-workflow";
import type { Names } from "./people-names";
import { effectWords, plural, verdictPast } from "./words";

/** A step of the way through a workflow, with where this order is to it. */
export type PathStep = {
  id: string;
  title: string;
  kind: Step["kind"];
  state: "done" | "current" | "waiting" | "attention" | "future" | "skipped";
  note?: string;
  visits: number;
};

/** Who gave the last verdict at a step that stands. */
export type GivenVerdicts = ReadonlyMap<string, { verdict: string; by: string }>;

/** A way from one step to another, and whether the order went it. */
export type TakenEdge = DrawnEdge & { taken: boolean };

/** The ways of a definition, of which an order went some, written `from>to`. */
export function waysOf(definition: WorkflowDefinition, went: ReadonlySet<string>): TakenEdge[] {
  return drawnWorkflow(definition).edges.map((edge) => ({
    ...edge,
    taken: went.has(`${edge.from}>${edge.to}`),
  }));
}

/** The steps of a definition, the start first, each with where the order is to it. A step passed by without a visit is skipped. */
export function pathOf(
  definition: WorkflowDefinition,
  state: OrderState,
  given: GivenVerdicts,
  names: Names,
): PathStep[] {
  const { steps } = drawnWorkflow(definition);
  const furthest = steps.findLastIndex(({ id }) => visitsOf(state, id) > 0);
  return steps.map(({ id, title, kind }, index) => ({
    id,
    title,
    kind,
    visits: visitsOf(state, id),
    ...placeOf(id, definition.steps[id]!, index < furthest, state, given, names),
  }));
}

type Place = Pick<PathStep, "state" | "note">;

function placeOf(
  name: string,
  step: Step,
  passedBy: boolean,
  state: OrderState,
  given: GivenVerdicts,
  names: Names,
): Place {
  const open = state.visits.find((visit) => visit.step === name);
  if (!open) {
    if (visitsOf(state, name) > 0) return { state: "done", note: verdictNote(name, step, given, names) };
    return { state: passedBy || !isUnderWay(state) ? "skipped" : "future" };
  }
  switch (step.kind) {
    case "task": {
      const task = state.tasks[visitKey(open)];
      if (!task) return { state: "current" };
      return { state: "waiting", note: taskNote(task, state, names) };
    }
    case "effect":
      return effectPlace(state, open, step.effect);
    case "decision":
      return { state: "current" };
    case "wait":
      return { state: "waiting", note: `Waits for “${step.signal}”` };
    case "end":
      return { state: "done" };
  }
}

function effectPlace(state: OrderState, open: { step: string; visit: number }, name: string): Place {
  const effect = Object.values(state.effects).findLast((held) => visitKey(held) === visitKey(open));
  const { outside } = effectWords(effect?.effect ?? name);
  switch (effect?.status) {
    case "FAILED":
      return { state: "attention", note: effect.reason ?? "Failed" };
    case "IN_DOUBT":
      return effect.dueAt
        ? { state: "current", note: "No clear answer yet" }
        : { state: "attention", note: "Whether it happened is not known" };
    case "PENDING":
      return { state: "waiting", note: `${outside} will report it` };
    case "ATTEMPTED":
      return { state: "current", note: `${outside} was asked` };
    case "INTENDED":
    case "CONFIRMED":
    case "COMPENSATED":
    case "OBSOLETE":
    case undefined:
      return { state: "current", note: effect?.reason ?? undefined };
  }
}

function taskNote(task: TaskState, state: OrderState, names: Names): string {
  if (task.suspended?.for === "changes") return `Waits for changes by ${names.person(state.requestedBy)}`;
  if (task.suspended) return "On hold";
  if (task.decision)
    return `${verdictPast(task.step, task.decision.verdict).participle} by ${names.person(task.decision.by)}`;
  if (task.owner) return `Claimed by ${names.person(task.owner)}`;
  return `Waits for the ${plural(task.roles)}`;
}

function verdictNote(name: string, step: Step, given: GivenVerdicts, names: Names): string | undefined {
  const verdict = given.get(name);
  if (step.kind !== "task" || !verdict) return undefined;
  return `${verdictPast(name, verdict.verdict).participle} by ${names.person(verdict.by)}`;
}

function isUnderWay({ status }: OrderState): boolean {
  return status === "open";
}

function visitsOf(state: OrderState, name: string): number {
  return state.visitCounts[name] ?? 0;
}

/** What giving a verdict leads to: onward, back to the requester, or to an end that is a rejection. */
export function verdictKind(
  definition: WorkflowDefinition,
  step: string,
  verdict: string,
): "onward" | "sendBack" | "rejects" {
  const task = definition.steps[step];
  const outcome = task?.kind === "task" ? task.outcomes[verdict] : undefined;
  if (!task || !outcome) return "onward";
  if ("sendBack" in outcome) return "sendBack";
  const rejects = routes(outcome.to).some((name) => {
    const reached = definition.steps[name];
    return reached?.kind === "end" && reached.outcome === "rejected";
  });
  return rejects ? "rejects" : "onward";
}
