import { isRejection } from "#lib/domain/rejection";
import { isKnown, isOverBacklog } from "#lib/engine/backlog";
import { engineProcess } from "#lib/engine/process";
import { env } from "#lib/env";
import { contentProblem, idempotencyKeySchema, intakeSchema } from "#lib/web/intake";
import { isProblem, problem, problemOf } from "#lib/web/problem";
import { demandApiKey, readJson, route } from "#lib/web/route";

/** Intake: receives one order from a machine, once for each Idempotency-Key of its API key. */
export const POST = route(async (request) => {
  const actor = await demandApiKey(request);
  if (isProblem(actor)) return actor;
  const idempotencyKey = idempotencyKeySchema.safeParse(request.headers.get("idempotency-key") ?? undefined);
  if (!idempotencyKey.success)
    return problem(
      400,
      "idempotencyKey",
      `The header Idempotency-Key ${idempotencyKey.error.issues[0]?.message}.`,
    );
  const body = await readJson(request);
  if (isProblem(body)) return body;
  const content = intakeSchema.safeParse(body.value);
  if (!content.success) return contentProblem(content.error);

  const { engine } = (await engineProcess()).runtime;
  const asking = { actor, source: "api", id: `${actor.id}/${idempotencyKey.data}` };
  const over = await isOverBacklog(engine, env("INTAKE_BACKLOG_MAX"));
  if (over && !(await isKnown(engine, asking.source, asking.id)))
    return problem(429, "backlog", "Too many orders are waiting. Send this one again a little later.", {
      headers: { "Retry-After": "5" },
    });

  const result = await engine.execute({ type: "order.receive", ...content.data }, asking);
  if (isRejection(result)) return problemOf(result);
  const order = result.stream.slice("order/".length);
  const status = `/api/orders/${order}`;
  return {
    status: 201,
    body: { order, status, version: result.firstVersion + result.count - 1 },
    headers: { Location: status, ...(result.repeated && { "Idempotency-Replayed": "true" }) },
  };
});
