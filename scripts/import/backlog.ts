import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "#lib/db";
import { waitingForMachines } from "#lib/engine/backlog";

/**
 * Keeps an import from running away from the dispatcher: as many effects as the bound may wait for a machine at once. What
 * waits for a person, or at the carrier, is no reason to stop: that may take days, and is not what the bound protects.
 */
const look_ms = 200;

export class Backlog {
  #allowed = 0;

  constructor(
    readonly database: Database,
    readonly workspace: string,
    readonly waiting_max: number,
    readonly report: (waiting: number) => void,
  ) {}

  /**
   * Resolves when one more order may come in, asked by one caller at a time. `underWay` are those that were let in and may
   * not be counted yet. Rejects when `signal` aborts first.
   */
  async room(signal: AbortSignal, underWay: () => number): Promise<void> {
    while (this.#allowed <= 0) {
      const notCounted = underWay();
      const waiting = await waitingForMachines(this.database, this.workspace, this.waiting_max + 1);
      this.#allowed = this.waiting_max - waiting - notCounted;
      if (this.#allowed > 0) break;
      this.report(waiting);
      await pause(look_ms, undefined, { signal });
    }
    this.#allowed--;
  }
}
