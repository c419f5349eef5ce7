import { randomUUID } from "node:crypto";
import type { Route } from "next";
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

/** A reason that has to be given, and the sentence that asks for it. */
export const reasoned = (missing: string) => z.string().trim().min(1, missing);

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

/** The actions of a task. `done` is told of the order that changed: a page that does not follow by itself is drawn again. */
export function taskActions(done: (order: string) => void) {
  const simple = (type: "task.claim" | "task.release", message: string) =>
    commandAction<CommandState, z.infer<typeof place>>({
      engine,
      fields: place,
      command: ({ order, task, visit }) => ({ type, order, step: task, visit }),
      done(_, { order }) {
        done(order);
        return { status: "done", message };
      },
      refused: refusedCommand,
    });
  return {
    decide: commandAction<DecisionState, z.infer<typeof decision>>({
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
        done(order);
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
    }),
    withdraw: commandAction<UndoState, z.infer<typeof place>>({
      engine,
      fields: place,
      command: ({ order, task, visit }) => ({ type: "task.withdraw", order, step: task, visit }),
      done(_, { order }) {
        done(order);
        return { status: "withdrawn" };
      },
      refused: ({ message }) => ({ status: "refused", message }),
    }),
    claim: simple("task.claim", "It is yours."),
    release: simple("task.release", "It is free again."),
    handOver: commandAction<CommandState, z.infer<typeof place> & { to: string }>({
      engine,
      fields: place.extend({ to: z.string().min(1, "Choose somebody.") }),
      command: ({ order, task, visit, to }) => ({ type: "task.delegate", order, step: task, visit, to }),
      done(_, { order }) {
        done(order);
        return { status: "done", message: "It is handed over." };
      },
      refused: refusedCommand,
    }),
    takeOver: commandAction<CommandState, z.infer<typeof place> & { note: string }>({
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
        done(order);
        return { status: "done", message: "It is yours now." };
      },
      refused: refusedCommand,
    }),
  };
}
