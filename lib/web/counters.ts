/**
 * What is counted and never written to the log: anonymous requests that were turned away, so that a flood of them fills
 * nothing. Since this process began.
 */
export type Counter = "callbacksForged" | "ticksRefused" | "apiKeysRefused" | "metricsRefused";

const processWide = globalThis as { holdpointCounters?: Record<Counter, number> };

function counters(): Record<Counter, number> {
  processWide.holdpointCounters ??= {
    callbacksForged: 0,
    ticksRefused: 0,
    apiKeysRefused: 0,
    metricsRefused: 0,
  };
  return processWide.holdpointCounters;
}

export function count(counter: Counter): void {
  counters()[counter]++;
}

/** The counts so far. */
export function counted(): Readonly<Record<Counter, number>> {
  return { ...counters() };
}
