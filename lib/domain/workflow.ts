import type { Json } from "#lib/log/canonical";
import { definitionHash } from "#lib/log/evidence";
import type { Role } from "./authority";
import { connectionOf, type HttpCall, lintCall } from "./http-call";
import type { RuleName } from "./policy";

/**
 * Workflow definitions: typed data, `name@version`, hashed. A definition never drifts: the engine publishes its hash in
 * the log and refuses to start when the same name@version has another one.
 *
 * A step that names a step which does not exist does not compile; `lint` finds what types cannot.
 * Times are in minutes, milliseconds where the name says so.
 */
export type Route<Name extends string = string> = Name | readonly Name[];

export type DecisionStep<Name extends string = string> = {
  kind: "decision";
  rules: readonly RuleName[];
  pass: Route<Name>;
  review: Route<Name>;
};

export type Outcome<Name extends string = string> =
  | { label: string; to: Route<Name>; irreversible?: boolean }
  /** Back to the requester: the task is suspended, the amended order is checked again by `recheck`, and the task resumes. */
  | { label: string; sendBack: { recheck: Name } };

export type TaskStep<Name extends string = string> = {
  kind: "task";
  title: string;
  owners: readonly Role[];
  outcomes: { readonly [verdict: string]: Outcome<Name> };
  sla: { goal_minutes: number; calendar: string; afterChanges_minutes: number };
  /** What happens at the deadline. There is no way to approve by time-out. */
  timeOut: { escalateTo: Role };
  fail?: Route<Name>;
  skip?: Route<Name>;
};

export type EffectStep<Name extends string = string> = {
  kind: "effect";
  effect: string;
  /** What an `http.call.<connection>.<what>` sends and how its answers are read. */
  call?: HttpCall;
  to: Route<Name>;
  compensatedBy?: string;
  /** A later visit may do it again; without this a second one asks for attention instead. */
  repeatable?: true;
  /** The call of a compensation that is one. */
  compensationCall?: HttpCall;
  retry: { attempts_max: number; first_ms: number; longest_ms: number };
};

export type WaitStep<Name extends string = string> = {
  kind: "wait";
  signal: string;
  to: Route<Name>;
};

export type EndStep = { kind: "end"; outcome: "completed" | "rejected" };

export type Step<Name extends string = string> =
  | DecisionStep<Name>
  | TaskStep<Name>
  | EffectStep<Name>
  | WaitStep<Name>
  | EndStep;

export type WorkflowDefinition = {
  readonly name: string;
  readonly version: number;
  readonly title: string;
  readonly start: string;
  readonly steps: { readonly [step: string]: Step };
  readonly hash: string;
};

export function defineWorkflow<const Name extends string>(definition: {
  name: string;
  version: number;
  title: string;
  start: NoInfer<Name>;
  steps: Record<Name, Step<NoInfer<Name>>>;
}): WorkflowDefinition {
  return { ...definition, hash: definitionHash(definition as unknown as Json) };
}

export function workflowReference({ name, version }: { name: string; version: number }): string {
  return `${name}@${version}`;
}

export function routes<Name extends string>(route: Route<Name>): readonly Name[] {
  return typeof route === "string" ? [route] : route;
}

/** Where a step may lead, in the order its definition names them. */
export function successors(step: Step): readonly string[] {
  return routesOf(step).flat();
}

function leadsTo(steps: WorkflowDefinition["steps"], from: Step, wanted: string): boolean {
  const seen = new Set<string>();
  const follow = (step: Step | undefined): boolean =>
    step !== undefined &&
    successors(step).some((name) => {
      if (name === wanted) return true;
      if (seen.has(name)) return false;
      seen.add(name);
      return follow(steps[name]);
    });
  return follow(from);
}

function routesOf(step: Step): (readonly string[])[] {
  switch (step.kind) {
    case "decision":
      return [routes(step.pass), routes(step.review)];
    case "task":
      return [
        ...Object.values(step.outcomes).map((outcome) =>
          "to" in outcome ? routes(outcome.to) : [outcome.sendBack.recheck],
        ),
        ...(step.fail ? [routes(step.fail)] : []),
        ...(step.skip ? [routes(step.skip)] : []),
      ];
    case "effect":
    case "wait":
      return [routes(step.to)];
    case "end":
      return [];
  }
}

