import type { Kind, Ledger } from "./ledger";

/**
 * What the carrier offers when an answer was lost.
 *
 * honours-key: a repeated key gets the first answer, and its work is done once. probe: a repeated request is done again,
 * but a key can be looked up. neither: it is done again, and the carrier knows no keys.
 */
export const carrierModes = ["honours-key", "probe", "neither"] as const;
export type CarrierMode = (typeof carrierModes)[number];

export type Lookup = {
  /** Requests with this key that are not answered yet: what they do is not in `found`. */
  underWay: number;
  /** What was answered, or would have been, to each work done under the key; the oldest first. */
  found: { [member: string]: string }[];
};

/** Finds works by their key, and knows which keys are being worked on. */
export class Lookups {
  private readonly underWay = new Map<string, number>();

  constructor(private readonly ledger: Ledger) {}

  async during<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    this.underWay.set(key, (this.underWay.get(key) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = this.underWay.get(key)! - 1;
      if (left > 0) this.underWay.set(key, left);
      else this.underWay.delete(key);
    }
  }

  find(kind: Kind, key: string): Lookup {
    const found = this.ledger.done(key).filter((done) => done.kind === kind);
    return { underWay: this.underWay.get(key) ?? 0, found: found.map(({ answer }) => answer.body) };
  }
}
