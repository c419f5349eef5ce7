/**
 * Waiting without waiting: while installed, the pauses the engine makes before it tries something again are kept here and
 * end when the simulation says so. Longer timers are not the engine's (a connection pool closes idle connections) and run
 * as ever.
 */
const engine_pause_max_ms = 5_000;

type Pending = { due_ms: number; delay_ms: number; ordinal: number; run(): void };

export class VirtualTimers {
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  readonly #pending = new Map<object, Pending>();
  #count = 0;
  #now_ms = 0;

  install(): void {
    const { setTimeout: realSet, clearTimeout: realClear } = this.#real;
    const set = (run: (...given: unknown[]) => void, delay_ms = 0, ...given: unknown[]) => {
      if (delay_ms >= engine_pause_max_ms) return realSet(run, delay_ms, ...given);
      const handle = { ref: () => handle, unref: () => handle, hasRef: () => false };
      this.#pending.set(handle, {
        due_ms: this.#now_ms + delay_ms,
        delay_ms,
        ordinal: this.#count++,
        run: () => run(...given),
      });
      return handle;
    };
    const clear = (handle: unknown) => {
      if (!this.#pending.delete(handle as object)) realClear(handle as NodeJS.Timeout);
    };
    globalThis.setTimeout = set as never;
    globalThis.clearTimeout = clear as never;
  }

  uninstall(): void {
    Object.assign(globalThis, this.#real);
    this.#pending.clear();
  }

  /** Ends the pause that is over first. Returns how long was waited for it, null when nobody waits. */
  endNext(): number | null {
    const [next] = [...this.#pending].sort(([, a], [, b]) => a.due_ms - b.due_ms || a.ordinal - b.ordinal);
    if (!next) return null;
    const [handle, { due_ms, run }] = next;
    const waited_ms = Math.max(0, due_ms - this.#now_ms);
    this.#now_ms += waited_ms;
    this.#pending.delete(handle);
    run();
    return waited_ms;
  }
}
