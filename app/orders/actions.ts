"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { commandAction } from "#lib/web/action";
import type { CommandState } from "../../components/command-form";
import { engine } from "../engine";
import { refusedCommand } from "../refused-command";
import { reasoned, taskActions } from "./task-actions";

const tasks = taskActions(drawAgain);

/** Gives a verdict on what was shown; it takes effect when the time to take it back is over. */
export const decide = tasks.decide;

/** Takes a decision back that has not taken effect. */
export const withdraw = tasks.withdraw;

/** Claims a task: others see who works on it. */
export const claim = tasks.claim;

/** Gives a task back, for anybody to claim. */
export const release = tasks.release;

/** Hands a task to somebody else. */
export const handOver = tasks.handOver;

/** Takes a task from whoever holds it, with the reason why. */
export const takeOver = tasks.takeOver;

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
