/**
 * How fast one adapter's calls may begin: so many at once, so many a second, and none for a while when the outside has
 * stopped answering (a circuit breaker).
 *
 * After `failures_max` calls in a row without a clear answer the lane closes for `cooling_first_ms`. Then one call is let
 * through: if it gets an answer the lane is open again, if not it cools twice as long, up to `cooling_longest_ms`. A refusal
 * is an answer: it says nothing against the next order.
 *
 * Instants are milliseconds since 1970 and come from outside. A clock that is set back cannot hold a lane closed: it never
 * waits longer than the longest cooling.
 */
export type LaneLimits = {
  concurrency_max: number;
  /** Absent: as fast as they come. */
  calls_per_second_max?: number;
};

/** `answered`: the outside said something clear, be it a refusal. `not begun` says nothing of it. */
export type CallOutcome = "answered" | "unclear" | "not begun";

export type LaneStanding = "open" | "cooling" | "trying";

const failures_max = 5;
const cooling_first_ms = 5_000;
const cooling_longest_ms = 60_000;

export class Lane {
  running = 0;
  #failures = 0;
  #cooling_ms = 0;
  #closedAt_ms: number | null = null;
  #tokens: number;
  #filledAt_ms: number;

  constructor(
    readonly limits: LaneLimits,
    now_ms: number,
  ) {
    this.#tokens = limits.calls_per_second_max ?? 0;
    this.#filledAt_ms = now_ms;
  }

  standing(now_ms: number): LaneStanding {
    if (this.#closedAt_ms === null) return "open";
    const since_ms = now_ms - this.#closedAt_ms;
    return since_ms >= 0 && since_ms < this.#cooling_ms ? "cooling" : "trying";
  }

  /** How many calls may begin now. */
  free(now_ms: number): number {
    const standing = this.standing(now_ms);
    if (standing === "cooling") return 0;
    const atOnce = standing === "trying" ? 1 : this.limits.concurrency_max;
    return Math.max(0, Math.min(atOnce - this.running, this.#allowance(now_ms)));
  }

  begin(now_ms: number): void {
    this.running++;
    if (this.limits.calls_per_second_max === undefined) return;
    this.#allowance(now_ms);
    this.#tokens--;
  }

  end(outcome: CallOutcome, now_ms: number): void {
    this.running--;
    if (outcome === "not begun") return;
    if (outcome === "answered") {
      this.#failures = 0;
      this.#closedAt_ms = null;
      this.#cooling_ms = 0;
      return;
    }
    this.#failures++;
    // Calls that began before the lane closed say nothing new when they fail after it.
    if (this.standing(now_ms) === "cooling" || this.#failures < failures_max) return;
    this.#cooling_ms = Math.min(cooling_longest_ms, Math.max(cooling_first_ms, this.#cooling_ms * 2));
    this.#closedAt_ms = now_ms;
  }

  /** When it is worth looking again, for a lane that lets nothing begin now and has nothing under way that would tell. */
  nextLook_ms(now_ms: number): number {
    if (this.standing(now_ms) === "cooling") return this.#closedAt_ms! + this.#cooling_ms - now_ms;
    return 1_000 / (this.limits.calls_per_second_max ?? 1_000);
  }

  #allowance(now_ms: number): number {
    const { calls_per_second_max: rate } = this.limits;
    if (rate === undefined) return Number.POSITIVE_INFINITY;
    const passed_ms = Math.max(0, now_ms - this.#filledAt_ms);
    this.#tokens = Math.min(rate, this.#tokens + (passed_ms * rate) / 1_000);
    this.#filledAt_ms = now_ms;
    return Math.floor(this.#tokens);
  }
}
