import type { Command } from "#lib/domain/commands";
import { evidenceOf, isOver, type OrderState } from "#lib/domain/order";
import type { Carrier } from "./carrier";
import { type Asked, findingOf } from "./clients";
import { demand } from "./violation";
import type { Witness } from "./witness";

/**
 * What must be true of orders when nothing is due any more: each has ended, or something that a person can see explains
 * why it has not.
 */
export function explainOrders(orders: Iterable<OrderState>, carrier: Carrier): void {
  for (const order of orders) {
    if (isOver(order)) continue;
    const { id, status, visits, tasks, effects, needsAttention } = order;
    const task = Object.values(tasks).some((held) => held.status !== "COMPLETED");
    const waits = visits.some(({ step }) => step === "papers.wait");
    const signalled = carrier.callbacks.some(({ key }) => effects[key]);
    demand(
      task || waits || needsAttention !== null || signalled,
      () =>
        `order ${id} is ${status} at ${visits.map(({ step }) => step).join(", ") || "no step"} and nothing goes on: ` +
        `no open task, nothing due, no attention asked; effects ${
          Object.values(effects)
            .map(
              ({ effect, status: state, attempts, doubts }) =>
                `${effect} ${state} (${attempts}, doubts ${doubts})`,
            )
            .join(", ") || "none"
        }`,
    );
    for (const { status: state, decision } of Object.values(tasks))
      demand(
        state !== "COMPLETED" || decision === null || needsAttention !== null,
        () => `order ${id} has a decision that never settled`,
      );
  }
}

/** Whether what the log believes of the outside is what the carrier did, or somebody was told that it may not be. */
export function checkOutside(witness: Witness, carrier: Carrier): void {
  const done = (order: string, effect: string) =>
    [...carrier.work.values()].filter(
      // What the carrier took back itself is as if it had never been done.
      (work) => work.order === order && work.effect === effect && work.times > 0,
    );
  for (const { id, status, needsAttention } of witness.orders.values()) {
    const dispatched = done(id, "carrier.dispatch");
    const undone = done(id, "carrier.cancelDispatch");
    demand(
      dispatched.length <= 1,
      () => `order ${id} was dispatched ${dispatched.length} times, under several keys`,
    );
    // Work taken back after the order has ended is for people to look at: that they were told is what can be asked for.
    if (status === "completed" && !witness.attended.has(id))
      demand(
        dispatched.length === 1 && done(id, "carrier.proofOfDelivery").length === 1 && undone.length === 0,
        () => `order ${id} is completed, and the carrier has not dispatched and delivered it`,
      );
    if (status === "rejected")
      demand(dispatched.length === 0, () => `order ${id} is rejected, and the carrier has dispatched it`);
    if (status === "cancelled" && needsAttention === null)
      demand(
        dispatched.length === undone.length,
        () => `order ${id} is cancelled, the carrier has dispatched it and not undone it, and nobody is told`,
      );
  }
}

/** Somebody new, who asked for nothing and handed nothing in, and so is excluded from nothing. */
export const finisher = "zoe";

/** What a person with every right would do about an order in the n-th round, from 0; nothing when it is over or only a look will help. */
export function whatIsLeft(order: OrderState, carrier: Carrier, round: number): Asked[] {
  if (isOver(order)) return [];
  const left: Asked[] = [];
  for (const task of Object.values(order.tasks)) {
    const visit = { order: order.id, step: task.step, visit: task.visit };
    const by = (command: Command) => left.push({ who: finisher, command });
    if (task.suspended?.for === "changes")
      left.push({
        who: order.requestedBy,
        command: { type: "order.amend", order: order.id, total: { amount: 1_000, currency: "GBP" } },
      });
    else if (task.suspended) by({ type: "task.resume", ...visit });
    else if (task.status === "COMPLETED") continue;
    else if (task.owner !== null || !task.roles.includes("reviewer"))
      by({ type: "task.forward", ...visit, to: "reviewer" });
    else
      by({
        type: "task.decide",
        ...visit,
        verdict: "approve",
        evidence: evidenceOf(order, task.step),
        undo_ms: 0,
      });
  }
  if (order.visits.some(({ step }) => step === "papers.wait"))
    left.push({
      who: finisher,
      command: { type: "signal.receive", order: order.id, signal: "papers", content: { pages: 1 } },
    });
  for (const effect of Object.values(order.effects)) {
    const givenUp = effect.status === "IN_DOUBT" && effect.dueAt === null;
    const wanted = order.status === "open" || effect.compensates !== null;
    if (!givenUp && !(effect.status === "FAILED" && wanted && !reissued(order, effect.key))) continue;
    // The first thing a person does in doubt is to press the button that asks again; it must be safe to.
    if (round === 0) {
      left.push({
        who: finisher,
        command: { type: "effect.retry", order: order.id, key: effect.key, reason: "Try again" },
      });
      continue;
    }
    const finding = findingOf(carrier.told(effect.key), wanted);
    if (finding?.kind === "done" && effect.status === "FAILED") continue;
    if (finding)
      left.push({
        who: finisher,
        command: {
          type: "effect.settle",
          order: order.id,
          key: effect.key,
          attempt: effect.attempts,
          finding,
          reason: "Rang them up",
        },
      });
  }
  return left;
}

/** Whether a later issue is done in the place of this one. */
function reissued({ effects }: OrderState, key: string): boolean {
  const { step, visit, effect, issue } = effects[key]!;
  return Object.values(effects).some(
    (other) => other.step === step && other.visit === visit && other.effect === effect && other.issue > issue,
  );
}
