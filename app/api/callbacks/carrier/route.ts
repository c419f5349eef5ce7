import { wallClock } from "#lib/clock";
import { isRejection } from "#lib/domain/rejection";
import { readCarrierCallback } from "#lib/effects/callback";
import { answerEffect } from "#lib/engine/callbacks";
import { engineProcess } from "#lib/engine/process";
import { env } from "#lib/env";
import { count } from "#lib/web/counters";
import { isProblem, problem, problemOf } from "#lib/web/problem";
import { readBytes, route } from "#lib/web/route";

const codes = { 400: "malformed", 401: "signature", 413: "tooLarge" } as const;

/** Where the carrier reports deliveries. Who cannot sign leaves nothing but a count. */
export const POST = route(async (request) => {
  const secret = env("CARRIER_WEBHOOK_SECRET");
  if (!secret)
    return problem(503, "notConfigured", "CARRIER_WEBHOOK_SECRET is not set, so no callback is taken.");
  const body = await readBytes(request);
  if (isProblem(body)) return body;
  const callback = readCarrierCallback(secret, request.headers, body, wallClock.now());
  if (!callback.ok) {
    if (callback.status === 401) count("callbacksForged");
    return problem(callback.status, codes[callback.status], `${callback.detail}.`);
  }
  const { engine } = (await engineProcess()).runtime;
  const result = await answerEffect(engine, { ...callback, messageId: callback.webhookId });
  return isRejection(result) ? problemOf(result) : { status: 200, body: { received: true } };
});
