import { workflows } from "#lib/domain/workflows/registry";
import { openRuntime, type Runtime } from "#lib/engine/runtime";
import type { WorkspaceKeys } from "#lib/log/keys";
import { type CarrierPromise, simulatedAdapters } from "./adapter";
import { branching } from "./branching";
import type { Carrier } from "./carrier";
import type { Gate, Life } from "./gate";
import type { Happenings } from "./happenings";
import type { Random } from "./random";
import type { Way } from "./stage";

/** One process over the workspace, from its start to its end. */
export type Process = Life & {
  way: Way;
  /** How far its clock is off. */
  skew_ms: number;
  /** For how many queries more the database is away for it. */
  refusing_moves: number;
  runtime: Runtime;
};

export type World = {
  gate: Gate;
  carrier: Carrier;
  promise: CarrierPromise;
  happenings: Happenings;
  keys: WorkspaceKeys;
  random: Random;
  salts: Random;
  now_ms(): number;
};

/** How often a process that starts later publishes what was published before, and finds that out by many queries. */
const publishes_again = 0.1;

/** The processes that are up, one a way to the database, and who waits for an answer of which. */
export class Processes {
  up: Process[] = [];
  /** What an answer was found to break; whoever settles throws it. */
  broken: unknown = null;
  readonly #waiting = new Set<{ process: Process; abandoned(): void }>();
  #lives = 0;

  constructor(readonly world: World) {}

  /** Starts a process in the place of the one that had this way, if there was one. */
  open(way: Way): void {
    const { world } = this;
    const life = { name: `${way.name}${++this.#lives}`, alive: true };
    const adapters = simulatedAdapters(world.carrier, life, world.promise);
    const process: Process = Object.assign(life, {
      way,
      skew_ms: 0,
      refusing_moves: 0,
      runtime: null as never,
    });
    process.runtime = openRuntime({
      database: world.gate.database(way.database, life),
      keys: world.keys,
      clock: { now: () => new Date(world.now_ms() + process.skew_ms).toISOString() },
      adapters: { byName: new Map(adapters.map((adapter) => [adapter.name, adapter])), missing: "not here" },
      definitions: [...workflows, branching],
      randomBytes: (count) => world.salts.bytes(count),
    });
    this.up = [...this.up.filter((other) => other.way !== way), process].sort((a, b) =>
      a.way.name < b.way.name ? -1 : 1,
    );
    if (this.#lives === 1 || world.random.chance(publishes_again))
      this.await(
        process,
        process.runtime.publish(),
        () => world.happenings.note(`${process.name} has started`),
        (why) => world.happenings.note(`${process.name} could not publish: ${why}`),
      );
  }

  /** Dropped in the middle of whatever it was doing; another process takes its place. */
  crash(process: Process): void {
    const { gate, happenings } = this.world;
    happenings.fired(
      gate.unheard.some(({ life }) => life === process)
        ? "crash between commit and answer"
        : gate.waiting.some(({ life }) => life === process)
          ? "crash before a query"
          : "crash",
    );
    happenings.note(`${process.name} dies`);
    this.kill(process);
    this.open(process.way);
  }

  kill(process: Process): void {
    process.alive = false;
    this.world.gate.forget(process);
    process.way.proxy.refuse(false);
    for (const task of [...this.#waiting])
      if (task.process === process) {
        this.#waiting.delete(task);
        task.abandoned();
      }
  }

  /** Exactly one of the two is called: `unanswered` also when the process dies before it has an answer. */
  await<Answer>(
    process: Process,
    promise: Promise<Answer>,
    answered: (answer: Answer) => void,
    unanswered: (why: string) => void,
  ): void {
    const task = { process, abandoned: () => unanswered("its process died") };
    this.#waiting.add(task);
    const once = (then: () => void) => {
      if (!this.#waiting.delete(task)) return;
      try {
        then();
      } catch (error) {
        this.broken ??= error;
      }
    };
    promise.then(
      (answer) => once(() => answered(answer)),
      (error) => once(() => unanswered(reasonOf(error))),
    );
  }

  /** Whether anybody still waits for an answer. */
  get awaited(): boolean {
    return this.#waiting.size > 0;
  }

  databaseIsBack(process: Process): void {
    process.refusing_moves = 0;
    process.way.proxy.refuse(false);
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n").at(-1) ?? "";
}
