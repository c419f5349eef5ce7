import { verifyWorkspace } from "#lib/audit/verify";
import type { AuthorizedActor } from "#lib/domain/authority";
import type { Command, CommandOf } from "#lib/domain/commands";
import { isRejection, type Rejection } from "#lib/domain/rejection";
import { workflows } from "#lib/domain/workflows/registry";
import { answerEffect } from "#lib/engine/callbacks";
import type { Accepted } from "#lib/engine/job";
import { rebuildProjections } from "#lib/engine/rebuild";
import { openRuntime, type Runtime } from "#lib/engine/runtime";
import { systemActor } from "#lib/engine/system-actor";
import { type WorkspaceKeys, workspaceKeys } from "#lib/log/keys";
import type { ProxyFault } from "../testing/fault-proxy";
import { type CarrierPromise, simulatedAdapters } from "./adapter";
import { branching } from "./branching";
import { type Asked, somethingAsked } from "./clients";
import { Gate, type Life, type QueryKind, type UnheardAnswer, type WaitingQuery } from "./gate";
import { Ledger, type Told } from "./ledger";
import { checkOutside, explainOrders, finisher, whatIsLeft } from "./outcome";
import { cast, principal, shop } from "./people";
import { type Callback, Carrier } from "./provider";
import { Random } from "./random";
import type { Stage, Way } from "./stage";
import { VirtualTimers } from "./timers";
import { demand, Violation } from "./violation";
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
  /** A carrier of another character than it promises, to see that somebody notices. */
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

type Process = Life & { way: Way; skew_ms: number; runtime: Runtime; refusing_moves: number };

const start_ms = Date.parse("2026-03-02T09:00:00.000Z");
const minute_ms = 60_000;
const moves_max = 20_000;
const rounds_max = 400;
/** Connections are cut where it matters: a cut in the middle of an append says more than one in a read, and costs as much. */
const fragility = { append: 1.5, "look up": 0.7, claim: 0.15, read: 0.15 };
/** How far a process's clock is off at most; what an adapter promises of keys must allow for two of them. */
const skew_ms_max = 10 * minute_ms;

export class Simulation {
  readonly trace: string[] = [];
  readonly faults = new Map<string, number>();
  readonly #workspace: string;
  readonly #keys: WorkspaceKeys;
  readonly #random: Random;
  readonly #salts: Random;
  readonly #gate: Gate;
  readonly #carrier: Carrier;
  readonly #witness: Witness;
  readonly #ledger = new Ledger();
  readonly #timers = new VirtualTimers();
  readonly #promise: CarrierPromise;
  readonly #trouble: number;
  readonly #orders_max: number;
  readonly #asks: { asked: Asked; source: string; id: string; told: Told }[] = [];
  readonly #received: CommandOf<"order.receive">[] = [];
  #processes: Process[] = [];
  #open = new Set<{ life: Life; abandoned(): void }>();
  #now_ms = start_ms;
  #step = 0;
  #calm = true;
  #lives = 0;
  #clients = 0;
  #broken: unknown = null;

