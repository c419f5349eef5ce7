/**
 * Decides when a page that something has happened to is drawn again: soon, not all browsers in the same moment, ever less often
 * the longer things keep happening, never two at once, and not under the hands of somebody who writes.
 */
export type LivePage = {
  /** Draws the page again; `shown` is called when it is there. */
  refresh(): void;
  /** Whether now is a good moment. `never` for a page that follows by itself; `writing` waits, and is told to `withheld`. */
  may(): "now" | "later" | "writing" | "never";
  /** Something that concerns the page waits for somebody who writes; or no longer. */
  withheld(is: boolean): void;
};

/** So many browsers at once are not what a server waits for. */
const spread_ms = 150;
const gap_ms_min = 1_000;
const gap_ms_max = 10_000;
/** What concerns the page only by a count in its frame is not urgent. */
const aside_ms = 5_000;
const again_ms = 1_000;
const quiet_ms = 20_000;
const patience = 3;

export class LiveRefresh {
  readonly #page: LivePage;
  /** The page lacks what happened before this position. */
  #wanted: number | null = null;
  #urgent = false;
  #running = false;
  #cooling = false;
  #gap_ms = gap_ms_min;
  #waited = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerIsSoon = false;
  #coolingTimer: ReturnType<typeof setTimeout> | undefined;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(page: LivePage) {
    this.#page = page;
  }

  /** Something happened before `next`. */
  changed(next: number, concernsPage: boolean): void {
    this.#wanted = Math.max(this.#wanted ?? 0, next);
    this.#urgent ||= concernsPage;
    this.#schedule();
  }

  /** The page is there as of this position, or as of one that is not known. */
  shown(from: number | null): void {
    this.#running = false;
    if (this.#wanted !== null && from !== null && from >= this.#wanted) this.#forget();
    this.#schedule();
  }

  /** Whoever writes wants to see it all the same. */
  now(): void {
    this.#forget();
    this.#refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#coolingTimer);
    clearTimeout(this.#quietTimer);
  }

  #schedule(): void {
    if (this.#wanted === null || this.#running || this.#cooling) return;
    // What is urgent does not wait behind what is not.
    if (this.#timer !== undefined && (this.#timerIsSoon || !this.#urgent)) return;
    this.#timerIsSoon = this.#urgent;
    this.#after(this.#urgent ? Math.random() * spread_ms : aside_ms * (0.5 + Math.random() / 2));
  }

  #after(wait_ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#try();
    }, wait_ms);
  }

  #try(): void {
    if (this.#wanted === null || this.#running) return;
    const may = this.#page.may();
    if (may === "never") this.#forget();
    else if (may === "now") {
      this.#forget();
      this.#refresh();
    } else {
      if (may === "writing" && this.#urgent && ++this.#waited === patience) this.#page.withheld(true);
      this.#timerIsSoon = true;
      this.#after(again_ms);
    }
  }

  #refresh(): void {
    this.#running = this.#cooling = true;
    clearTimeout(this.#quietTimer);
    this.#coolingTimer = setTimeout(() => {
      this.#cooling = false;
      this.#gap_ms = Math.min(gap_ms_max, this.#gap_ms * 1.5);
      this.#quietTimer = setTimeout(() => {
        this.#gap_ms = gap_ms_min;
      }, quiet_ms);
      this.#schedule();
    }, this.#gap_ms);
    this.#page.refresh();
  }

  #forget(): void {
    this.#wanted = null;
    this.#urgent = false;
    if (this.#waited >= patience) this.#page.withheld(false);
    this.#waited = 0;
  }
}
