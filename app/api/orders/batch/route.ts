import { engineProcess } from "#lib/engine/process";
import { batch_bytes_max, batchEnvelopeSchema, contentProblem, readBatchItem } from "#lib/web/intake";
import { isProblem, type Problem, problemBody } from "#lib/web/problem";
import { demandApiKey, readJson, route } from "#lib/web/route";
import { askingUnder, putOff, receive } from "../receive";

/**
 * Intake of up to 100 orders at once: each is received, refused or recognised by its own key as if it had come alone, and the
 * answer has one result for each, in their order. Only what concerns the request as a whole refuses the request.
 */
export const POST = route(async (request, { requestId, failed }) => {
  const actor = await demandApiKey(request);
  if (isProblem(actor)) return actor;
  const body = await readJson(request, batch_bytes_max);
  if (isProblem(body)) return body;
  const envelope = batchEnvelopeSchema.safeParse(body.value);
  if (!envelope.success)
    return contentProblem(envelope.error, "The request is not a list of orders as it is.");

  const { engine } = (await engineProcess()).runtime;
  const items = envelope.data.orders.map((value) => {
    const item = readBatchItem(value);
    return isProblem(item)
      ? item
      : { asking: askingUnder(actor, item.idempotencyKey), content: item.content };
  });
  const askings = items.flatMap((item) => (isProblem(item) ? [] : [item.asking]));
  const notNow = await putOff(engine, askings);
  if (notNow) return notNow;

  // All at once, so that they share batches; but one key twice in a request is a request and its repetition.
  const under = new Map<string, Promise<unknown>>();
  const outcomes = await Promise.all(
    items.map((item) => {
      if (isProblem(item)) return item;
      const { asking, content } = item;
      const before = under.get(asking.id);
      const outcome = (
        before ? before.then(() => receive(engine, asking, content)) : receive(engine, asking, content)
      ).catch((error: unknown): Problem => failed(error));
      under.set(asking.id, outcome);
      return outcome;
    }),
  );
  const results = outcomes.map((outcome) =>
    isProblem(outcome)
      ? { status: outcome.status, problem: problemBody(outcome, requestId) }
      : { status: 201, ...outcome },
  );
  return { status: 207, body: { results } };
});
