import { createHash } from "node:crypto";
import type { EffectAdapter, EffectOutcome } from "#lib/effects/adapter";
import { spread } from "#lib/log/spread";

/**
 * The carrier of the play: it answers inside this process, after some seconds of the played clock, and delivers after
 * some hours of it. What it gives out follows from the effect key alone, so a play that was cut off goes on as it was.
 */
export type PlayedClock = { now(): string; advance_ms(by_ms: number): void };

const travel_ms_min = 2 * 3_600_000;
const travel_ms_spread = 4 * 3_600_000;

const signers = ["A. Okafor", "B. Lindqvist", "C. Moreau", "D. Yilmaz", "E. Novák", "F. Hughes", "G. Tanaka"];

export function playedAdapters(clock: PlayedClock, undeliverable: ReadonlySet<string>): EffectAdapter[] {
  const adapter = (name: string, answer: (input: Record<string, unknown>, key: string) => EffectOutcome) => ({
    name,
    timeout_ms: 60_000,
    doubt: { kind: "honoursKey", keyRetention_ms: Number.MAX_SAFE_INTEGER } as const,
    concurrency_max: 8,
    async perform(input: Record<string, unknown>, key: string) {
      clock.advance_ms(400 + Math.round(2_000 * spread(`latency ${key}`)));
      return answer(input, key);
    },
  });
  return [
    adapter("carrier.dispatch", ({ businessKey }, key) =>
      undeliverable.has(String(businessKey))
        ? { kind: "rejected", reason: "The postcode of the address does not exist." }
        : { kind: "confirmed", receipt: { reference: numberOf("HPC", key) } },
    ),
    adapter("carrier.cancelDispatch", ({ trackingNumber }, key) => ({
      kind: "confirmed",
      receipt: { reference: numberOf("CAN", key), trackingNumber: String(trackingNumber) },
    })),
    adapter("carrier.proofOfDelivery", (_, key) => ({ kind: "pending", reference: numberOf("POD", key) })),
  ];
}

/** How long a parcel is on its way. */
export function travel_ms(key: string): number {
  return travel_ms_min + Math.round(travel_ms_spread * spread(`travel ${key}`));
}

/** Who signs for a parcel. */
export function signerOf(key: string): string {
  return signers[Math.floor(signers.length * spread(`signer ${key}`))]!;
}

function numberOf(prefix: string, key: string): string {
  return prefix + createHash("sha256").update(key).digest("hex").slice(0, 16).toUpperCase();
}
