import type { Envelope } from "#lib/log/envelope";
import { evidenceHash } from "#lib/log/evidence";
import type { Role } from "./authority";
import type { Attempt, NextVisit, OrderContent, Receipt, RecordedEvent, Visit } from "./events";
import type { RuleResult } from "./policy";
import type { SlaClock } from "./sla";

/**
 * One order as its events leave it.
 *
 * `evolve` is the whole of it: pure, total over the order's event types, and boring. There is no current step: `visits` is
 * the set of open ones. Decided tasks stay until their decision is settled; effects stay for life, by key.
 */
export type OrderStatus = "open" | "completed" | "rejected" | "cancelling" | "cancelled" | "recorded";

export type TaskStatus =
  | "CREATED"
  | "READY"
  | "RESERVED"
  | "IN_PROGRESS"
  | "SUSPENDED"
  | "COMPLETED"
  | "FAILED"
  | "ERROR"
  | "EXITED"
  | "OBSOLETE";

export type Decision = {
  verdict: string;
  by: string;
  effectiveAt: string;
  evidence: string;
  version: number;
  /** What a withdrawal brings back. */
  before: { status: TaskStatus; owner: string | null };
};

export type TaskState = Visit & {
  status: TaskStatus;
  owner: string | null;
  roles: readonly Role[];
  people: readonly string[];
  excluded: readonly string[];
  openedAt: string;
  clock: SlaClock;
  rungsFired: number;
  escalated: boolean;
  decision: Decision | null;
  /** Why it is suspended, and what it was before. */
  suspended: { for: "changes" | "supervisor"; before: { status: TaskStatus; owner: string | null } } | null;
};

export type EffectStatus =
  | "INTENDED"
  | "ATTEMPTED"
  | "PENDING"
  | "CONFIRMED"
  | "FAILED"
  | "IN_DOUBT"
  | "COMPENSATED"
  | "OBSOLETE";

export type EffectState = Visit & {
  effect: string;
  key: string;
  issue: number;
  item: string;
  status: EffectStatus;
  /** Version of the event that froze key and input. */
  intendedIn: number;
  attempts: number;
  /** Attempts since it was intended or a person asked for a retry: what the bound of the definition counts. */
  attemptsInRow: number;
  firstAttemptAt: string | null;
  /** Attempts of which it is not known whether the outside did what they asked: a later refusal does not settle them. */
  doubts: readonly number[];
  /** In doubt, and to be asked about at `dueAt` instead of being asked for again. */
  probing: boolean;
  /** Probes since the last attempt. */
  probesInRow: number;
  attempt: Attempt | null;
  dueAt: string | null;
  /** Version of the event that set `dueAt`: what is due is one thing, however often it is noticed. */
  dueSince: number;
  receipt: Receipt | null;
  reason: string | null;
  compensates: string | null;
  changedAt: string;
};

export type OrderState = {
  id: string;
  version: number;
  workflow: { name: string; version: number; hash: string };
  source: string;
  businessKey: string;
  requestedBy: string;
  /** Who handed it in, when that was a person (or a person's API key) other than a part of the system. */
  handedInBy: string | null;
  lastAmendedBy: string | null;
  content: OrderContent;
  /** The newest envelope with customer, lines and note, and the event it stands in. */
  personal: { version: number; type: string; envelope: Envelope } | null;
  past: boolean;
  receivedAt: string;
  occurredAt: string;
  status: OrderStatus;
  visits: readonly Visit[];
  visitCounts: { readonly [step: string]: number };
  ends: readonly string[];
  tasks: { readonly [visit: string]: TaskState };
  effects: { readonly [key: string]: EffectState };
  policy: {
    reference: string;
    leaf: string;
    results: readonly RuleResult[];
    outcome: "pass" | "review";
  } | null;
  /** Leaves of the events a reviewer is shown, besides the policy's. */
  shownLeaves: readonly string[];
  signals: readonly { signal: string; version: number }[];
  needsAttention: string | null;
};

export function visitKey({ step, visit }: Visit): string {
  return `${step}#${visit}`;
}

/** What the person at this task is shown, as one hash. The form is the task's step in its version of the workflow. */
export function evidenceOf(state: OrderState, step: string): string {
  return evidenceHash({
    leaves: state.policy ? [...state.shownLeaves, state.policy.leaf] : state.shownLeaves,
    form: `${state.workflow.name}@${state.workflow.version} ${step}`,
    policy: state.policy?.reference ?? "",
  });
}

/** Who may not decide, whatever their role: who asked for the order, who handed it in, who changed it last. */
export function excludedOf({ requestedBy, handedInBy, lastAmendedBy }: OrderState): string[] {
  const people = [requestedBy, handedInBy, lastAmendedBy].filter((person) => person !== null);
  return [...new Set(people)];
}

