import { randomFillSync } from "node:crypto";

/**
 * Random bytes from the operating system, drawn some kilobytes at a time: an event needs sixteen, and asking for each
 * sixteen costs more than sealing them. Every byte is handed out once.
 */
export function pooledRandomBytes(pool_bytes = 16_384): (count: number) => Uint8Array {
  let pool = Buffer.alloc(0);
  let used = 0;
  return (count) => {
    if (used + count > pool.length) {
      // A fresh buffer each time: what was handed out before may still be in use.
      pool = randomFillSync(Buffer.allocUnsafeSlow(Math.max(pool_bytes, count)));
      used = 0;
    }
    used += count;
    return pool.subarray(used - count, used);
  };
}
