import type { Grant, Role } from "./authority";
import type { CommandOf } from "./commands";
import type { Decided } from "./decide-order";
import { type Facts, people } from "./facts";
import {
  evidenceOf,
  excludedOf,
  isOver,
  type OrderState,
  type TaskState,
  type TaskStatus,
  visitKey,
} from "./order";
import { later, Progress, place } from "./progress";
import { isRejection, type Rejection, refuse, reject } from "./rejection";
import { breachIsDue, markBreached, pauseClock, resumeClock, stopClock, undoStop } from "./sla";
import type { TaskStep, WorkflowDefinition } from "./workflow";

/**
 * The verbs of a human task (WS-HumanTask 1.1) and its two timers.
 *
 * Order of every refusal: excluded first, whatever the role; then the role; then the state. So nobody learns by trying
 * what he has no right to, and an administrator who asked for an order decides it no more than anybody else.
 */
export type TaskVerb =
  | "claim"
  | "takeOver"
  | "start"
  | "stop"
  | "release"
  | "suspend"
  | "resume"
  | "delegate"
  | "forward"
  | "fail"
  | "skip"
  | "decide";

type TimerType = "timer.settle" | "timer.breach" | "timer.lapse";
type TaskCommand = CommandOf<`task.${TaskVerb}`> | CommandOf<"task.withdraw" | TimerType>;

/** In which states a task hears a verb; in every other one it answers with what it is. */
export const statesFor: Record<TaskVerb, readonly TaskStatus[]> = {
  claim: ["READY"],
  takeOver: ["RESERVED", "IN_PROGRESS"],
  start: ["READY", "RESERVED"],
  stop: ["IN_PROGRESS"],
  release: ["RESERVED", "IN_PROGRESS"],
  suspend: ["READY", "RESERVED", "IN_PROGRESS"],
  resume: ["SUSPENDED"],
  delegate: ["READY", "RESERVED", "IN_PROGRESS"],
  forward: ["READY", "RESERVED", "IN_PROGRESS"],
  fail: ["IN_PROGRESS"],
  skip: ["READY", "RESERVED", "IN_PROGRESS"],
  decide: ["READY", "RESERVED", "IN_PROGRESS"],
};

/** Who may use a verb besides the business administrator (a supervisor): potential owners, or the actual owner alone. */
type Needs = "potential owner" | "actual owner" | "supervisor" | "actual owner or supervisor";
const needs: Record<TaskVerb, Needs> = {
  claim: "potential owner",
  takeOver: "potential owner",
  start: "potential owner",
  stop: "actual owner",
  release: "actual owner or supervisor",
  suspend: "supervisor",
  resume: "supervisor",
  delegate: "actual owner or supervisor",
  forward: "actual owner or supervisor",
  fail: "actual owner",
  skip: "supervisor",
  decide: "potential owner",
};

const doing: Record<TaskVerb, string> = {
  claim: "claim this task",
  takeOver: "take over this task",
  start: "start working on this task",
  stop: "stop working on this task",
  release: "give this task back",
  suspend: "put this task on hold",
  resume: "let this task go on",
  delegate: "hand this task over",
  forward: "forward this task",
  fail: "declare this task failed",
  skip: "skip this task",
  decide: "decide this order",
};

/** How a task stands, in the words of people. */
const standing: Record<TaskState["status"], string> = {
  CREATED: "it has not come up yet",
  READY: "nobody has claimed it",
  RESERVED: "it is claimed",
  IN_PROGRESS: "it is being worked on",
  SUSPENDED: "it is on hold",
  COMPLETED: "it has been decided",
  FAILED: "it was declared failed",
  ERROR: "it has failed",
  EXITED: "it is no longer needed",
  OBSOLETE: "it is no longer needed",
};