export function isOver(state: OrderState): boolean {
  return state.status !== "open" && state.status !== "cancelling";
}

export function evolve(state: OrderState | null, event: RecordedEvent): OrderState {
  if (event.type === "orderReceived") return received(event);
  if (state === null)
    throw new Error(`${event.stream} does not begin with orderReceived but with ${event.type}`);
  const next = { ...state, version: event.version };
  switch (event.type) {
    case "orderAmended": {
      const { total, customerIndex, country, orderedOn } = event.data;
      next.content = { total, customerIndex, country, orderedOn };
      next.lastAmendedBy = event.actor.onBehalfOf ?? event.actor.id;
      next.shownLeaves = [...state.shownLeaves, event.leaf];
      // The amended order is given whole: what it leaves out is gone, a customer's name too.
      next.personal = personalOf(event);
      return opened(next, event.data.next);
    }
    case "policyChecked": {
      const { policy, results, outcome } = event.data;
      next.policy = { reference: policy, leaf: event.leaf, results, outcome };
      return opened(closed(next, event.data), event.data.next);
    }
    case "taskOpened":
      return withTask(next, {
        step: event.data.step,
        visit: event.data.visit,
        status: "READY",
        owner: null,
        roles: event.data.owners,
        people: [],
        excluded: event.data.excluded,
        openedAt: event.recordedAt,
        clock: event.data.clock,
        rungsFired: 0,
        escalated: false,
        decision: null,
        suspended: null,
      });
    case "taskClaimed":
      return withTask(next, { ...task(state, event.data), status: "RESERVED", owner: personOf(event) });
    case "taskStarted":
      return withTask(next, { ...task(state, event.data), status: "IN_PROGRESS", owner: personOf(event) });
    case "taskStopped":
      return withTask(next, { ...task(state, event.data), status: "RESERVED" });
    case "taskReleased":
      return withTask(next, { ...task(state, event.data), status: "READY", owner: null });
    case "taskSuspended": {
      const held = task(state, event.data);
      return withTask(next, {
        ...held,
        status: "SUSPENDED",
        clock: event.data.clock,
        suspended: { for: "supervisor", before: { status: held.status, owner: held.owner } },
      });
    }
    case "taskResumed": {
      const held = task(state, event.data);
      return withTask(next, {
        ...held,
        ...(held.suspended?.for === "supervisor" ? held.suspended.before : { status: "READY", owner: null }),
        excluded: event.data.excluded,
        clock: event.data.clock,
        suspended: null,
        decision: null,
      });
    }
    case "taskDelegated":
      return withTask(next, {
        ...task(state, event.data),
        status: "RESERVED",
        owner: event.data.to,
        people: [...new Set([...task(state, event.data).people, event.data.to])],
      });
    case "taskForwarded":
      return withTask(next, {
        ...task(state, event.data),
        status: "READY",
        owner: null,
        roles: [event.data.to],
        people: [],
      });
    case "taskFailed":
    case "taskSkipped":
      return opened(closed(withoutTask(next, event.data), event.data), event.data.next);
    case "taskEscalated": {
      const held = task(state, event.data);
      return withTask(next, {
        ...held,
        clock: event.data.clock,
        roles: [...new Set([...held.roles, event.data.to])],
        rungsFired: event.data.rung,
        escalated: true,
      });
    }
    case "decisionMade": {
      const held = task(state, event.data);
      const { verdict, effectiveAt, evidence, clock } = event.data;
      return withTask(next, {
        ...held,
        status: "COMPLETED",
        owner: personOf(event),
        clock,
        decision: {
          verdict,
          effectiveAt,
          evidence,
          by: personOf(event),
          version: event.version,
          before: { status: held.status, owner: held.owner },
        },
      });
    }
    case "decisionWithdrawn": {
      const held = task(state, event.data);
      return withTask(next, {
        ...held,
        ...(held.decision?.before ?? { status: "READY", owner: null }),
        clock: event.data.clock,
        decision: null,
      });
    }
    case "decisionSettled": {
      const held = task(state, event.data);
      // A verdict that opens nothing sent the order back: the task waits for the changes with its clock paused.
      if (event.data.next.length === 0)
        return withTask(next, {
          ...held,
          status: "SUSPENDED",
          owner: null,
          suspended: { for: "changes", before: { status: "READY", owner: null } },
        });
      return opened(closed(withoutTask(next, event.data), event.data), event.data.next);
    }
    case "effectIntended": {
      const { step, visit, effect: name, key, issue, item, compensates, attempt } = event.data;
      const intended = withEffect(next, {
        step,
        visit,
        effect: name,
        key,
        issue,
        item,
        compensates: compensates ?? null,
        status: attempt ? "ATTEMPTED" : "INTENDED",
        intendedIn: event.version,
        attempts: attempt ? 1 : 0,
        attemptsInRow: attempt ? 1 : 0,
        firstAttemptAt: attempt ? event.recordedAt : null,
        doubts: [],
        probing: false,
        probesInRow: 0,
        attempt: attempt ?? null,
        dueAt: attempt ? null : event.recordedAt,
        dueSince: event.version,
        receipt: null,
        reason: null,
        changedAt: event.recordedAt,
      });
      const before = event.data.reissues === undefined ? undefined : effect(state, event.data.reissues);
      return before
        ? withEffect(intended, { ...before, status: "OBSOLETE", dueAt: null, changedAt: event.recordedAt })
        : intended;
    }
    case "effectAttempted": {
      const held = effect(state, event.data.key);
      return withEffect(next, {
        ...held,
        status: "ATTEMPTED",
        attempts: event.data.attempt.number,
        attemptsInRow: held.attemptsInRow + 1,
        firstAttemptAt: held.firstAttemptAt ?? event.recordedAt,
        probing: false,
        probesInRow: 0,
        attempt: event.data.attempt,
        dueAt: null,
        changedAt: event.recordedAt,
      });
    }
    case "effectConfirmed": {
      const held = effect(state, event.data.key);
      let confirmed = withEffect(next, {
        ...held,
        status: "CONFIRMED",
        receipt: event.data.receipt,
        doubts: [],
        probing: false,
        attempt: null,
        dueAt: null,
        reason: null,
        changedAt: event.recordedAt,
      });
      if (held.compensates)
        confirmed = withEffect(confirmed, {
          ...effect(state, held.compensates),
          status: "COMPENSATED",
          changedAt: event.recordedAt,
        });
      return settledCancel(opened(closed(confirmed, held), event.data.next), state.needsAttention);
    }
    case "effectPending":
      return withEffect(next, {
        ...effect(state, event.data.key),
        status: "PENDING",
        probing: false,
        attempt: null,
        dueAt: event.data.answerBy ?? null,
        dueSince: event.version,
        reason: null,
        changedAt: event.recordedAt,
      });
    case "effectFailed":
    case "effectDoubted": {
      const { key, attempt, reason, retryAt } = event.data;
      const held = effect(state, key);
      const doubted = event.type === "effectDoubted";
      const certain = event.type === "effectFailed" && event.data.certain === true;
      const probing = event.type === "effectDoubted" && event.data.probe === true;
      return settledCancel(
        withEffect(next, {
          ...held,
          status: doubted ? "IN_DOUBT" : retryAt ? "INTENDED" : "FAILED",
          doubts: doubted
            ? [...new Set([...held.doubts, attempt])]
            : certain
              ? []
              : without(held.doubts, attempt),
          probing,
          probesInRow: probing ? held.probesInRow + 1 : held.probesInRow,
          attempt: null,
          dueAt: retryAt ?? null,
          dueSince: event.version,
          reason,
          changedAt: event.recordedAt,
        }),
        state.needsAttention,
      );
    }
    case "effectRetried": {
      const held = effect(state, event.data.key);
      next.needsAttention = null;
      return withEffect(next, {
        ...held,
        status: held.doubts.length > 0 ? "IN_DOUBT" : "INTENDED",
        attemptsInRow: 0,
        probesInRow: 0,
        dueAt: event.recordedAt,
        dueSince: event.version,
        changedAt: event.recordedAt,
      });
    }
    case "effectAnswered": {
      const held = effect(state, event.data.key);
      const settled = ["rejected", "retryable"].includes(event.data.answer);
      return settled ? withEffect(next, { ...held, doubts: without(held.doubts, event.data.attempt) }) : next;
    }
    case "orderCancelled":
      return settledCancel(
        opened(
          {
            ...next,
            status: "cancelling",
            visits: [],
            tasks: {},
            needsAttention: null,
            effects: Object.fromEntries(
              Object.entries(state.effects).map(([key, held]) => [
                key,
                held.status === "INTENDED" || (held.status === "PENDING" && !event.data.awaits.includes(key))
                  ? { ...held, status: "OBSOLETE" as const, dueAt: null }
                  : held,
              ]),
            ),
          },
          event.data.next,
        ),
        null,
      );
    case "orderNeedsAttention":
      return { ...next, needsAttention: event.data.why };
    case "attentionCleared":
      return { ...next, needsAttention: null };
    case "commentAdded":
    case "attachmentAdded":
      return next;
    case "signalReceived":
      return { ...next, signals: [...state.signals, { signal: event.data.signal, version: event.version }] };
    case "signalTaken":
      return opened(
        closed(
          { ...next, signals: state.signals.filter(({ version }) => version !== event.data.version) },
          event.data,
        ),
        event.data.next,
      );
    case "personAdded":
    case "roleGranted":
    case "roleRevoked":
    case "personDisabled":
    case "personEnabled":
    case "passwordChanged":
    case "sessionsEnded":
    case "identityLinked":
    case "identityUnlinked":
    case "apiKeyCreated":
    case "apiKeyRevoked":
    case "accessRefused":
    case "denialsCounted":
    case "workflowPublished":
    case "policyPublished":
    case "calendarPublished":
    case "logAdopted":
    case "dispatchPaused":
    case "dispatchResumed":
    case "intakeStopped":
    case "intakeOpened":
      throw new Error(`${event.type} does not belong in ${event.stream}`);
  }
}

