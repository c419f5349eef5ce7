import { z } from "zod";

/**
 * What may go wrong at the carrier, by itself (`failureRate`) or on demand (POST /faults).
 *
 * unavailable: 503 before any work · tooMany: 429 with Retry-After: 1 · rejected: 422, and the key stays free ·
 * failAfterWork: 500 after the work · hang: the work is done and no answer ever comes ·
 * refuseProof: a proof is accepted and refused later, by callback.
 */
export const faultKinds = [
  "unavailable",
  "tooMany",
  "rejected",
  "failAfterWork",
  "hang",
  "refuseProof",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export const faultOrder = z.strictObject({
  kind: z.enum(faultKinds),
  times: z.int().min(1).max(1_000_000),
  /** Only requests to this path, for example `/dispatches`; `/lookups` are lookups of any kind. */
  path: z.string().startsWith("/").max(100).optional(),
});

/** A hang costs the caller its whole time-out, so it is the rarest. */
const byChance: FaultKind[] = [
  ...["unavailable", "tooMany", "failAfterWork"].flatMap((kind) => Array(3).fill(kind) as FaultKind[]),
  "hang",
];

export class Faults {
  private ordered: z.infer<typeof faultOrder>[] = [];

  constructor(private readonly failureRate: number) {}

  order(fault: z.infer<typeof faultOrder>): void {
    this.ordered.push({ ...fault });
  }

  /** The fault that befalls the next request to `path`: the oldest ordered one, else one by chance, else none. */
  take(path: string): FaultKind | undefined {
    const fault = this.ordered.find(({ kind, path: only }) =>
      kind === "refuseProof" ? path === "/proofs-of-delivery" : only === undefined || only === path,
    );
    if (fault) {
      fault.times -= 1;
      if (fault.times === 0) this.ordered = this.ordered.filter((other) => other !== fault);
      return fault.kind;
    }
    if (Math.random() >= this.failureRate) return undefined;
    return byChance[Math.floor(Math.random() * byChance.length)];
  }
}