export function decideTask(
  definition: WorkflowDefinition,
  state: OrderState,
  facts: Facts,
  command: TaskCommand,
): Decided {
  const held = state.tasks[visitKey(command)];
  const step = definition.steps[command.step];
  if (step?.kind !== "task")
    return reject("invalid", `${command.step} is not a task of this workflow.`, { field: "step" });
  if (command.type === "timer.settle" || command.type === "timer.breach" || command.type === "timer.lapse")
    return held ? timer(definition, state, facts, step, held, command) : nothingToDo();

  // The right comes before the state, also where the task is over: a refused person learns nothing and is on record.
  const verb = command.type.slice("task.".length) as TaskVerb | "withdraw";
  const subject = held ?? closedTask(state, step);
  const authority = mayUse(verb === "withdraw" ? "decide" : verb, subject, state, facts);
  if (isRejection(authority) && (held || authority.authority)) return authority;
  if (isRejection(authority) || !held || isOver(state) || state.status === "cancelling")
    return reject("stale", `This task is over: the order is ${state.status}.`, { order: state.id });
  if (command.type === "task.withdraw") return withdraw(definition, state, facts, held);

  const verbs = verb as TaskVerb;
  const conflict = heldByAnother(verbs, held, facts);
  if (conflict) return conflict;
  if (!statesFor[verbs].includes(held.status))
    return reject("wrongState", `Cannot ${doing[verbs]}: ${standing[held.status]}.`, { order: state.id });

  const progress = new Progress(definition, state, facts, facts.stream);
  const at = place(held);
  switch (command.type) {
    case "task.claim":
      progress.record("taskClaimed", at);
      break;
    case "task.takeOver":
      progress.record(
        "taskClaimed",
        { ...at, takenFrom: held.owner ?? undefined },
        { reason: command.reason },
      );
      break;
    case "task.start":
      if (held.status === "READY") progress.record("taskClaimed", at);
      progress.record("taskStarted", at);
      break;
    case "task.stop":
      progress.record("taskStopped", at);
      break;
    case "task.release":
      progress.record("taskReleased", at);
      break;
    case "task.suspend":
      noteBreach(progress, step, held);
      progress.record(
        "taskSuspended",
        { ...at, clock: pauseClock(current(progress, held).clock, calendarOf(facts, held), facts.now) },
        { reason: command.reason },
      );
      break;
    case "task.resume": {
      if (held.suspended?.for === "changes")
        return reject("wrongState", "The task waits for changes by the person who asked for the order.", {
          whoCan: "the person who asked for it",
        });
      progress.record("taskResumed", {
        ...at,
        excluded: excludedOf(progress.state),
        clock: resumeClock(held.clock, calendarOf(facts, held), facts.now),
      });
      break;
    }
    case "task.delegate": {
      const to = facts.person(command.to);
      if (!to || to.disabled)
        return reject("invalid", "There is no such person who may act.", { field: "to" });
      if (held.excluded.includes(command.to))
        return reject(
          "invalid",
          "This person asked for the order, handed it in or changed it last, and may not decide it.",
          {
            field: "to",
          },
        );
      if (!to.grants.some(({ role }) => held.roles.includes(role)))
        return reject("invalid", `This person lacks the role ${held.roles.join(" or ")}.`, { field: "to" });
      progress.record("taskDelegated", { ...at, to: command.to });
      break;
    }
    case "task.forward":
      if (command.to === "requester" || command.to === "auditor")
        return reject("invalid", "Only reviewers, supervisors or administrators decide tasks.", {
          field: "to",
        });
      progress.record("taskForwarded", { ...at, to: command.to });
      break;
    case "task.fail":
    case "task.skip": {
      const route = command.type === "task.fail" ? step.fail : step.skip;
      if (!route)
        return reject(
          "notPossible",
          command.type === "task.fail"
            ? "This task does not fail: decide it, or send it back."
            : "This task is not one that may be skipped: a person decides it.",
        );
      noteBreach(progress, step, held);
      const next = progress.visitsOf(route);
      const clock = stopClock(current(progress, held).clock, calendarOf(facts, held), facts.now);
      progress.record(
        command.type === "task.fail" ? "taskFailed" : "taskSkipped",
        { ...at, clock, next },
        { reason: command.reason },
      );
      progress.enter(next);
      break;
    }
    case "task.decide": {
      // Asked for as its own member: "constructor" is on every object and no verdict.
      const outcome = Object.hasOwn(step.outcomes, command.verdict)
        ? step.outcomes[command.verdict]
        : undefined;
      if (!outcome)
        return reject("invalid", `Must be one of ${Object.keys(step.outcomes).join(", ")}.`, {
          field: "verdict",
        });
      if (command.evidence !== evidenceOf(state, held.step))
        return reject(
          "stale",
          "The order or its policy result changed since it was shown. Look again, then decide.",
          {
            order: state.id,
          },
        );
      if ("sendBack" in outcome && !command.note)
        return reject("invalid", "Say what has to change, so that the requester knows.", { field: "note" });
      noteBreach(progress, step, held);
      const clock = current(progress, held).clock;
      const calendar = calendarOf(facts, held);
      progress.record(
        "decisionMade",
        {
          ...at,
          verdict: command.verdict,
          effectiveAt: later(facts.now, command.undo_ms),
          evidence: command.evidence,
          claimed: held.status === "READY" ? true : undefined,
          authority: { rule: "potentialOwner@1", ...authority },
          clock:
            "sendBack" in outcome
              ? pauseClock(clock, calendar, facts.now)
              : stopClock(clock, calendar, facts.now),
        },
        command.note ? { note: command.note } : undefined,
      );
      if (command.undo_ms === 0) settle(progress, step, current(progress, held));
      break;
    }
  }
  return progress.events;
}

