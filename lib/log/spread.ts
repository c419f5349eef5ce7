import { createHash } from "node:crypto";

/** A number in [0, 1) that is spread like chance over texts and is the same for the same text: jitter without randomness. */
export function spread(text: string): number {
  return createHash("sha256").update(text, "utf8").digest().readUInt32BE(0) / 2 ** 32;
}
