import type { ProxyFault } from "../testing/fault-proxy";
import type { QueryKind, UnheardAnswer, WaitingQuery } from "./gate";
import type { Process, Processes } from "./processes";
import type { VirtualTimers } from "./timers";
import { demand } from "./violation";

/**
 * Lets what was launched run to its end: one query at a time, in the seed's order, with the seed's faults and crashes on
 * the way. Nothing is left to who is faster.
 */

/** Connections are cut where it matters: a cut in the middle of an append says more than one in a read, and costs as much. */
const fragility = { append: 1.2, "look up": 0.5, claim: 0.12, read: 0.1 };
const moves_max = 20_000;
const quiet_turns = 4;

export class Settling {
  /** Nothing goes wrong any more. */
  calm = true;

  constructor(
    readonly processes: Processes,
    readonly timers: VirtualTimers,
    /** How often a query goes wrong, before it is weighed by what it is. */
    readonly trouble: number,
    /** Told when everybody waits for a pause to end, and for how long. */
    readonly passed: (waited_ms: number) => void,
  ) {}

  /** Returns once nobody asks anything any more and everybody has been answered. Throws a `Violation` when that never comes. */
  async settle(): Promise<void> {
    const { gate } = this.processes.world;
    for (let moves = 0; ; moves++) {
      await this.#quiet();
      if (this.processes.broken) throw this.processes.broken;
      demand(moves < moves_max, () => "the processes keep asking the database and never come to an end");
      if (gate.waiting.length + gate.unheard.length > 0) {
        if (!this.#crashes()) await this.#move(this.#nextMove());
        continue;
      }
      const waited_ms = this.timers.endNext();
      if (waited_ms === null) break;
      this.passed(waited_ms);
    }
    for (const process of this.processes.up) this.processes.databaseIsBack(process);
    demand(
      !this.processes.awaited,
      () => "somebody waits for an answer and nothing is under way that could give it",
    );
  }

  /** Until everything that runs without the database has run: turns of the loop in which nobody asks anything new. */
  async #quiet(): Promise<void> {
    const { gate } = this.processes.world;
    for (let turns = 0; turns < quiet_turns; turns++) {
      const before = gate.issued;
      await new Promise((resolve) => setImmediate(resolve));
      if (gate.issued !== before) turns = -1;
    }
  }

  #nextMove(): WaitingQuery | UnheardAnswer {
    const { gate, random } = this.processes.world;
    // An answer that is delayed mostly waits until the others have nothing left to ask.
    const hear = gate.waiting.length === 0 || (gate.unheard.length > 0 && random.chance(0.1));
    return hear ? random.pick(gate.unheard) : random.pick(gate.waiting);
  }

  async #move(move: WaitingQuery | UnheardAnswer): Promise<void> {
    const { gate, happenings } = this.processes.world;
    const named = `${move.life.name}#${move.number} ${move.kind}`;
    if ("deliver" in move) {
      happenings.note(`${named} is heard of`);
      await move.deliver();
      return;
    }
    const process = move.life as Process;
    if (process.refusing_moves > 0 && --process.refusing_moves === 0) this.processes.databaseIsBack(process);
    const away = process.refusing_moves > 0;
    const fault = this.calm || away ? null : this.#faultFor(move.kind);
    if (fault) happenings.fired(`${fault} ${move.kind}`);
    if (away) happenings.fired("refused connection");
    happenings.note(`${named}${fault ? ` ${fault}` : ""}${away ? " refused" : ""}`);
    await gate.let(move, process.way.proxy, fault);
  }

  #faultFor(kind: QueryKind): ProxyFault | null {
    const { random } = this.processes.world;
    if (random.chance(this.trouble * fragility[kind]))
      return random.chance(kind === "append" ? 0.7 : 0.3) ? "cutAfterAnswer" : "cutBeforeSending";
    return random.chance(this.trouble) ? "delayAnswer" : null;
  }

  #crashes(): boolean {
    if (this.calm) return false;
    const { gate, random } = this.processes.world;
    const unknowing = this.processes.up.find((process) => process === gate.unheard[0]?.life);
    if (!random.chance(unknowing ? 0.02 : this.trouble / 15)) return false;
    this.processes.crash(unknowing ?? random.pick(this.processes.up));
    return true;
  }
}
