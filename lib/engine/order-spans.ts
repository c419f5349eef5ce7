import { hash } from "node:crypto";
import type { EventType, RecordedEvent } from "#lib/domain/events";
import { evolve, isOver, type OrderState, type TaskState, visitKey } from "#lib/domain/order";

/**
 * What happened to one order as spans of one trace, worked out from its events alone: a span for each command, one for
 * each wait that is over (a person, a pause, a call, an answer, a signal, attention), and one for the whole order once it
 * has ended.
 *
 * The trace is the order: its id without the dashes is 16 bytes and never zero. Span ids follow from what the span is
 * about, so that they are the same in whichever process and however often they are worked out, and everything hangs on the
 * order's own span, though that is the last to be known. Names are those of the definition; nothing of a person is in it.
 */
export type OrderSpan = {
  trace: string;
  id: string;
  parent: string | null;
  name: string;
  /** `client`: something outside was called. */
  kind: "internal" | "client";
  startedAt: string;
  endedAt: string;
  failed: boolean;
  attributes: { [name: string]: string | number | boolean | string[] };
  /** The version of the event with which it was over. */
  endedIn: number;
};

/** 32 hex digits. */
export function traceOf(order: string): string {
  return order.replaceAll("-", "");
}

/** The span of the whole order: 16 hex digits. */
export function rootSpanOf(order: string): string {
  return traceOf(order).slice(16);
}

/** Whether such an event may end a wait, so that the order's earlier events have to be looked at. */
export function mayEndWait(event: RecordedEvent): boolean {
  if (event.type === "policyChecked") return event.data.next.some(({ ends }) => ends);
  return endings.has(event.type);
}

const endings = new Set<EventType>([
  "taskResumed",
  "taskFailed",
  "taskSkipped",
  "decisionSettled",
  "effectConfirmed",
  "effectPending",
  "effectFailed",
  "effectDoubted",
  "effectRetried",
  "orderCancelled",
  "attentionCleared",
  "signalTaken",
]);

/** One span for what one command wrote. `writtenAt` is when that was known. */
export function commandSpan(events: readonly RecordedEvent[], writtenAt: string): OrderSpan {
  const [first] = events as [RecordedEvent];
  const order = orderOf(first);
  return {
    ...spanOf(order, `command/${first.version}`),
    name: first.type,
    kind: "internal",
    startedAt: first.recordedAt,
    endedAt: later(first.recordedAt, writtenAt),
    failed: false,
    attributes: {
      "holdpoint.order": order,
      "holdpoint.version": first.version,
      "holdpoint.events": events.map(({ type }) => type),
      "holdpoint.actor.type": first.actor.type,
    },
    endedIn: events.at(-1)!.version,
  };
}

/** All waits of an order that are over, and its own span if it has ended. `events` are those of its stream from the first. */
export function waitSpans(events: readonly RecordedEvent[]): OrderSpan[] {
  const waits = new Waits();
  let state: OrderState | null = null;
  for (const event of events) {
    const before: OrderState | null = state;
    state = evolve(before, event);
    waits.goOn(before, state, event);
  }
  return waits.over;
}

type OpenTask = { at: string; decidedAt: string | null; verdict: string | null; paused_ms: number };

/** What an order is waiting for, by what it is about, and what it has waited for. */
class Waits {
  readonly over: OrderSpan[] = [];
  readonly #tasks = new Map<string, OpenTask>();
  /** Since when: pauses by visit, calls by key and attempt, promised answers by key, visits by step. */
  readonly #since = new Map<string, string>();

