import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visitKey } from "./order";
import { orderRows } from "./order-rows";
import { ask, received, type Spec, type Step, spec } from "./spec";
import { orderFulfilment } from "./workflows/order-fulfilment";

/** Any machine command at any time, sensible or not: what the scheduler, the dispatcher and the outside may ever say. */
const answers = [
  { kind: "confirmed", receipt: { reference: "T-1" } },
  { kind: "confirmed", receipt: { reference: "T-2" } },
  { kind: "pending", reference: "P-1" },
  { kind: "rejected", reason: "Unknown address" },
  { kind: "retryable", reason: "Busy" },
  { kind: "inDoubt", reason: "No answer" },
];
type Draw = { what: number; which: number; answer: number; attempt: number; after_ms: number };
const draw: fc.Arbitrary<Draw> = fc.record({
  what: fc.nat(7),
  which: fc.nat(3),
  answer: fc.nat(answers.length - 1),
  attempt: fc.integer({ min: 1, max: 4 }),
  after_ms: fc.oneof(fc.nat(10_000), fc.nat(10 * 3_600_000)),
});

function machine(order: Spec, { what, which, answer, attempt, after_ms }: Draw): Step | null {
  const effects = Object.values(order.state?.effects ?? {});
  const effect = effects[which % Math.max(1, effects.length)];
  switch (what) {
    case 0:
      return ask("timer", "timer.settle", {}, after_ms);
    case 1:
      return ask("timer", "timer.breach", { rung: attempt }, after_ms);
    case 2:
      return ask(
        "carrier",
        "signal.receive",
        { signal: "approved", content: { verdict: "approve" } },
        after_ms,
      );
    case 3:
      return effect
        ? ask("timer", "effect.attempt", { key: effect.key, since: effect.dueSince }, after_ms)
        : null;
    case 4:
      return effect
        ? ask("timer", "effect.expire", { key: effect.key, attempt: effect.attempts }, after_ms)
        : null;
    case 5:
    case 6:
      return effect
        ? ask(
            what === 5 ? "dispatcher" : "carrier",
            "effect.answer",
            { key: effect.key, attempt: what === 5 ? attempt : undefined, answer: answers[answer] },
            after_ms,
          )
        : null;
    default:
      return ask("timer", "task.decide", { verdict: "approve" }, after_ms);
  }
}

const people = ["ana", "ben", "rita", "sam", "root", "ada"];
const verbs = [
  ask("", "task.claim"),
  ask("", "task.start"),
  ask("", "task.release"),
  ask("", "task.takeOver", { reason: "r" }),
  ask("", "task.suspend", { reason: "r" }),
  ask("", "task.resume"),
  ask("", "task.delegate", { to: "ben" }),
  ask("", "task.forward", { to: "supervisor" }),
  ask("", "task.decide", { verdict: "approve", undo_ms: 8_000 }),
  ask("", "task.decide", { verdict: "approve" }),
  ask("", "task.decide", { verdict: "reject" }),
  ask("", "task.decide", { verdict: "sendBack", note: "Which?" }),
  ask("", "task.withdraw"),
  ask("", "order.amend", { total: { amount: 7, currency: "GBP" }, customer: { reference: "17850" } }),
  ask("", "order.amend", { total: { amount: 8, currency: "USD" } }),
  ask("", "order.cancel", { reason: "r" }),
  ask("", "effect.retry", { reason: "r" }),
] as const;
const person = fc.record({
  by: fc.constantFrom(...people),
  verb: fc.nat(verbs.length - 1),
  after_ms: fc.nat(9_000_000),
});

function anybody(order: Spec, drawn: Draw | { by: string; verb: number; after_ms: number }): Step | null {
  if (!("by" in drawn)) return machine(order, drawn);
  const verb = verbs[drawn.verb]!;
  if (verb.command === "effect.retry" && Object.keys(order.order.effects).length === 0) return null;
  return { ...verb, by: drawn.by, after_ms: drawn.after_ms };
}

function play(order: Spec, step: Step | null): Spec {
  return step ? order.when(step).after : order;
}

describe("whatever machines do", () => {
  it("no order in review is dispatched without a person's verdict", () => {
    fc.assert(
      fc.property(fc.array(draw, { minLength: 5, maxLength: 40, size: "max" }), (draws) => {
        const after = draws.reduce(
          (order, drawn) => play(order, machine(order, drawn)),
          spec(orderFulfilment).given(received()),
        );
        expect(after.order.effects).toEqual({});
        expect(after.order.status).toBe("open");
        expect(after.types).not.toContain("decisionMade");
      }),
      { numRuns: 300 },
    );
  });
});

