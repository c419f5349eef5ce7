import { wallClock } from "#lib/clock";
import { isRejection } from "#lib/domain/rejection";
import type { Callback } from "#lib/effects/callback";
import { answerEffect } from "#lib/engine/callbacks";
import { engineProcess } from "#lib/engine/process";
import { count } from "#lib/web/counters";
import { isProblem, type Problem, problem, problemOf } from "#lib/web/problem";
import { type Answer, readBytes } from "#lib/web/route";

const codes = { 400: "malformed", 401: "signature", 413: "tooLarge" } as const;

/**
 * Takes what `read` finds to be a good callback, as an answer of `connection`, or of the carrier without one. Who cannot
 * sign leaves nothing but a count.
 */
export async function takeCallback(
  request: Request,
  read: (headers: Headers, body: Uint8Array, now: string) => Callback,
  connection?: string,
): Promise<Answer | Problem> {
  const body = await readBytes(request);
  if (isProblem(body)) return body;
  const callback = read(request.headers, body, wallClock.now());
  if (!callback.ok) {
    if (callback.status === 401) count("callbacksForged");
    return problem(callback.status, codes[callback.status], `${callback.detail}.`);
  }
  const { engine } = (await engineProcess()).runtime;
  const result = await answerEffect(engine, { ...callback, connection, messageId: callback.webhookId });
  return isRejection(result) ? problemOf(result) : { status: 200, body: { received: true } };
}
