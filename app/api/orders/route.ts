import { engineProcess } from "#lib/engine/process";
import { contentProblem, idempotencyKeySchema, intakeSchema } from "#lib/web/intake";
import { isProblem, problem } from "#lib/web/problem";
import { demandApiKey, readJson, route } from "#lib/web/route";
import { askingUnder, putOff, receive } from "./receive";

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
  const asking = askingUnder(actor, idempotencyKey.data);
  const notNow = await putOff(engine, [asking]);
  if (notNow) return notNow;
  const result = await receive(engine, asking, content.data);
  if (isProblem(result)) return result;
  const { received, repeated } = result;
  return {
    status: 201,
    body: received,
    headers: { Location: received.status, ...(repeated && { "Idempotency-Replayed": "true" }) },
  };
});