describe("whatever anybody does", () => {
  const inReview = spec(orderFulfilment).given(received());
  const starts = [
    inReview,
    inReview.given(ask("ana", "task.decide", { verdict: "approve" })),
    inReview.given(ask("ana", "task.decide", { verdict: "approve" }), ask("timer", "effect.attempt")),
    inReview.given(ask("ana", "task.decide", { verdict: "sendBack", note: "Which?" })),
  ];
  const orders = fc
    .record({
      start: fc.constantFrom(...starts),
      drawn: fc.array(fc.oneof(draw, person), { minLength: 10, maxLength: 60, size: "max" }),
    })
    .map(({ start, drawn }) => drawn.reduce((order, each) => play(order, anybody(order, each)), start));

  it("a dispatch follows a person's approval of exactly what the order says", () => {
    fc.assert(
      fc.property(orders, ({ log }) => {
        const intended = log.findIndex(({ type, data }) => type === "effectIntended" && "effect" in data);
        if (intended < 0) return;
        const settled = log.slice(0, intended).findLast(({ type }) => type === "decisionSettled");
        const made = log.slice(0, intended).findLast(({ type }) => type === "decisionMade");
        expect(settled?.data).toMatchObject({ verdict: "approve" });
        expect(made?.actor.type).toBe("person");
        expect(["ana", "ben", "sam", "root"]).toContain(made?.actor.id);
        expect(log.slice(log.indexOf(made!), intended).map(({ type }) => type)).not.toContain("orderAmended");
      }),
      { numRuns: 400 },
    );
  });

  it("an effect has one key and one issue for each step and visit, and at most one receipt", () => {
    fc.assert(
      fc.property(orders, ({ log, order }) => {
        const keys = log.flatMap((event) =>
          event.type === "effectIntended"
            ? [[`${visitKey(event.data)} ${event.data.effect}`, event.data.key]]
            : [],
        );
        expect(new Set(keys.map(([place]) => place)).size).toBe(keys.length);
        expect(new Set(keys.map(([, key]) => key)).size).toBe(keys.length);
        for (const key of Object.keys(order.effects))
          expect(
            log.filter((event) => event.type === "effectConfirmed" && event.data.key === key).length,
          ).toBeLessThanOrEqual(1);
      }),
      { numRuns: 400 },
    );
  });

  it("an attempt has a number of its own, and none begins while another has its lease", () => {
    fc.assert(
      fc.property(orders, ({ log }) => {
        const begun = new Map<string, number>();
        const running = new Map<string, { number: number; leaseUntil: string }>();
        for (const event of log) {
          switch (event.type) {
            case "effectIntended":
            case "effectAttempted": {
              const { key, attempt } = event.data;
              if (!attempt) break;
              expect(attempt.number).toBe((begun.get(key) ?? 0) + 1);
              begun.set(key, attempt.number);
              const before = running.get(key);
              if (before) expect(event.recordedAt >= before.leaseUntil).toBe(true);
              running.set(key, attempt);
              break;
            }
            case "effectConfirmed":
            case "effectPending":
            case "effectFailed":
            case "effectDoubted":
              if (running.get(event.data.key)?.number === event.data.attempt) running.delete(event.data.key);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("an open order waits for something: a person, a timer, an answer, or somebody who looks", () => {
    fc.assert(
      fc.property(orders, ({ order }) => {
        const rows = orderRows(order);
        const over = !["open", "cancelling"].includes(order.status);
        const timers = rows.filter(
          ({ table, row }) => table === "timer" || (table === "effect" && row.due_at !== null),
        ).length;
        const tasks = rows.filter(({ table }) => table === "task").length;
        const answersDue = Object.values(order.effects).some(({ status }) => status === "PENDING");
        if (over) expect({ timers, tasks }).toEqual({ timers: 0, tasks: 0 });
        else expect(timers + tasks > 0 || answersDue || order.needsAttention !== null).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it("breaches are noted once for a task", () => {
    fc.assert(
      fc.property(orders, ({ types }) => {
        expect(types.filter((type) => type === "taskEscalated").length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
