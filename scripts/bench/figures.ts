/** How the benches turn what they took into figures. */

/** How long the work takes, in seconds. */
export async function seconds(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
}

/** The number below which this share (0 to 1) of the numbers lies; 0 when there are none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

export type Spread = { p50: number; p95: number; p99: number };

/** Where half, nineteen in twenty and all but one in a hundred lie, to two places. */
export function spread(numbers: readonly number[]): Spread {
  const at = (share: number) => Number(quantile(numbers, share).toFixed(2));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
