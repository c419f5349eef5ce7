import { z } from "zod";
import type { Doubt, EffectAdapter, EffectInput, EffectOutcome, ProbeOutcome } from "./adapter";
import { readJson, readProblem, retryAfter } from "./answer";
import { outsideReference, whatIsWrong } from "./outside-text";

/*
 * The carrier over HTTP. One question decides every line here: does this answer prove that the work was not done?
 *
 *   2xx that we can read                    confirmed or pending
 *   4xx                                     rejected: the carrier understood and refused
 *   425, 429, 503, connection never made    retryable: refused before any work
 *   everything else                         inDoubt: 408, 409, other 5xx, 3xx, cut connections, time-outs, unreadable
 *                                           answers, and a key the carrier knows with another content
 *
 * Doubt is cheap where the carrier answers a repeated key with its first result, and can be looked up or asked about where
 * it does not; a wrong "not done" costs a second dispatch. An outcome speaks of its own attempt only: a refusal after a doubtful attempt does not settle the earlier.
 */

/** The carrier says: this key came before with another content. That first content may well have been done. */
const keyReusedProblem = "urn:carrier:problem:idempotency-key-reused";

const keyRetention_ms = 30 * 24 * 60 * 60 * 1000;

const order = z.string().min(1).max(200);
const dispatchInput = z.strictObject({
  order,
  businessKey: z.string().min(1).max(200),
  /** Minor units. */
  total: z.strictObject({ amount: z.int().nonnegative(), currency: z.string().regex(/^[A-Z]{3}$/) }),
  consignee: z.union([z.string().max(500), z.record(z.string().max(50), z.string().max(500))]).optional(),
});
const trackedInput = z.strictObject({ order, trackingNumber: outsideReference });

type Exchange<Input, Answer> = {
  name: string;
  path: string;
  input: z.ZodType<Input>;
  answer: z.ZodType<Answer>;
  outcome: (answer: Answer, input: Input) => Extract<EffectOutcome, { kind: "confirmed" | "pending" }>;
};

/** What a carrier offers when an answer was lost, as its own `--mode` says. */
export type CarrierMode = "honours-key" | "probe" | "neither";

/**
 * The adapters `carrier.dispatch` ({order, businessKey, total, consignee?}), `carrier.cancelDispatch` and
 * `carrier.proofOfDelivery` (both {order, trackingNumber}) against the carrier at `url`; a path in it is kept.
 *
 * Receipts: a dispatch's `reference` is the tracking number; a cancellation's is the cancellation's own number, beside
 * `trackingNumber`. A proof of delivery is `pending` and ends in a callback. An input of another shape is rejected
 * without a call. The effect key is sent in every mode: as what a repeat is known by, as what can be looked up, or for the
 * carrier's own papers only. Throws a TypeError when `url` is not an http or https address.
 */
export function carrierAdapters(options: {
  url: string;
  timeout_ms?: number;
  /** `honours-key` when absent. */
  mode?: CarrierMode;
  /** How long after an attempt's end the carrier may still work on it unseen; 60 s when absent. */
  lookupLag_ms?: number;
}): EffectAdapter[] {
  const base = new URL(options.url.endsWith("/") ? options.url : `${options.url}/`);
  if (base.protocol !== "http:" && base.protocol !== "https:")
    throw new TypeError(`The carrier's address must be http or https, not ${base.protocol}`);
  const timeout_ms = options.timeout_ms ?? 10_000;
  const mode = options.mode ?? "honours-key";
  const lag_ms = options.lookupLag_ms ?? 60_000;
  const adapter = <Input, Answer>(exchange: Exchange<Input, Answer>) =>
    adapterOf(exchange, new URL(exchange.path, base), timeout_ms, mode, lag_ms);
  return [
    adapter({
      name: "carrier.dispatch",
      path: "dispatches",
      input: dispatchInput,
      answer: z.object({ trackingNumber: outsideReference }),
      outcome: (answer) => ({ kind: "confirmed", receipt: { reference: answer.trackingNumber } }),
    }),
    adapter({
      name: "carrier.cancelDispatch",
      path: "dispatch-cancellations",
      input: trackedInput,
      answer: z.object({ cancellation: outsideReference }),
      outcome: (answer, input) => ({
        kind: "confirmed",
        receipt: { reference: answer.cancellation, trackingNumber: input.trackingNumber },
      }),
    }),
    adapter({
      name: "carrier.proofOfDelivery",
      path: "proofs-of-delivery",
      input: trackedInput,
      answer: z.object({ reference: outsideReference }),
      outcome: (answer) => ({ kind: "pending", reference: answer.reference }),
    }),
  ];
}

