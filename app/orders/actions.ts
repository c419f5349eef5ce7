"use server";

import { randomUUID } from "node:crypto";
import type { Route } from "next";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { authContext } from "#lib/auth/context";
import { verdictPast } from "#lib/queries/words";
import { commandAction } from "#lib/web/action";
import type { CommandState } from "../../components/command-form";
import type { DecisionState } from "../../components/decision-form";
import type { UndoState } from "../../components/undo-strip";
import { engine } from "../engine";
import { refusedCommand } from "../refused-command";

/** How long a decision made in the console can be taken back before anything follows from it. */
const undo_ms = 8_000;

const place = z.object({
  order: z.string(),
  task: z.string(),
  visit: z.string().transform(Number).pipe(z.int().positive()),
});

const decision = place.extend({
  verdict: z.string().min(1, "Choose a verdict."),
  evidenceHash: z.string(),
  note: z.string().transform((text) => text.trim() || undefined),
});

/** Gives a verdict on what was shown; it takes effect when the time to take it back is over. */
export const decide = commandAction<DecisionState, z.infer<typeof decision>>({
  engine,
  fields: z
    .record(z.string(), z.string())
    .transform((typed) => ({ note: "", ...typed }))
    .pipe(decision),
  command: ({ order, task, visit, verdict, evidenceHash, note }) => ({
    type: "task.decide",
    order,
    step: task,
    visit,
    verdict,
    evidence: evidenceHash,
    note,
    undo_ms,
  }),
  done({ events }, { order, task, visit }) {
    drawAgain(order);
    const made = events.find((event) => event.type === "decisionMade");
    // Sent twice: it was decided before, and the page that is drawn again knows how that stands.
    if (made?.type !== "decisionMade") return { status: "idle" };
    return {
      status: "decided",
      decision: {
        order,
        task,
        visit,
        verdict: verdictPast(task, made.data.verdict).participle,
        effectiveAt: made.data.effectiveAt,
        now: authContext().clock.now(),
        commandId: randomUUID(),
      },
    };
  },
  refused({ message, fieldErrors, code }, typed) {
    const offer = ["stale", "heldByAnother", "wrongState"].includes(code)
      ? { label: "Show the order as it is now", href: `/orders/${typed.order}` as Route }
      : undefined;
    return { status: "refused", message, fieldErrors, offer, note: typed.note ?? "" };
  },
});
/** Takes a decision back that has not taken effect. */
export const withdraw = commandAction<UndoState, z.infer<typeof place>>({
  engine,
  fields: place,
  command: ({ order, task, visit }) => ({ type: "task.withdraw", order, step: task, visit }),
  done(_, { order }) {
    drawAgain(order);
    return { status: "withdrawn" };
  },
  refused: ({ message }) => ({ status: "refused", message }),
});

/** Claims a task: others see who works on it. */
export const claim = taskAction("task.claim", "It is yours.");

/** Gives a task back, for anybody to claim. */
export const release = taskAction("task.release", "It is free again.");

function taskAction(type: "task.claim" | "task.release", message: string) {
  return commandAction<CommandState, z.infer<typeof place>>({
    engine,
    fields: place,
    command: ({ order, task, visit }) => ({ type, order, step: task, visit }),
    done(_, { order }) {
      drawAgain(order);
      return { status: "done", message };
    },
    refused: refusedCommand,
  });
}

const reasoned = (missing: string) => z.string().trim().min(1, missing);

/** Takes a task from whoever holds it, with the reason why. */
export const takeOver = commandAction<CommandState, z.infer<typeof place> & { note: string }>({
  engine,
  fields: place.extend({ note: reasoned("Say why you take it over.") }),
  command: ({ order, task, visit, note }) => ({
    type: "task.takeOver",
    order,
    step: task,
    visit,
    reason: note,
  }),
  done(_, { order }) {
    drawAgain(order);
    return { status: "done", message: "It is yours now." };
  },
  refused: refusedCommand,
});

/** Cancels an order; what was done outside already is taken back. */
export const cancel = commandAction<CommandState, { order: string; note: string }>({
  engine,
  fields: z.object({ order: z.string(), note: reasoned("Say why it is cancelled.") }),
  command: ({ order, note }) => ({ type: "order.cancel", order, reason: note }),
  done(_, { order }) {
    drawAgain(order);
    return { status: "done", message: "The order is cancelled." };
  },
  refused: refusedCommand,
});

const effectOf = (missing: string) =>
  z.object({ order: z.string(), key: z.string(), note: reasoned(missing) });
type OfEffect = { order: string; key: string; note: string };
/** Which attempt the person has looked into goes with the form. */
const settlingOf = (missing: string) =>
  effectOf(missing).extend({
    attempt: z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  });
type Settling = OfEffect & { attempt: number };

/** Has an effect tried again, under the key it always had. */
export const retry = commandAction<CommandState, OfEffect>({
  engine,
  fields: effectOf("Say why it should work now."),
  command: ({ order, key, note }) => ({ type: "effect.retry", order, key, reason: note }),
  done(_, { order }) {
    drawAgain(order);
    return { status: "done", message: "It is tried again." };
  },
  refused: refusedCommand,
});

/** Says that an effect in doubt was done, by the outside's own number for it. */
export const settleDone = commandAction<CommandState, Settling & { reference: string }>({
  engine,
  fields: settlingOf("Say how you know that it was done.").extend({
    reference: z.string().trim().min(1, "Give the number it was done under.").max(200),
  }),
  command: ({ order, key, attempt, note, reference }) => ({
    type: "effect.settle",
    order,
    key,
    attempt,
    finding: { kind: "done", reference },
    reason: note,
  }),
  done(_, { order }) {
    drawAgain(order);
    return { status: "done", message: "It counts as done." };
  },
  refused: (refusal, typed) => {
    const refused = refusedCommand(refusal, typed);
    return refused.status === "refused" ? { ...refused, line: typed.reference } : refused;
  },
});

/** Says that an effect in doubt was not done, and leaves it at that. */
export const settleNotDone = settleAction(false, "It counts as not done.");

/** Says that an effect was not done, and has it done anew under a key of its own. */
export const doAnew = settleAction(true, "It is done anew.");

function settleAction(issueAgain: boolean, message: string) {
  return commandAction<CommandState, Settling>({
    engine,
    fields: settlingOf("Say how you know that it was not done."),
    command: ({ order, key, attempt, note }) => ({
      type: "effect.settle",
      order,
      key,
      attempt,
      finding: { kind: "notDone", issueAgain },
      reason: note,
    }),
    done(_, { order }) {
      drawAgain(order);
      return { status: "done", message };
    },
    refused: refusedCommand,
  });
}

/** Says that an order needs nobody's attention any more. */
export const clearAttention = commandAction<CommandState, { order: string; note: string }>({
  engine,
  fields: z.object({ order: z.string(), note: reasoned("Say what you found.") }),
  command: ({ order, note }) => ({ type: "order.clearAttention", order, reason: note }),
  done(_, { order }) {
    drawAgain(order);
    return { status: "done", message: "The order needs no attention any more." };
  },
  refused: refusedCommand,
});

function drawAgain(order: string): void {
  revalidatePath(`/orders/${order}`);
  revalidatePath("/escalations");
}