/** The one rule of separation: exclusion before any role, administrators included. */
function mayUse(
  verb: TaskVerb,
  task: Pick<TaskState, "excluded" | "roles" | "owner">,
  state: OrderState,
  facts: Facts,
): Grant | Rejection {
  const { principal } = facts;
  if (principal.kind !== "person")
    return refuse("role", `A machine may not ${doing[verb]}.`, people(task.roles));
  if (principal.disabled) return refuse("disabled", "This account is disabled.", people(task.roles));
  if (task.excluded.includes(principal.person))
    return principal.person === state.requestedBy
      ? refuse(
          "own request",
          `You asked for this order, so you may not ${doing[verb]}.`,
          `another ${task.roles.join(" or ")}`,
        )
      : refuse(
          "exclusion",
          `You handed in or changed this order, so you may not ${doing[verb]}.`,
          `another ${task.roles.join(" or ")}`,
        );

  const supervisor = principal.grants.find(({ role }) => role === "supervisor");
  const potential = principal.grants.find(({ role }) => task.roles.includes(role));
  const owner = task.owner === principal.person ? (potential ?? supervisor) : undefined;
  // That nobody holds it is a state of the task, often a race lost; that somebody else does is a matter of right.
  const notMine = (whoCan: string) =>
    task.owner === null
      ? reject("wrongState", `Cannot ${doing[verb]}: nobody holds it.`)
      : refuse("owner", `Only who holds the task may ${doing[verb]}.`, whoCan);
  switch (needs[verb]) {
    case "supervisor":
      return supervisor ?? lacks(verb, ["supervisor"]);
    case "potential owner":
      return potential ?? lacks(verb, task.roles);
    case "actual owner":
      if (owner) return owner;
      return potential ? notMine("the person who holds it") : lacks(verb, task.roles);
    case "actual owner or supervisor":
      if (owner ?? supervisor) return (owner ?? supervisor) as Grant;
      return potential
        ? notMine("the person who holds it, or a supervisor")
        : lacks(verb, [...task.roles, "supervisor"]);
  }
}

function lacks(verb: TaskVerb, wanted: readonly Role[]): Rejection {
  return refuse("role", `To ${doing[verb]} you need the role ${wanted.join(" or ")}.`, people(wanted));
}

function heldByAnother(verb: TaskVerb, task: TaskState, facts: Facts): Rejection | null {
  const person = facts.principal.kind === "person" ? facts.principal.person : "";
  const mustBeMine = verb === "claim" || verb === "start" || verb === "decide";
  if (!mustBeMine || task.owner === null || task.owner === person) return null;
  return task.status === "COMPLETED"
    ? reject("stale", "Somebody has decided this task.", { whoCan: task.owner })
    : reject("heldByAnother", "Somebody else has claimed it.", { whoCan: task.owner });
}

