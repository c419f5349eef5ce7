import { rebuildProjections } from "#lib/engine/rebuild";
import { systemActor } from "#lib/engine/system-actor";
import { workspaceKeys } from "#lib/log/keys";
import type { CarrierPromise } from "./adapter";
import { Asking } from "./asking";
import { Carrier } from "./carrier";
import { Ending } from "./ending";
import { Gate } from "./gate";
import { Happenings } from "./happenings";
import { Ledger } from "./ledger";
import { cast, shop } from "./people";
import { type Process, Processes } from "./processes";
import { Random } from "./random";
import { Settling } from "./settling";
import type { Stage } from "./stage";
import { VirtualTimers } from "./timers";
import { demand } from "./violation";
import { Witness } from "./witness";

/**
 * One seed's world: a workspace, two processes over it that crash, are cut off and have clocks of their own, clients who
 * may and may not, a carrier that is honest and unreliable, and a clock that is set. Domain, engine, scheduler,
 * dispatcher and PostgreSQL are the real ones.
 *
 * A step launches one thing or several at once and lets queries through, one at a time and in the seed's order, until
 * everybody has an answer. Nothing else decides what happens next, so a seed happens the same way again. After every
 * step the log is read and held against its promises; at the end the faults stop, the workspace is driven until nothing
 * is due, people finish what waits for them, and everything is compared with everything.
 */
export type SimulationOptions = {
  seed: number;
  steps?: number;
  /** A carrier that does not keep what its adapter promises of keys, to see that somebody notices. */
  carrierForgets?: boolean;
};

export type Outcome = {
  seed: number;
  steps: number;
  /** What happened, line by line: two runs of a seed give the same lines. */
  trace: string[];
  /** How often each kind of fault fired. */
  faults: Map<string, number>;
  simulated_ms: number;
  events: number;
  /** How many orders ended in, or are left in, each status. */
  orders: Map<string, number>;
};