type EventOf<T extends RecordedEvent["type"]> = Extract<RecordedEvent, { type: T }>;

function received(event: EventOf<"orderReceived">): OrderState {
  const { workflow, source, businessKey, requestedBy, total, customerIndex, country, orderedOn } = event.data;
  return opened(
    {
      id: event.stream.slice("order/".length),
      version: event.version,
      workflow,
      source,
      businessKey,
      requestedBy,
      handedInBy: event.actor.type === "system" ? null : personOf(event),
      lastAmendedBy: null,
      content: { total, customerIndex, country, orderedOn },
      personal: personalOf(event),
      past: event.data.past === true,
      receivedAt: event.recordedAt,
      occurredAt: event.occurredAt,
      status: "open",
      visits: [],
      visitCounts: {},
      ends: [],
      tasks: {},
      effects: {},
      policy: null,
      shownLeaves: [event.leaf],
      signals: [],
      needsAttention: null,
    },
    event.data.next,
  );
}

function personalOf(event: EventOf<"orderReceived" | "orderAmended">): OrderState["personal"] {
  const envelope = event.data.personal?.[0];
  return envelope ? { version: event.version, type: event.type, envelope } : null;
}

function personOf(event: RecordedEvent): string {
  return event.actor.onBehalfOf ?? event.actor.id;
}