function withdraw(definition: WorkflowDefinition, state: OrderState, facts: Facts, task: TaskState): Decided {
  const { principal } = facts;
  const { decision } = task;
  if (!decision || task.status !== "COMPLETED")
    return reject("tooLate", "There is no decision left to withdraw.", { order: state.id });
  if (principal.kind !== "person" || principal.person !== decision.by)
    return refuse("owner", "Only who decided may withdraw the decision.", "the person who decided");
  const progress = new Progress(definition, state, facts, facts.stream);
  const stopped = task.clock;
  progress.record("decisionWithdrawn", {
    ...place(task),
    // A withdrawn decision counts as if the clock had never stopped.
    clock:
      stopped.state === "paused"
        ? {
            ...resumeClock(stopped, calendarOf(facts, task), stopped.since),
            breachAt: stopped.breachAtBeforePause,
          }
        : undoStop(stopped),
  });
  return progress.events;
}

function settle(progress: Progress, step: TaskStep, task: TaskState): void {
  const { decision } = task;
  if (!decision) return;
  const outcome = step.outcomes[decision.verdict];
  if (!outcome) throw new Error(`${task.step} has no outcome ${decision.verdict}`);
  // Sign what you saw: between the verdict and what it sets off, what was shown must not have changed.
  if (decision.evidence !== evidenceOf(progress.state, task.step)) {
    progress.record("orderNeedsAttention", {
      why: "What was approved is not what the order says now, so nothing was done on it.",
    });
    return;
  }
  const next = "sendBack" in outcome ? [] : progress.visitsOf(outcome.to);
  progress.record("decisionSettled", { ...place(task), verdict: decision.verdict, next });
  progress.enter(next);
}

function timer(
  definition: WorkflowDefinition,
  state: OrderState,
  facts: Facts,
  step: TaskStep,
  task: TaskState,
  command: CommandOf<TimerType>,
): Decided {
  if (facts.principal.kind !== "system") return refuse("role", "Only the scheduler's clock does this.");
  if (isOver(state)) return nothingToDo();
  const progress = new Progress(definition, state, facts, facts.stream);
  if (command.type === "timer.settle") {
    if (!task.decision || task.status !== "COMPLETED" || task.decision.effectiveAt > facts.now)
      return nothingToDo();
    settle(progress, step, task);
  } else if (command.type === "timer.lapse") {
    if (task.owner !== command.person || !statesFor.release.includes(task.status)) return nothingToDo();
    progress.record("taskReleased", { ...place(task), lapsed: true });
  } else {
    if (task.rungsFired >= command.rung) return nothingToDo();
    noteBreach(progress, step, task);
  }
  return progress.events.length === 0 ? nothingToDo() : progress.events;
}

/** A deadline that passed is noted before anything else happens to the task, so no breach is lost to a quick decision. */
function noteBreach(progress: Progress, step: TaskStep, task: TaskState): void {
  const { now } = progress.facts;
  if (task.rungsFired > 0 || !breachIsDue(task.clock, now)) return;
  const clock = markBreached(task.clock, now);
  progress.record("taskEscalated", {
    ...place(task),
    rung: 1,
    to: step.timeOut.escalateTo,
    lateBy_ms: Date.parse(now) - Date.parse(clock.breachedAt ?? now),
    clock,
  });
}

function current(progress: Progress, task: TaskState): TaskState {
  return progress.state.tasks[visitKey(task)] ?? task;
}

function calendarOf(facts: Facts, task: TaskState) {
  return facts.calendar(task.clock.calendar).calendar;
}

/** What is known of a task that is no longer open: enough to judge who may speak to it. */
function closedTask(state: OrderState, step: TaskStep) {
  return {
    excluded: excludedOf(state),
    roles: [...step.owners, step.timeOut.escalateTo],
    people: [],
    owner: null,
  };
}

/** A timer that came late or twice: an answer, never an event. */
function nothingToDo(): Rejection {
  return reject("stale", "There is nothing left to do.");
}
