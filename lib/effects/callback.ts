import { z } from "zod";
import type { EffectOutcome } from "./adapter";
import { outsideInstant, outsideLine, outsideReference, whatIsWrong } from "./outside-text";
import { isSignedBy, type VerifyingKey } from "./webhook-verification";

const callback_bytes_max = 16 * 1024;
const tolerance_ms = 5 * 60 * 1000;

const effectKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be an effect key");

const carrierBody = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("proofOfDelivery.captured"),
    timestamp: outsideInstant,
    data: z.object({
      effectKey,
      reference: outsideReference,
      trackingNumber: outsideReference,
      receivedBy: outsideLine(500),
      deliveredAt: outsideInstant,
    }),
  }),
  z.object({
    type: z.literal("proofOfDelivery.refused"),
    timestamp: outsideInstant,
    data: z.object({
      effectKey,
      reference: outsideReference,
      reason: outsideLine(2_000),
    }),
  }),
]);

const httpBody = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("effect.confirmed"),
    timestamp: outsideInstant,
    data: z.object({ effectKey, reference: outsideReference }),
  }),
  z.object({
    type: z.literal("effect.rejected"),
    timestamp: outsideInstant,
    data: z.object({ effectKey, reason: outsideLine(2_000) }),
  }),
]);

export type Callback =
  | {
      ok: true;
      /** The same in every delivery of one message: what a receiver recognises a repeat by. */
      webhookId: string;
      effectKey: string;
      /** `confirmed`, from the carrier with receipt {reference: tracking number, deliveredAt}, or `rejected`. */
      outcome: EffectOutcome;
      /** A person's name; kept apart so that it is encrypted and never part of a receipt. */
      personal?: { receivedBy: string };
      /** When the outside says it happened, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
      occurredAt: string;
    }
  | Refused;

type Refused = { ok: false; status: 400 | 401 | 413; detail: string };

/**
 * Reads the carrier's callback: `readSigned` says how, and what is refused. While keys are changed there are several, and one of
 * them is enough.
 */
export function readCarrierCallback(
  keys: readonly VerifyingKey[],
  headers: Pick<Headers, "get">,
  rawBody: Uint8Array,
  now: string,
): Callback {
  const signed = readSigned(carrierBody, keys, headers, rawBody, now);
  if (!signed.ok) return signed;
  const { type, data, timestamp: occurredAt } = signed.body;
  const read = { ok: true as const, webhookId: signed.webhookId, effectKey: data.effectKey, occurredAt };
  switch (type) {
    case "proofOfDelivery.captured": {
      const receipt = { reference: data.trackingNumber, deliveredAt: data.deliveredAt };
      return { ...read, outcome: { kind: "confirmed", receipt }, personal: { receivedBy: data.receivedBy } };
    }
    case "proofOfDelivery.refused":
      return { ...read, outcome: { kind: "rejected", reason: data.reason } };
  }
}

/**
 * Reads the callback of a connection of `http.call`, which says how a pending call ended, by the same rules.
 */
export function readHttpCallback(
  keys: readonly VerifyingKey[],
  headers: Pick<Headers, "get">,
  rawBody: Uint8Array,
  now: string,
): Callback {
  const signed = readSigned(httpBody, keys, headers, rawBody, now);
  if (!signed.ok) return signed;
  const { type, data, timestamp: occurredAt } = signed.body;
  const read = { ok: true as const, webhookId: signed.webhookId, effectKey: data.effectKey, occurredAt };
  switch (type) {
    case "effect.confirmed":
      return { ...read, outcome: { kind: "confirmed", receipt: { reference: data.reference } } };
    case "effect.rejected":
      return { ...read, outcome: { kind: "rejected", reason: data.reason } };
  }
}

/**
 * Reads a message (Standard Webhooks, `v1` and `v1a`) that one of `keys` signed, whose content is a `body`.
 *
 * `rawBody` are the bytes as they came, since a signature does not survive parsing;
 * `now` is `YYYY-MM-DDTHH:MM:SS.sssZ`. 413: over 16 KiB. 400: headers missing or malformed, or a signed body that is no
 * callback of ours. 401: no signature matches, or it is more than 5 minutes from `now`. Inside those 5 minutes a repeat
 * reads like the first and is recognised by `webhookId`.
 */
function readSigned<Body>(
  body: z.ZodType<Body>,
  keys: readonly VerifyingKey[],
  headers: Pick<Headers, "get">,
  rawBody: Uint8Array,
  now: string,
): { ok: true; webhookId: string; body: Body } | Refused {
  if (rawBody.byteLength > callback_bytes_max)
    return refused(413, `A callback is at most ${callback_bytes_max} bytes`);

  const webhookId = headers.get("webhook-id");
  const timestamp = headers.get("webhook-timestamp");
  const signatures = headers.get("webhook-signature");
  if (!webhookId || !timestamp || !signatures)
    return refused(400, "The headers webhook-id, webhook-timestamp and webhook-signature are needed");
  // The signed text joins its parts with full stops, so an identifier that holds one could be read two ways.
  if (!/^[\x21-\x2d\x2f-\x7e]{1,200}$/.test(webhookId) || !/^\d{1,12}$/.test(timestamp))
    return refused(400, "webhook-id or webhook-timestamp is malformed");

  const message = Buffer.concat([Buffer.from(`${webhookId}.${timestamp}.`), rawBody]);
  if (!isSignedBy(keys, message, signatures)) return refused(401, "No signature matches");
  // Written so that a clock that cannot be read refuses too.
  if (!(Math.abs(Number(timestamp) * 1000 - Date.parse(now)) <= tolerance_ms))
    return refused(401, "The signature is more than 5 minutes from the present");

  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(rawBody));
  } catch {
    return refused(400, "The body is not JSON in UTF-8");
  }
  const parsed = body.safeParse(value);
  if (!parsed.success) return refused(400, whatIsWrong(parsed.error));
  return { ok: true, webhookId, body: parsed.data };
}

function refused(status: Refused["status"], detail: string): Refused {
  return { ok: false, status, detail };
}
