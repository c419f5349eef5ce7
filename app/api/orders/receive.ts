import type { z } from "zod";
import type { AuthorizedActor } from "#lib/domain/authority";
import { isRejection } from "#lib/domain/rejection";
import { isKnown, isOverBacklog } from "#lib/engine/backlog";
import type { Engine } from "#lib/engine/execute";
import type { Asking } from "#lib/engine/job";
import { env } from "#lib/env";
import type { intakeSchema, receivedSchema } from "#lib/web/intake";
import { type Problem, problem, problemOf, retryAfter_s_usual } from "#lib/web/problem";

/** What receiving one order and receiving many have in common: an Idempotency-Key is the same command by either way. */
export function askingUnder(actor: AuthorizedActor, idempotencyKey: string): Asking {
  return { actor, source: "api", id: `${actor.id}/${idempotencyKey}` };
}

/** The problem that too much waits already for any of these to be taken; null when they may come, or all came before. */
export async function putOff(engine: Engine, askings: readonly Asking[]): Promise<Problem | null> {
  if (!(await isOverBacklog(engine, env("INTAKE_BACKLOG_MAX")))) return null;
  for (const { source, id } of askings)
    if (!(await isKnown(engine, source, id)))
      return problem(429, "backlog", "Too many orders are waiting. Send this again a little later.", {
        headers: { "Retry-After": `${retryAfter_s_usual}` },
      });
  return null;
}

/** Receives one order, or answers what was answered when it was. Throws what the engine throws. */
export async function receive(
  engine: Engine,
  asking: Asking,
  content: z.infer<typeof intakeSchema>,
): Promise<{ received: z.infer<typeof receivedSchema>; repeated: boolean } | Problem> {
  const result = await engine.execute({ type: "order.receive", ...content }, asking);
  if (isRejection(result)) return problemOf(result);
  const { stream, firstVersion, count, repeated } = result;
  const order = stream.slice("order/".length);
  return {
    received: { order, status: `/api/orders/${order}`, version: firstVersion + count - 1 },
    repeated,
  };
}