function task(state: OrderState, visit: Visit): TaskState {
  const held = state.tasks[visitKey(visit)];
  if (!held) throw new Error(`order ${state.id} has no open task ${visitKey(visit)}`);
  return held;
}

function effect(state: OrderState, key: string): EffectState {
  const held = state.effects[key];
  if (!held) throw new Error(`order ${state.id} has no effect ${key}`);
  return held;
}

/*
 * The functions below complete the copy `evolve` has made: they set members of it and hand it on. What a member held
 * belongs to the state before and stays as it was.
 */

function withTask(next: OrderState, held: TaskState): OrderState {
  next.tasks = { ...next.tasks, [visitKey(held)]: held };
  return next;
}

function withoutTask(next: OrderState, visit: Visit): OrderState {
  const { [visitKey(visit)]: _closed, ...tasks } = next.tasks;
  next.tasks = tasks;
  return next;
}

function withEffect(next: OrderState, held: EffectState): OrderState {
  // Without a prototype: keys are different in every order, and an engine would make a hidden class for each.
  next.effects = Object.assign(Object.create(null), next.effects, { [held.key]: held });
  return next;
}

function without(attempts: readonly number[], settled: number): readonly number[] {
  return attempts.filter((attempt) => attempt !== settled);
}

function opened(next: OrderState, visits: readonly NextVisit[]): OrderState {
  if (visits.length === 0) return next;
  const open = [...next.visits];
  const ends = [...next.ends];
  const visitCounts = { ...next.visitCounts };
  for (const { step, visit, ends: outcome } of visits) {
    visitCounts[step] = visit;
    if (outcome) ends.push(outcome);
    else open.push({ step, visit });
  }
  next.visits = open;
  next.visitCounts = visitCounts;
  next.ends = ends;
  next.status = statusOf(next.status, open, ends);
  return next;
}

function closed(next: OrderState, { step, visit }: Visit): OrderState {
  next.visits = next.visits.filter((open) => open.step !== step || open.visit !== visit);
  return next;
}

// An order is over when its last branch has ended; a branch that was rejected decides over one that was completed.
function statusOf(status: OrderStatus, visits: readonly Visit[], ends: readonly string[]): OrderStatus {
  if (status !== "open" || visits.length > 0 || ends.length === 0) return status;
  if (ends.includes("rejected")) return "rejected";
  return ends.includes("recorded") ? "recorded" : "completed";
}

// Cancelled at last: nothing is under way outside and no compensation is open.
function settledCancel(next: OrderState, needsAttention: string | null): OrderState {
  if (next.status !== "cancelling" || next.visits.length > 0) return next;
  const undone = Object.values(next.effects).every(({ status }) =>
    ["COMPENSATED", "OBSOLETE", "FAILED", "CONFIRMED"].includes(status),
  );
  if (!undone) return next;
  next.status = "cancelled";
  next.needsAttention = needsAttention;
  return next;
}