function adapterOf<Input, Answer>(
  exchange: Exchange<Input, Answer>,
  address: URL,
  timeout_ms: number,
  mode: CarrierMode,
  lag_ms: number,
): EffectAdapter {
  const doubts: { [known in CarrierMode]: Doubt } = {
    "honours-key": { kind: "honoursKey", keyRetention_ms },
    probe: {
      kind: "probe",
      lag_ms,
      probe: (input, effectKey, signal) => probe(exchange, address, input, effectKey, signal),
    },
    neither: { kind: "neither" },
  };
  return {
    name: exchange.name,
    timeout_ms,
    doubt: doubts[mode],
    concurrency_max: 32,
    async perform(input: EffectInput, effectKey: string, signal: AbortSignal): Promise<EffectOutcome> {
      const parsed = exchange.input.safeParse(input);
      if (!parsed.success)
        return { kind: "rejected", reason: `Not sent to the carrier: ${whatIsWrong(parsed.error)}` };
      if (signal.aborted) return { kind: "retryable", reason: "Stopped before it was sent to the carrier" };
      try {
        const response = await fetch(address, {
          method: "POST",
          headers: { "content-type": "application/json", "idempotency-key": effectKey },
          body: JSON.stringify(parsed.data),
          redirect: "manual",
          signal,
        });
        return await classify(response, exchange, parsed.data);
      } catch (error) {
        return withoutAnswer(error, signal);
      }
    },
  };
}

const lookup = z.object({ underWay: z.int().nonnegative(), found: z.array(z.unknown()) });

/** Looks the key up. Two works under one key settle nothing: somebody has to see that. */
async function probe<Input, Answer>(
  exchange: Exchange<Input, Answer>,
  address: URL,
  input: EffectInput,
  effectKey: string,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const unknown = (reason: string): ProbeOutcome => ({ kind: "unknown", reason });
  const parsed = exchange.input.safeParse(input);
  if (!parsed.success) return unknown(`Not asked: ${whatIsWrong(parsed.error)}`);
  const asked = new URL(address);
  asked.searchParams.set("reference", effectKey);
  try {
    const response = await fetch(asked, { redirect: "manual", signal });
    const body = lookup.safeParse(await readJson(response.body));
    if (response.status !== 200) return unknown(`The carrier answered ${response.status} to a lookup`);
    if (!body.success) return unknown("The carrier answered a lookup with a body that cannot be read");
    const { found, underWay } = body.data;
    if (found.length > 1) return unknown(`The carrier has done this ${found.length} times`);
    if (found.length === 0)
      return underWay > 0 ? unknown("The carrier is still working on it") : { kind: "absent" };
    const answer = exchange.answer.safeParse(found[0]);
    if (!answer.success) return unknown("The carrier found something that cannot be read");
    return exchange.outcome(answer.data, parsed.data);
  } catch (error) {
    return unknown(withoutAnswer(error, signal).reason);
  }
}

async function classify<Input, Answer>(
  response: Response,
  exchange: Exchange<Input, Answer>,
  input: Input,
): Promise<EffectOutcome> {
  const { status } = response;
  const body = await readJson(response.body);
  if (response.ok) {
    const answer = exchange.answer.safeParse(body);
    if (answer.success) return exchange.outcome(answer.data, input);
    return { kind: "inDoubt", reason: `The carrier answered ${status} with a body that cannot be read` };
  }
  const problem = readProblem(body);
  const reason = `The carrier answered ${status}${problem.detail ? `: ${problem.detail}` : ""}`;
  if (status === 425 || status === 429 || status === 503)
    return { kind: "retryable", reason, ...retryAfter((name) => response.headers.get(name)) };
  if (status === 408 || status === 409 || problem.type === keyReusedProblem)
    return { kind: "inDoubt", reason };
  if (status >= 400 && status < 500) return { kind: "rejected", reason };
  return { kind: "inDoubt", reason };
}

/** Failures that come before a connection exists: no byte of the request can have left. */
const neverConnected = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function withoutAnswer(
  error: unknown,
  signal: AbortSignal,
): Extract<EffectOutcome, { kind: "retryable" | "inDoubt" }> {
  if (signal.aborted) return { kind: "inDoubt", reason: "The carrier did not answer in time" };
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  const code = cause !== null && typeof cause === "object" && "code" in cause ? String(cause.code) : "";
  if (neverConnected.has(code))
    return { kind: "retryable", reason: `The carrier could not be reached (${code})` };
  return { kind: "inDoubt", reason: `The connection to the carrier broke${code ? ` (${code})` : ""}` };
}