/** A simulation that ended in a broken promise: which, and where. */
export class FailedSeed extends Error {
  constructor(
    readonly seed: number,
    readonly step: number,
    readonly trace: readonly string[],
    cause: unknown,
  ) {
    super(`seed ${seed}, step ${step}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

const start_ms = Date.parse("2026-03-02T09:00:00.000Z");
const minute_ms = 60_000;
const day_ms = 24 * 60 * minute_ms;
/**
 * How far a process's clock may be off. How long a carrier remembers keys must allow for two of them; where nothing is
 * remembered, an attempt that one clock holds for over must not be one that another has yet to begin.
 */
const skew_ms_max = 10 * minute_ms;
const slight = [0, 1_000, -1_000, 4_000, -4_000];
const skews_ms = { honoursKey: [...slight, skew_ms_max, -skew_ms_max], probe: slight, neither: slight };
const spans_ms = { seconds: 20_000, minutes: 30 * minute_ms, hours: 6 * 60 * minute_ms, days: 3 * day_ms };

export class Simulation {
  readonly #workspace: string;
  readonly #random: Random;
  readonly #happenings = new Happenings();
  readonly #ledger = new Ledger();
  readonly #timers = new VirtualTimers();
  readonly #carrier: Carrier;
  readonly #witness: Witness;
  readonly #processes: Processes;
  readonly #settling: Settling;
  readonly #asking: Asking;
  readonly #trouble: number;
  readonly #skews_ms: readonly number[];
  #now_ms = start_ms;

  constructor(
    readonly stage: Stage,
    readonly options: SimulationOptions,
  ) {
    const { seed, carrierForgets } = options;
    this.#workspace = `seed-${seed}`;
    this.#random = new Random(seed, "steps");
    this.#witness = new Witness(stage.log, this.#workspace);

    const character = new Random(seed, "character");
    const keyRetention_ms = character.pick([1, 1, 24, 24 * 365]) * 60 * minute_ms;
    const kind = character.weighted({ honoursKey: 6, probe: 2, neither: 2 });
    const answersWithin_ms = character.chance(0.5) ? 30 * minute_ms : undefined;
    const promise: CarrierPromise =
      kind === "honoursKey" ? { kind, keyRetention_ms, answersWithin_ms } : { kind, answersWithin_ms };
    this.#skews_ms = skews_ms[kind];
    this.#trouble = character.pick([0, 0.02, 0.05, 0.12]);
    this.#carrier = new Carrier(
      new Random(seed, "carrier"),
      {
        remembersKeys: kind === "honoursKey" && !carrierForgets,
        memory_ms: keyRetention_ms + 3 * skew_ms_max,
        trouble: character.pick([0.2, 0.6, 0.9, 1]),
      },
      () => this.#now_ms,
    );
    const keys = new Random(seed, "keys");
    this.#processes = new Processes({
      gate: new Gate(new Random(seed, "rows")),
      carrier: this.#carrier,
      promise,
      happenings: this.#happenings,
      keys: workspaceKeys(this.#workspace, { workspaceKey: keys.bytes(32), identityKey: keys.bytes(32) }),
      random: this.#random,
      salts: new Random(seed, "salts"),
      now_ms: () => this.#now_ms,
    });
    this.#settling = new Settling(this.#processes, this.#timers, this.#trouble, (waited_ms) => {
      this.#now_ms += waited_ms;
    });
    const orders_max = character.between(2, 7);
    this.#asking = new Asking(this.#processes, this.#ledger, this.#witness, this.#workspace, orders_max);
  }

  /** Throws a `FailedSeed` when a promise is broken. The stage may be used for the next seed in any case. */
  async run(): Promise<Outcome> {
    const steps = this.options.steps ?? this.#random.between(24, 38);
    this.#timers.install();
    try {
      await this.#begin();
      this.#settling.calm = false;
      for (let step = 1; step <= steps; step++) {
        this.#happenings.step = step;
        const atOnce = Number(this.#random.weighted({ 1: 60, 2: 25, 3: 15 }));
        for (let n = 0; n < atOnce; n++) await this.#launch();
        await this.#settle();
      }
      this.#happenings.step++;
      await this.#end();
      return this.#outcome(steps);
    } catch (error) {
      throw new FailedSeed(this.options.seed, this.#happenings.step, this.#happenings.trace, error);
    } finally {
      for (const process of this.#processes.up) this.#processes.kill(process);
      this.#timers.uninstall();
    }
  }

  async #begin(): Promise<void> {
    await this.stage.owner.query(
      "INSERT INTO workspace_head (workspace, clock_tolerance_ms) VALUES ($1, NULL)",
      [this.#workspace],
    );
    for (const way of this.stage.ways) this.#processes.open(way);
    await this.#settle();
    const operator = systemActor(this.#workspace, "operator");
    const [first] = this.#processes.up as [Process];
    for (const [person, roles] of Object.entries(cast))
      this.#asking.ask(first, operator, "people", person, {
        type: "person.add",
        person,
        name: person,
        email: `${person}@example.org`,
        roles: [...roles],
      });
    await this.#settle();
    this.#asking.ask(first, operator, "people", shop, {
      type: "apiKey.create",
      person: "rita",
      apiKey: shop,
    });
    await this.#settle();
    for (const { what, accepted } of this.#ledger.told.values())
      demand(accepted.length === 1, () => `${what} was not accepted when the workspace was made`);
  }

  async #launch(): Promise<void> {
    const { up } = this.#processes;
    const random = this.#random;
    const what = random.weighted({
      client: 40,
      crowd: 2,
      again: 6,
      tick: 16,
      time: 14,
      callback: this.#carrier.callbacks.length > 0 ? 14 : 0,
      late: this.#carrier.late.length > 0 ? 6 : 0,
      clock: 2,
      crash: 1,
      restart: 1,
      outage: this.#trouble > 0 ? 1 : 0,
      rebuild: 0.3,
    });
    switch (what) {
      case "client":
        return this.#asking.client();
      case "crowd":
        this.#happenings.fired("many ask at once");
        for (let n = random.between(4, 9); n > 0; n--) this.#asking.client();
        return;
      case "again":
        return this.#asking.clientAgain();
      case "tick":
        for (const process of random.chance(0.25) ? up : [random.pick(up)]) this.#tick(process);
        return;
      case "time":
        return this.#pass(
          random.between(1, spans_ms[random.weighted({ seconds: 5, minutes: 5, hours: 4, days: 1 })]),
        );
      case "callback":
        return this.#callBack();
      case "late":
        this.#happenings.note("an answer of the carrier arrives late");
        return this.#carrier.arrive(random.below(this.#carrier.late.length));
      case "clock":
        return this.#jump(random.pick(up));
      case "crash":
        return this.#processes.crash(random.pick(up));
      case "restart":
        return this.#restart(random.pick(up));
      case "outage":
        return this.#databaseGoes(random.pick(up));
      case "rebuild":
        this.#happenings.fired("rebuild under way");
        await rebuildProjections({ ownerUrl: this.stage.databaseOwnerUrl, workspace: this.#workspace });
        return;
    }
  }

  #tick(process: Process): void {
    const { happenings } = this.#processes.world;
    happenings.note(`${process.name} ticks`);
    this.#processes.await(
      process,
      process.runtime.tick(),
      ({ settled, escalated, attempted, expired, probed }) =>
        happenings.note(
          `${process.name} ticked: ${settled}, ${escalated}, ${attempted}, ${expired}, ${probed}`,
        ),
      (why) => happenings.note(`${process.name} could not tick: ${why}`),
    );
  }

  #pass(passed_ms: number): void {
    this.#now_ms += passed_ms;
    this.#happenings.note(`${passed_ms} ms pass`);
  }

  #jump(process: Process): void {
    const skew_ms = this.#random.pick(this.#skews_ms);
    if (skew_ms === process.skew_ms) return;
    this.#happenings.fired(skew_ms < process.skew_ms ? "clock jumps back" : "clock jumps forward");
    process.skew_ms = skew_ms;
    this.#happenings.note(`the clock of ${process.name} is off by ${skew_ms} ms`);
  }

  #databaseGoes(process: Process): void {
    process.refusing_moves = this.#random.between(4, 40);
    process.way.proxy.refuse(true);
    this.#happenings.fired("database away");
    this.#happenings.note(`the database is away for ${process.name}`);
  }

  /** A report of the carrier arrives: not the oldest one first, sometimes twice at once, sometimes again much later. */
  #callBack(): void {
    const random = this.#random;
    const callback = this.#carrier.take(random.below(this.#carrier.callbacks.length));
    if (this.#carrier.callbacks[0] !== callback) this.#happenings.fired("callback out of order");
    const times = random.chance(0.25) ? 2 : 1;
    if (times > 1) this.#happenings.fired("callback doubled");
    for (let n = 0; n < times; n++)
      this.#asking.callBack(callback, () => {
        if (random.chance(0.8)) this.#carrier.taken(callback);
      });
  }

  /** Stopped as a deploy stops it. It waits for what the outside has not answered, so those answers come first. */
  async #restart(process: Process): Promise<void> {
    const { happenings } = this.#processes.world;
    happenings.note(`${process.name} is stopped`);
    await this.#settling.settle();
    if (!process.alive) return;
    while (this.#carrier.late.length > 0) this.#carrier.arrive(0);
    this.#processes.await(
      process,
      process.runtime.stop(),
      () => happenings.note(`${process.name} has stopped`),
      (why) => happenings.note(`${process.name} did not stop: ${why}`),
    );
    await this.#settling.settle();
    if (!process.alive) return;
    this.#processes.kill(process);
    this.#processes.open(process.way);
  }

  async #settle(): Promise<void> {
    await this.#settling.settle();
    await this.#observe();
  }

  async #observe(): Promise<void> {
    for (const event of await this.#witness.read()) {
      const { type, stream, version, data } = event;
      this.#happenings.note(`event ${stream}@${version} ${type} ${JSON.stringify(data)}`);
      if (event.type === "effectConfirmed")
        this.#carrier.vouchFor(event.data.key, event.data.receipt.reference);
    }
    this.#carrier.didNothingTwice();
  }

  /** The faults stop; what is due is done; people finish; everything is compared. */
  async #end(): Promise<void> {
    this.#settling.calm = true;
    this.#carrier.calm = true;
    for (const process of this.#processes.up) {
      process.skew_ms = 0;
      this.#processes.databaseIsBack(process);
    }
    this.#happenings.note("the faults stop");
    const ending = new Ending({
      workspace: this.#workspace,
      stage: this.stage,
      witness: this.#witness,
      ledger: this.#ledger,
      processes: this.#processes,
      asking: this.#asking,
      settle: () => this.#settle(),
      tick: (process) => this.#tick(process),
      until: (instant_ms) => {
        this.#now_ms = Math.max(this.#now_ms, instant_ms);
      },
    });
    await ending.run();
  }

  #outcome(steps: number): Outcome {
    const orders = new Map<string, number>();
    for (const { status } of this.#witness.orders.values()) orders.set(status, (orders.get(status) ?? 0) + 1);
    const faults = new Map(this.#happenings.faults);
    for (const [manner, times] of this.#carrier.manners)
      if (manner !== "confirm") faults.set(`carrier: ${manner}`, times);
    return {
      seed: this.options.seed,
      steps,
      trace: this.#happenings.trace,
      faults,
      simulated_ms: this.#now_ms - start_ms,
      events: this.#witness.nextPos,
      orders,
    };
  }
}
