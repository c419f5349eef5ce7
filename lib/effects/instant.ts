import type { EffectAdapter, EffectOutcome } from "./adapter";

/**
 * Adapters under the carrier's three names that answer at once, inside the process, and touch nothing: for measuring
 * the engine without a carrier's time in it. Each is confirmed, also the proof of delivery; the reference comes from the
 * effect key alone, so the same key has the same receipt in every process.
 */
export function instantAdapters(): EffectAdapter[] {
  return [
    instant("carrier.dispatch", "DSP"),
    instant("carrier.cancelDispatch", "CAN"),
    instant("carrier.proofOfDelivery", "POD"),
  ];
}

function instant(name: string, prefix: string): EffectAdapter {
  return {
    name,
    timeout_ms: 1_000,
    // The answer is a function of the key: it is never forgotten.
    doubt: { kind: "honoursKey", keyRetention_ms: Number.MAX_SAFE_INTEGER },
    concurrency_max: 1_024,
    async perform(_input, effectKey): Promise<EffectOutcome> {
      return { kind: "confirmed", receipt: { reference: `${prefix}-${effectKey}` } };
    },
  };
}
