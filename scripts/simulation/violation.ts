/** A promise that was broken, in one sentence; the seed and the step are added by whoever runs the simulation. */
export class Violation extends Error {
  override readonly name = "Violation";
}

export function demand(holds: boolean, broken: () => string): void {
  if (!holds) throw new Violation(broken());
}