  constructor(
    readonly stage: Stage,
    readonly options: SimulationOptions,
  ) {
    const { seed, carrierForgets } = options;
    this.#workspace = `seed-${seed}`;
    const keys = new Random(seed, "keys");
    this.#keys = workspaceKeys(this.#workspace, {
      workspaceKey: keys.bytes(32),
      identityKey: keys.bytes(32),
    });
    this.#random = new Random(seed, "steps");
    this.#salts = new Random(seed, "salts");
    this.#gate = new Gate(new Random(seed, "rows"));
    this.#witness = new Witness(stage.log, this.#workspace);
    const character = new Random(seed, "character");
    const keyRetention_ms = character.pick([2, 24, 24 * 365]) * 60 * minute_ms;
    const kind = character.weighted({ honoursKey: 6, probe: 2, neither: 2 });
    this.#promise = kind === "honoursKey" ? { kind, keyRetention_ms } : { kind };
    this.#trouble = character.pick([0, 0.02, 0.05, 0.12]);
    this.#orders_max = character.between(2, 7);
    this.#carrier = new Carrier(
      new Random(seed, "carrier"),
      {
        remembersKeys: kind === "honoursKey" && !carrierForgets,
        memory_ms: keyRetention_ms + 3 * skew_ms_max,
        trouble: character.pick([0, 0.4, 0.7, 0.95]),
      },
      () => this.#now_ms,
    );
  }

  async run(): Promise<Outcome> {
    this.#timers.install();
    try {
      await this.#begin();
      const steps = this.options.steps ?? this.#random.between(28, 44);
      this.#calm = false;
      for (let step = 1; step <= steps; step++) {
        this.#step = step;
        await this.#somethingHappens();
      }
      this.#step++;
      await this.#end();
      const orders = new Map<string, number>();
      for (const { status } of this.#witness.orders.values())
        orders.set(status, (orders.get(status) ?? 0) + 1);
      return {
        seed: this.options.seed,
        steps,
        trace: this.trace,
        faults: this.#allFaults(),
        simulated_ms: this.#now_ms - start_ms,
        events: this.#witness.nextPos,
        orders,
      };
    } catch (error) {
      throw new FailedSeed(this.options.seed, this.#step, this.trace, error);
    } finally {
      for (const life of this.#processes) this.#kill(life);
      for (const { proxy } of this.stage.ways) proxy.refuse(false);
      this.#timers.uninstall();
    }
  }

  async #begin(): Promise<void> {
    await this.stage.owner.query(
      "INSERT INTO workspace_head (workspace, clock_tolerance_ms) VALUES ($1, NULL)",
      [this.#workspace],
    );
    for (const way of this.stage.ways) this.#openProcess(way);
    await this.#settle();
    const operator = systemActor(this.#workspace, "operator");
    for (const [person, roles] of Object.entries(cast))
      this.#ask(this.#processes[0]!, operator, "people", person, {
        type: "person.add",
        person,
        name: person,
        email: `${person}@example.org`,
        roles: [...roles],
      });
    await this.#settle();
    this.#ask(this.#processes[0]!, operator, "people", shop, {
      type: "apiKey.create",
      person: "rita",
      apiKey: shop,
    });
    await this.#settle();
    await this.#observe();
    for (const { what, accepted } of this.#ledger.told.values())
      demand(accepted.length === 1, () => `${what} was not accepted when the workspace was made`);
  }

  // ------------------------------------------------------------------ steps

  async #somethingHappens(): Promise<void> {
    const random = this.#random;
    const atOnce = random.weighted({ 1: 60, 2: 25, 3: 15 });
    for (let n = 0; n < Number(atOnce); n++) await this.#launch();
    await this.#settle();
    await this.#observe();
  }

  async #launch(): Promise<void> {
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
        return this.#clientAsks();
      case "crowd":
        this.#fired("many ask at once");
        for (let n = random.between(4, 9); n > 0; n--) this.#clientAsks();
        return;
      case "again":
        return this.#clientAsksAgain();
      case "tick":
        for (const process of random.chance(0.25) ? this.#processes : [random.pick(this.#processes)])
          this.#tick(process);
        return;
      case "time":
        this.#pass(
          random.weighted({ seconds: 5, minutes: 5, hours: 3, days: 1 }) as
            | "seconds"
            | "minutes"
            | "hours"
            | "days",
        );
        return;
      case "callback":
        return this.#callBack(random.pick(this.#carrier.callbacks), random.chance(0.25) ? 2 : 1);
      case "late": {
        const answer = random.pick(this.#carrier.late);
        this.#carrier.late = this.#carrier.late.filter((other) => other !== answer);
        this.#note(`the answer for ${answer.key} arrives late`);
        answer.arrive();
        return;
      }
      case "clock": {
        const process = random.pick(this.#processes);
        const skew_ms = random.pick([0, 1_000, -1_000, skew_ms_max, -skew_ms_max]);
        this.#fired(skew_ms < process.skew_ms ? "clock jumps back" : "clock jumps forward");
        process.skew_ms = skew_ms;
        this.#note(`the clock of ${process.name} is off by ${skew_ms} ms`);
        return;
      }
      case "crash":
        return this.#crash(random.pick(this.#processes));
      case "restart":
        return this.#restart(random.pick(this.#processes));
      case "outage": {
        const process = random.pick(this.#processes);
        process.refusing_moves = random.between(4, 40);
        process.way.proxy.refuse(true);
        this.#fired("database away");
        this.#note(`the database is away for ${process.name}`);
        return;
      }
      case "rebuild":
        this.#note("the opinions are rebuilt");
        this.#fired("rebuild under way");
        await rebuildProjections({ ownerUrl: this.stage.databaseOwnerUrl, workspace: this.#workspace });
        return;
    }
  }

  #clientAsks(): void {
    const asked = somethingAsked(this.#random, {
      orders: [...this.#witness.orders.values()],
      earlier: (order) => this.#witness.earlier(order),
      received: this.#received,
      orders_max: this.#orders_max,
    });
    if (asked.command.type === "order.receive") {
      const { source, businessKey } = asked.command;
      if (!this.#received.some((other) => other.source === source && other.businessKey === businessKey))
        this.#received.push(asked.command);
    }
    const id = `ask-${++this.#clients}`;
    const told = this.#askAs(asked, "client", id, false);
    this.#asks.push({ asked, source: "client", id, told });
  }

  /** A client who heard nothing asks again; one who heard something does so too, or sends something else by mistake. */
  #clientAsksAgain(): void {
    if (this.#asks.length === 0) return;
    const unanswered = this.#asks.filter(({ told }) => told.unanswered > 0 && told.accepted.length === 0);
    const again = this.#random.pick(
      unanswered.length > 0 && this.#random.chance(0.6) ? unanswered : this.#asks,
    );
    const other = this.#random.chance(0.3);
    const asked: Asked = other ? this.#random.pick(this.#asks).asked : again.asked;
    this.#fired(other ? "another content under the same id" : "the same command again");
    this.#askAs(asked, again.source, again.id, JSON.stringify(asked) !== JSON.stringify(again.asked));
  }

  #askAs({ who, command }: Asked, source: string, id: string, differs: boolean): Told {
    const process = this.#random.pick(this.#processes);
    this.#note(`${who} asks ${process.name} for ${command.type} as ${id}: ${JSON.stringify(command)}`);
    return this.#ask(process, principal(this.#workspace, who), source, id, command, differs);
  }

  #ask(
    process: Process,
    actor: AuthorizedActor,
    source: string,
    id: string,
    command: Command,
    differs = false,
  ): Told {
    const told = this.#ledger.asked(source, id, command.type);
    this.#await(
      process,
      process.runtime.engine.execute(command, { actor, source, id }),
      (answer) => {
        this.#note(`${id} is answered ${spoken(answer)}`);
        this.#ledger.answered(told, answer, differs);
      },
      (why) => {
        this.#note(`${id} is not answered: ${why}`);
        told.unanswered++;
      },
    );
    return told;
  }

  #tick(process: Process): void {
    this.#note(`${process.name} ticks`);
    this.#await(
      process,
      process.runtime.tick(),
      ({ settled, escalated, attempted, expired }) =>
        this.#note(`${process.name} ticked: ${settled}, ${escalated}, ${attempted}, ${expired}`),
      (why) => this.#note(`${process.name} could not tick: ${why}`),
    );
  }

  #pass(unit: "seconds" | "minutes" | "hours" | "days"): void {
    const most = {
      seconds: 20_000,
      minutes: 30 * minute_ms,
      hours: 6 * 60 * minute_ms,
      days: 3 * 24 * 60 * minute_ms,
    };
    const passed_ms = this.#random.between(1, most[unit]);
    this.#now_ms += passed_ms;
    this.#note(`${passed_ms} ms pass`);
  }

  /** The carrier says something by itself, `times` over, to whichever process its message reaches. */
  #callBack(waiting: Callback, times: number): void {
    const callback = this.#carrier.take(waiting);
    if (this.#carrier.callbacks[0] !== callback) this.#fired("callback out of order");
    if (times > 1) this.#fired("callback doubled");
    for (let n = 0; n < times; n++) {
      const process = this.#random.pick(this.#processes);
      const { messageId, key, outcome, occurredAt } = callback;
      this.#note(`${messageId} for ${key} reaches ${process.name}: ${outcome.kind}`);
      const told = this.#ledger.asked("callback", messageId, "effect.answer");
      this.#await(
        process,
        answerEffect(process.runtime.engine, { effectKey: key, outcome, messageId, occurredAt }),
        (answer) => {
          this.#note(`${messageId} is answered ${spoken(answer)}`);
          this.#ledger.answered(told, answer, false);
          if (isRejection(answer) && ["unavailable", "inProgress"].includes(answer.code)) return;
          // It is sent once more, late, in some cases: nobody remembers having been heard.
          if (this.#calm || this.#random.chance(0.8)) this.#carrier.taken(callback);
        },
        (why) => {
          this.#note(`${messageId} is not answered: ${why}`);
          told.unanswered++;
        },
      );
    }
  }

  // -------------------------------------------------------------- processes

  #openProcess(way: Way): void {
    const life = { name: `${way.name}${++this.#lives}`, alive: true };
    const process: Process = Object.assign(life, {
      way,
      skew_ms: 0,
      refusing_moves: 0,
      runtime: null as never,
    });
    const adapters = simulatedAdapters(this.#carrier, life, this.#promise);
    process.runtime = openRuntime({
      database: this.#gate.database(way.database, life),
      keys: this.#keys,
      clock: { now: () => new Date(this.#now_ms + process.skew_ms).toISOString() },
      adapters: { byName: new Map(adapters.map((adapter) => [adapter.name, adapter])), missing: "not here" },
      definitions: [...workflows, branching],
      randomBytes: (count) => this.#salts.bytes(count),
    });
    const at = this.#processes.findIndex((other) => other.way === way);
    if (at >= 0) this.#processes[at] = process;
    else this.#processes.push(process);
    // The workspace is published once; a process that starts later finds that out, at the price of many queries.
    if (this.#lives > 1 && !this.#random.chance(0.1)) return;
    this.#await(
      process,
      process.runtime.publish(),
      () => this.#note(`${process.name} has started`),
      (why) => this.#note(`${process.name} could not publish: ${why}`),
    );
  }

  /** Dropped in the middle of whatever it was doing; another process takes its place. */
  #crash(process: Process): void {
    this.#fired(
      this.#gate.unheard.some(({ life }) => life === process)
        ? "crash between commit and answer"
        : this.#gate.waiting.some(({ life }) => life === process)
          ? "crash before a query"
          : "crash",
    );
    this.#note(`${process.name} dies`);
    this.#kill(process);
    this.#openProcess(process.way);
  }

  #kill(process: Process): void {
    process.alive = false;
    this.#gate.forget(process);
    process.way.proxy.refuse(false);
    for (const task of [...this.#open])
      if (task.life === process) {
        this.#open.delete(task);
        task.abandoned();
      }
  }

  /** Stopped as a deploy stops it; what the outside has not answered it waits for, so those answers come first. */
  async #restart(process: Process): Promise<void> {
    this.#note(`${process.name} is stopped`);
    await this.#settle();
    if (!process.alive) return;
    for (const answer of this.#carrier.late.splice(0)) answer.arrive();
    this.#await(
      process,
      process.runtime.stop(),
      () => this.#note(`${process.name} has stopped`),
      (why) => this.#note(`${process.name} did not stop: ${why}`),
    );
    await this.#settle();
    if (!process.alive) return;
    this.#kill(process);
    this.#openProcess(process.way);
  }

  #await<Answer>(
    life: Life,
    promise: Promise<Answer>,
    answered: (answer: Answer) => void,
    unanswered: (why: string) => void,
  ): void {
    const task = { life, abandoned: () => unanswered("its process died") };
    this.#open.add(task);
    const once = (then: () => void) => {
      if (!this.#open.delete(task)) return;
      try {
        then();
      } catch (error) {
        this.#broken ??= error;
      }
    };
    promise.then(
      (answer) => once(() => answered(answer)),
      (error) => once(() => unanswered(reasonOf(error))),
    );
  }

  // --------------------------------------------------------------- settling

  /** Lets queries through in the seed's order until nobody asks anything any more. */
  async #settle(): Promise<void> {
    for (let moves = 0; ; moves++) {
      await this.#quiet();
      if (this.#broken) throw this.#broken;
      demand(moves < moves_max, () => "the processes keep asking the database and never come to an end");
      const { waiting, unheard } = this.#gate;
      if (waiting.length + unheard.length === 0) {
        const waited_ms = this.#timers.endNext();
        if (waited_ms === null) break;
        this.#now_ms += waited_ms;
        continue;
      }
      if (this.#maybeCrash()) continue;
      await this.#move(this.#nextMove(waiting, unheard));
    }
    for (const process of this.#processes) this.#databaseIsBack(process);
    demand(
      [...this.#open].every(({ life }) => !life.alive),
      () => "somebody waits for an answer and nothing is under way that could give it",
    );
  }

  /** Until everything that runs without the database has run: turns of the loop in which nobody asks anything new. */
  async #quiet(): Promise<void> {
    for (let turns = 0; turns < 4; turns++) {
      const before = this.#gate.issued;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#gate.issued !== before) turns = -1;
    }
  }

  #nextMove(waiting: WaitingQuery[], unheard: UnheardAnswer[]): WaitingQuery | UnheardAnswer {
    // An answer that is delayed mostly waits until the others have nothing left to ask.
    if (waiting.length === 0 || (unheard.length > 0 && this.#random.chance(0.1)))
      return this.#random.pick(unheard);
    return this.#random.pick(waiting);
  }

  async #move(move: WaitingQuery | UnheardAnswer): Promise<void> {
    const named = `${move.life.name}#${move.number} ${move.kind}`;
    if ("deliver" in move) {
      this.#note(`${named} is heard of`);
      await move.deliver();
      return;
    }
    const process = this.#processes.find((each) => each === move.life)!;
    const { proxy } = process.way;
    if (process.refusing_moves > 0 && --process.refusing_moves === 0) this.#databaseIsBack(process);
    const away = process.refusing_moves > 0;
    const fault = this.#calm || away ? null : this.#faultFor(move.kind);
    if (fault) this.#fired(`${fault} ${move.kind}`);
    if (away) this.#fired("refused connection");
    this.#note(`${named}${fault ? ` ${fault}` : ""}${away ? " refused" : ""}`);
    await this.#gate.let(move, proxy, fault);
  }

  #faultFor(kind: QueryKind): ProxyFault | null {
    if (this.#random.chance(this.#trouble * fragility[kind]))
      return this.#random.chance(kind === "append" ? 0.7 : 0.3) ? "cutAfterAnswer" : "cutBeforeSending";
    return this.#random.chance(this.#trouble) ? "delayAnswer" : null;
  }

  #databaseIsBack(process: Process): void {
    process.refusing_moves = 0;
    process.way.proxy.refuse(false);
  }

  #maybeCrash(): boolean {
    if (this.#calm) return false;
    const [unheard] = this.#gate.unheard;
    const unknowing = this.#processes.find((process) => process === unheard?.life);
    if (!this.#random.chance(unknowing ? 0.03 : this.#trouble / 10)) return false;
    this.#crash(unknowing ?? this.#random.pick(this.#processes));
    return true;
  }

  // -------------------------------------------------------------- observing

  async #observe(): Promise<void> {
    for (const event of await this.#witness.read()) {
      const { type, stream, version, data } = event;
      this.#note(`event ${stream}@${version} ${type} ${JSON.stringify(data)}`);
      if (event.type === "effectConfirmed") {
        const { key, receipt } = event.data;
        const work = this.#carrier.work.get(key);
        demand(
          work?.references.includes(receipt.reference) === true,
          () => `${stream}@${version} holds the receipt ${receipt.reference}, and the carrier never gave it`,
        );
      }
    }
    for (const { key, effect, order, times } of this.#carrier.work.values())
      demand(
        times === 1,
        () => `the carrier did ${effect} of order ${order} ${times} times under the key ${key}`,
      );
  }

  /** The faults stop; what is due is done; people finish; everything is compared. */
  async #end(): Promise<void> {
    this.#calm = true;
    this.#carrier.calm = true;
    for (const process of this.#processes) {
      process.skew_ms = 0;
      this.#databaseIsBack(process);
    }
    this.#note("the faults stop");
    await this.#untilNothingIsDue();
    explainOrders(this.#witness.orders.values(), this.#carrier);
    await this.#peopleFinish();
    for (const process of this.#processes)
      this.#await(
        process,
        process.runtime.stop(),
        () => {},
        (why) => {
          throw new Violation(`${process.name} could not stop: ${why}`);
        },
      );
    await this.#settle();
    await this.#observe();
    explainOrders(this.#witness.orders.values(), this.#carrier);
    checkOutside(this.#witness.orders.values(), this.#carrier);
    this.#ledger.check(this.#witness);
    const { findings, findingsTotal } = await verifyWorkspace({
      databaseUrl: this.stage.databaseUrl,
      workspace: this.#workspace,
    });
    demand(
      findingsTotal === 0,
      () => `verify finds ${findingsTotal}: ${JSON.stringify(findings.slice(0, 3))}`,
    );
  }

  async #untilNothingIsDue(): Promise<void> {
    for (let round = 0; ; round++) {
      demand(round < rounds_max, () => "something is due again and again, and it never ends");
      for (const answer of this.#carrier.late.splice(0)) answer.arrive();
      for (const callback of [...this.#carrier.callbacks]) this.#callBack(callback, 1);
      await this.#settle();
      await this.#observe();
      const { rows } = await this.stage.log.query<{ due: Date | null }>(
        `SELECT min(greatest(due_at, claimed_until)) AS due FROM timer WHERE workspace = $1
         AND generation = (SELECT generation FROM workspace_head WHERE workspace = $1)`,
        [this.#workspace],
      );
      const due = rows[0]?.due ?? null;
      if (due) {
        this.#now_ms = Math.max(this.#now_ms, due.getTime() + 1);
        this.#tick(this.#processes[round % 2]!);
      } else if (this.#carrier.late.length + this.#carrier.callbacks.length === 0) return;
    }
  }

  /** Those with every right do what waits for a person, until no order waits for anybody. */
  async #peopleFinish(): Promise<void> {
    const operator = systemActor(this.#workspace, "operator");
    let asked = 0;
    const ask = (actor: AuthorizedActor, command: Command) =>
      this.#ask(this.#processes[asked % 2]!, actor, "finish", `finish-${++asked}`, command);
    for (let round = 0; round < 12; round++) {
      const left = [...this.#witness.orders.values()].flatMap(whatIsLeft);
      if (left.length === 0) return;
      if (round === 0)
        ask(operator, {
          type: "person.add",
          person: finisher,
          name: finisher,
          email: `${finisher}@example.org`,
          roles: ["reviewer", "supervisor"],
        });
      // Whoever asked for an order may have lost the right to amend it.
      for (const person of new Set(left.map(({ who }) => who).filter((who) => who !== finisher))) {
        ask(operator, { type: "person.enable", person });
        ask(operator, { type: "person.grant", person, role: "requester" });
      }
      await this.#settle();
      for (const { who, command } of left) ask(principal(this.#workspace, who), command);
      await this.#settle();
      await this.#untilNothingIsDue();
    }
    throw new Violation("people did all they could and orders still wait for them");
  }

  #allFaults(): Map<string, number> {
    const all = new Map(this.faults);
    for (const [manner, times] of this.#carrier.manners)
      if (manner !== "confirm") all.set(`carrier: ${manner}`, times);
    return all;
  }

  #fired(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    this.trace.push(`${this.#step} fault ${fault}`);
  }

  #note(line: string): void {
    this.trace.push(`${this.#step} ${line}`);
  }
}

function spoken(answer: Accepted | Rejection): string {
  if (isRejection(answer)) return `${answer.code}: ${answer.message}`;
  const { stream, firstVersion, count, repeated } = answer;
  return `${stream}@${firstVersion} +${count}${repeated ? " again" : ""}`;
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split("\n").at(-1) ?? "";
}
