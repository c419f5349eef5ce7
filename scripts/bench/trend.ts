/** The straight line through evenly spaced figures: how much it rises from the first to the last, and how sure that is. */
export type Trend = {
  mean: number;
  rise: number;
  /** Twice the standard error of the rise: noise alone makes it that large one time in twenty. */
  doubt: number;
};

/** Least squares over at least three figures. */
export function trendOf(figures: readonly number[]): Trend {
  const count = figures.length;
  if (count < 3) throw new Error("A trend needs three figures at least.");
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / count;
  const middle = (count - 1) / 2;
  const squares = figures.reduce((sum, _, n) => sum + (n - middle) ** 2, 0);
  const slope = figures.reduce((sum, figure, n) => sum + (n - middle) * (figure - mean), 0) / squares;
  const left = figures.reduce((sum, figure, n) => sum + (figure - mean - slope * (n - middle)) ** 2, 0);
  const error = Math.sqrt(left / (count - 2) / squares);
  return { mean, rise: slope * (count - 1), doubt: 2 * error * (count - 1) };
}

/** Whether it rises by more than this share of its mean, even where noise has made it look steeper than it is. */
export function grows({ mean, rise, doubt }: Trend, share_max: number): boolean {
  return rise - doubt > mean * share_max;
}
