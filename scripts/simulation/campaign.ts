import { type Outcome, Simulation } from "./simulation";
import type { Stage } from "./stage";

/** Many seeds on one stage, and what they add up to. */
export class Campaign {
  readonly faults = new Map<string, number>();
  readonly orders = new Map<string, number>();
  seeds = 0;
  steps = 0;
  events = 0;
  simulated_ms = 0;

  constructor(readonly stage: Stage) {}

  /** Throws a `FailedSeed` when a promise is broken. */
  async run(seed: number): Promise<Outcome> {
    const outcome = await new Simulation(this.stage, { seed }).run();
    this.seeds++;
    this.steps += outcome.steps;
    this.events += outcome.events;
    this.simulated_ms += outcome.simulated_ms;
    for (const [fault, times] of outcome.faults)
      this.faults.set(fault, (this.faults.get(fault) ?? 0) + times);
    for (const [status, count] of outcome.orders)
      this.orders.set(status, (this.orders.get(status) ?? 0) + count);
    return outcome;
  }

  summary(took_s: number): string {
    const days = Math.round(this.simulated_ms / 86_400_000);
    const listed = (counts: Map<string, number>) =>
      [...counts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, count]) => `  ${String(count).padStart(8)}  ${name}`)
        .join("\n");
    const faults = [...this.faults.values()].reduce((sum, times) => sum + times, 0);
    return [
      `${this.seeds} seeds held: ${this.steps} steps, ${this.events} events, ${days} days of simulated time in ${Math.round(took_s)} s`,
      `orders, as they stood at the end:\n${listed(this.orders)}`,
      `${faults} faults fired:\n${listed(this.faults)}`,
    ].join("\n");
  }
}
