const beat_ms = 250;
const gap_ms_min = 2_000;
const before_ms = 5_000;
const after_ms = 30_000;

/** When this process did not run although it wanted to, because it, or the whole machine, was suspended. */
export class Standstills {
  readonly #ends_ms: number[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    let last_ms = performance.now();
    this.#timer = setInterval(() => {
      const now_ms = performance.now();
      if (now_ms - last_ms > gap_ms_min) this.#ends_ms.push(now_ms);
      last_ms = now_ms;
    }, beat_ms);
  }

  get count(): number {
    return this.#ends_ms.length;
  }

  /** Whether what failed at this moment may have failed because time had passed unnoticed. */
  explain(at_ms: number): boolean {
    return this.#ends_ms.some((end_ms) => at_ms > end_ms - before_ms && at_ms < end_ms + after_ms);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
