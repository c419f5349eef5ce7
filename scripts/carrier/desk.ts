import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { CallbackMessage, Done, Kind, Ledger } from "./ledger";

/*
 * The carrier's trade, without HTTP: what it takes, what it refuses, and what it will say when the parcel arrives.
 */

const text = z.string().min(1).max(200);
const dispatchRequest = z.object({
  order: text,
  businessKey: text,
  total: z.object({ amount: z.int().nonnegative(), currency: z.string().regex(/^[A-Z]{3}$/) }),
  consignee: z.union([z.string().max(500), z.record(z.string(), z.string())]).optional(),
});
const shipmentRequest = z.object({ order: text, trackingNumber: text });

export const kindByPath = new Map<string, Kind>([
  ["/dispatches", "dispatch"],
  ["/dispatch-cancellations", "cancelDispatch"],
  ["/proofs-of-delivery", "proofOfDelivery"],
]);

/** Something the carrier will not do, as an HTTP status and a sentence. Nothing was done. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
    this.name = "Refusal";
  }
}

/** Decides the record for a request; the caller writes it. Throws a Refusal. */
export function perform(
  ledger: Ledger,
  request: { kind: Kind; key: string; bodyHash: string; body: unknown; refusal?: string },
): Done {
  const { kind, key, bodyHash, refusal } = request;
  const common = { record: "done" as const, key, kind, bodyHash, at: new Date().toISOString() };
  switch (kind) {
    case "dispatch": {
      const { order, businessKey, consignee } = parse(dispatchRequest, request.body);
      const trackingNumber = number("HPC");
      const answer = { status: 201, body: { trackingNumber } };
      const name = typeof consignee === "object" ? consignee.name : consignee;
      return { ...common, order, businessKey, trackingNumber, answer, consignee: name };
    }
    case "cancelDispatch": {
      const { order, trackingNumber } = parse(shipmentRequest, request.body);
      const shipment = shipmentFor(ledger, order, trackingNumber);
      if (shipment.delivered) throw new Refusal(422, `${trackingNumber} is already delivered`);
      if (shipment.cancelled) throw new Refusal(422, `${trackingNumber} is already cancelled`);
      return {
        ...common,
        order,
        trackingNumber,
        answer: { status: 201, body: { cancellation: number("CAN") } },
      };
    }
    case "proofOfDelivery": {
      const { order, trackingNumber } = parse(shipmentRequest, request.body);
      shipmentFor(ledger, order, trackingNumber);
      const answer = { status: 202, body: { reference: number("POD") } };
      return { ...common, order, trackingNumber, answer, refusal };
    }
  }
}

/** The callback for a proof asked for in `proof`, as things stand now. */
export function tellOf(ledger: Ledger, proof: Done): CallbackMessage {
  const timestamp = new Date().toISOString();
  const reference = proof.answer.body.reference!;
  const shipment = ledger.shipment(proof.trackingNumber)!;
  const refusal = shipment.cancelled ? "The dispatch was cancelled before delivery" : proof.refusal;
  if (refusal !== undefined) {
    const data = { effectKey: proof.key, reference, reason: refusal };
    return { type: "proofOfDelivery.refused", timestamp, data };
  }
  return {
    type: "proofOfDelivery.captured",
    timestamp,
    data: {
      effectKey: proof.key,
      reference,
      trackingNumber: proof.trackingNumber,
      receivedBy: shipment.dispatch.consignee || neighbour(proof.trackingNumber),
      deliveredAt: timestamp,
    },
  };
}

function parse<Value>(shape: z.ZodType<Value>, body: unknown): Value {
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new Refusal(422, `${issue.path.join(".") || "body"}: ${issue.message}`);
}

function shipmentFor(ledger: Ledger, order: string, trackingNumber: string) {
  const shipment = ledger.shipment(trackingNumber);
  if (shipment?.dispatch.order === order) return shipment;
  throw new Refusal(404, `This carrier has no dispatch ${trackingNumber} of order ${order}`);
}

function number(prefix: string): string {
  return `${prefix}${randomBytes(8).toString("hex").toUpperCase()}`;
}

const neighbours = [
  "A. Okafor",
  "B. Lindqvist",
  "C. Moreau",
  "D. Yilmaz",
  "E. Novák",
  "F. Hughes",
  "G. Tanaka",
];

/** With no consignee on the parcel, somebody at the address signs: always the same one for the same parcel. */
function neighbour(trackingNumber: string): string {
  const digest = createHash("sha256").update(trackingNumber).digest();
  return neighbours[digest.readUInt32BE(0) % neighbours.length]!;
}