/** Every `http.call` these definitions make: which connection it goes through and its longest time-out. */
export function httpCalls(
  definitions: readonly WorkflowDefinition[],
): { effect: string; connection: string; timeout_ms: number }[] {
  const timeouts_ms = new Map<string, number>();
  const add = (effect: string | undefined, call: HttpCall | undefined) => {
    if (effect && call) timeouts_ms.set(effect, Math.max(call.timeout_ms, timeouts_ms.get(effect) ?? 0));
  };
  for (const { steps } of definitions)
    for (const step of Object.values(steps))
      if (step.kind === "effect") {
        add(step.effect, step.call);
        add(step.compensatedBy, step.compensationCall);
      }
  return Array.from(timeouts_ms, ([effect, timeout_ms]) => ({
    effect,
    connection: connectionOf(effect),
    timeout_ms,
  }));
}

/** What is wrong with a definition, a sentence each; empty when nothing is. */
export function lint(definition: WorkflowDefinition): string[] {
  const problems: string[] = [];
  const { steps } = definition;
  const at = (name: string, problem: string) =>
    problems.push(`${workflowReference(definition)} ${name}: ${problem}`);

  const reached = new Set<string>();
  const walk = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    const step = steps[name];
    if (!step) return void at(name, "is named but not defined");
    for (const next of successors(step)) walk(next);
  };
  walk(definition.start);
  const effectSteps = new Set(Object.keys(steps).filter((name) => steps[name]!.kind === "effect"));

  for (const [name, step] of Object.entries(steps)) {
    if (!reached.has(name)) at(name, "cannot be reached");
    if (step.kind !== "end" && !leadsToAnEnd(steps, name)) at(name, "never leads to an end");
    for (const route of routesOf(step))
      if (new Set(route).size < route.length) at(name, "opens the same step twice on one way");
    if (step.kind === "decision" && step.rules.length === 0) at(name, "has no rule");
    if (step.kind === "effect") {
      if (step.retry.attempts_max < 1) at(name, "allows no attempt");
      if (!step.repeatable && leadsTo(steps, step, name))
        at(name, "can be reached again after it was done, and does not say that it is repeatable");
      // The name is what tells the key of an effect from the key of its compensation.
      if (step.compensatedBy === step.effect) at(name, "is compensated by an effect of its own name");
      if (step.compensationCall && !step.compensatedBy)
        at(name, "has the call of a compensation it does not name");
      const calls = [
        ...lintCall(step.effect, step.call, effectSteps),
        ...(step.compensatedBy ? lintCall(step.compensatedBy, step.compensationCall, effectSteps) : []),
      ];
      for (const problem of calls) at(name, problem);
    }
    if (step.kind === "task") {
      if (step.owners.length === 0) at(name, "has no owner, so nobody is eligible");
      if (step.owners.every((owner) => owner === "requester"))
        at(name, "is owned by requesters only, who may not decide their own orders: nobody is left eligible");
      if (Object.keys(step.outcomes).length === 0) at(name, "has no outcome");
      else if (Object.values(step.outcomes).every((outcome) => "sendBack" in outcome))
        at(name, "only ever sends back, so no order gets past it");
      if (!step.timeOut?.escalateTo) at(name, "does not say what its time-out does");
      if (!(step.sla?.goal_minutes > 0)) at(name, "has no live SLA");
      for (const [verdict, outcome] of Object.entries(step.outcomes))
        if ("sendBack" in outcome && steps[outcome.sendBack.recheck]?.kind !== "decision")
          at(
            name,
            `outcome ${verdict} is checked again by ${outcome.sendBack.recheck}, which is not a decision`,
          );
    }
  }
  return problems;
}

function leadsToAnEnd(steps: WorkflowDefinition["steps"], from: string): boolean {
  const seen = new Set<string>();
  const search = (name: string): boolean => {
    if (seen.has(name)) return false;
    seen.add(name);
    const step = steps[name];
    return step !== undefined && (step.kind === "end" || successors(step).some(search));
  };
  return search(from);
}