  goOn(before: OrderState | null, after: OrderState, event: RecordedEvent): void {
    this.#goOnWithTasks(before, after, event);
    this.#goOnWithEffects(before, after, event);
    if (after.needsAttention !== null) this.#begin("attention", event);
    else this.#end("attention", event, { name: "needs attention", attributes: {} });
    for (const visit of after.visits) this.#begin(`visit/${visitKey(visit)}`, event);
    if (event.type === "signalTaken")
      this.#end(`visit/${visitKey(event.data)}`, event, {
        name: event.data.step,
        attributes: place(event.data),
      });
    if (isOver(after) && (before === null || !isOver(before))) this.#endOrder(after, event);
  }

  #goOnWithTasks(before: OrderState | null, after: OrderState, event: RecordedEvent): void {
    for (const [key, task] of Object.entries(after.tasks)) {
      const known = this.#tasks.get(key);
      const open = known ?? { at: event.recordedAt, decidedAt: null, verdict: null, paused_ms: 0 };
      if (!known) this.#tasks.set(key, open);
      if (task.decision === null) open.decidedAt = null;
      else open.decidedAt ??= event.recordedAt;
      open.verdict = task.decision?.verdict ?? null;
      if (task.status === "SUSPENDED") this.#begin(`pause/${key}`, event);
      else this.#endPause(key, before?.tasks[key], open, event);
    }
    for (const [key, task] of Object.entries(before?.tasks ?? {})) {
      const open = this.#tasks.get(key);
      if (after.tasks[key] || !open) continue;
      this.#endPause(key, task, open, event);
      this.#tasks.delete(key);
      this.over.push({
        ...spanOf(orderOf(event), `task/${key}`),
        name: task.step,
        kind: "internal",
        startedAt: open.at,
        endedAt: open.decidedAt ?? event.recordedAt,
        failed: false,
        attributes: {
          ...place(task),
          "holdpoint.ended.by": open.verdict ?? event.type,
          "holdpoint.paused_ms": open.paused_ms,
          "holdpoint.breached": task.clock.breachedAt !== undefined,
        },
        endedIn: event.version,
      });
    }
  }

  #endPause(key: string, before: TaskState | undefined, open: OpenTask, event: RecordedEvent): void {
    if (!before) return;
    const pause = this.#end(`pause/${key}`, event, {
      name: `${before.step} paused`,
      attributes: { ...place(before), "holdpoint.paused.for": before.suspended?.for ?? "" },
    });
    if (pause) open.paused_ms += Date.parse(pause.endedAt) - Date.parse(pause.startedAt);
  }

  #goOnWithEffects(before: OrderState | null, after: OrderState, event: RecordedEvent): void {
    switch (event.type) {
      case "effectIntended":
      case "effectAttempted": {
        const { key, attempt } = event.data;
        if (attempt) this.#begin(`call/${key}/${attempt.number}`, event);
        return;
      }
      case "effectConfirmed":
      case "effectPending":
      case "effectFailed":
      case "effectDoubted": {
        const { key, attempt } = event.data;
        const { effect, issue } = after.effects[key]!;
        const result = results[event.type];
        const failed = event.type === "effectFailed" || event.type === "effectDoubted";
        const attributes = {
          ...place(event.data),
          "holdpoint.effect": effect,
          "holdpoint.issue": issue,
          "holdpoint.attempt": attempt,
          "holdpoint.result": result,
        };
        this.#end(`call/${key}/${attempt}`, event, { name: effect, kind: "client", failed, attributes });
        if (event.type === "effectPending") this.#begin(`answer/${key}`, event);
        else if (before?.effects[key]?.status === "PENDING")
          this.#end(`answer/${key}`, event, { name: `${effect} answer`, failed, attributes });
        return;
      }
    }
  }

  #endOrder(state: OrderState, event: RecordedEvent): void {
    this.over.push({
      ...spanOf(state.id, "order"),
      id: rootSpanOf(state.id),
      parent: null,
      name: `${state.workflow.name}@${state.workflow.version}`,
      kind: "internal",
      startedAt: state.receivedAt,
      endedAt: event.recordedAt,
      failed: false,
      attributes: {
        "holdpoint.order": state.id,
        "holdpoint.workflow": `${state.workflow.name}@${state.workflow.version}`,
        "holdpoint.status": state.status,
        "holdpoint.versions": event.version,
      },
      endedIn: event.version,
    });
  }

  #begin(about: string, { recordedAt }: RecordedEvent): void {
    if (!this.#since.has(about)) this.#since.set(about, recordedAt);
  }

  #end(
    about: string,
    event: RecordedEvent,
    more: Pick<OrderSpan, "name" | "attributes"> & Partial<OrderSpan>,
  ): OrderSpan | null {
    const startedAt = this.#since.get(about);
    if (startedAt === undefined) return null;
    this.#since.delete(about);
    const span: OrderSpan = {
      // A task may be paused, and an answer promised, more than once.
      ...spanOf(orderOf(event), `${about}/${event.version}`),
      kind: "internal",
      failed: false,
      startedAt,
      endedAt: event.recordedAt,
      endedIn: event.version,
      ...more,
    };
    this.over.push(span);
    return span;
  }
}

const results = {
  effectConfirmed: "confirmed",
  effectPending: "pending",
  effectFailed: "failed",
  effectDoubted: "in doubt",
} as const;

function place({ step, visit }: { step: string; visit: number }): OrderSpan["attributes"] {
  return { "holdpoint.step": step, "holdpoint.visit": visit };
}

function orderOf({ stream }: RecordedEvent): string {
  return stream.slice("order/".length);
}

function spanOf(order: string, about: string): Pick<OrderSpan, "trace" | "id" | "parent"> {
  const id = hash("sha256", `holdpoint/span/1\u0000${order}\u0000${about}`, "hex").slice(0, 16);
  return { trace: traceOf(order), id, parent: rootSpanOf(order) };
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}
