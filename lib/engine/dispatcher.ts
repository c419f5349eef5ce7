import type { RecordedEvent } from "#lib/domain/events";
import type { DoubtFact } from "#lib/domain/facts";
import type { OrderState } from "#lib/domain/order";
import { isRejection } from "#lib/domain/rejection";
import type { EffectAdapter, EffectAdapters, EffectInput, EffectOutcome } from "#lib/effects/adapter";
import { within } from "#lib/effects/deadline";
import { canonicalize, type Json } from "#lib/log/canonical";
import type { Clock } from "../clock";
import type { Engine } from "./execute";
import { Lane, type LaneStanding } from "./lane";
import { openPersonal, readRecorded, type SealedEvent } from "./seal";
import { systemActor } from "./system-actor";

/**
 * Touches the outside, and only after the attempt is in the log.
 *
 * An attempt this process has appended (with the intent, or by `effect.attempt`) is called here, in its adapter's lane: so
 * many at once, so many a second, and none while the outside does not answer. A call begins only while the attempt's lease outlives the adapter's time-out; one
 * that waited too long is answered as not begun. Whatever comes back is appended as evidence, again and again until the
 * database takes it; if the process dies before, the lease runs out and the attempt is in doubt.
 */
type Call = {
  order: string;
  key: string;
  attempt: number;
  leaseUntil: string;
  effect: string;
  input: EffectInput | null;
};

export type LaneReport = {
  effect: string;
  standing: LaneStanding;
  running: number;
  waiting: number;
  coolsUntil: string | null;
};

const queue_factor = 4;
/** What waits for its turn must begin while its lease still outlives the call. */
const queue_seconds = 5;
const answerAgain_ms = 500;
const answers_max = 20;

type Calls = { lane: Lane; waiting: Call[]; look: NodeJS.Timeout | null };

export class Dispatcher {
  readonly #calls = new Map<string, Calls>();
  readonly #underWay = new Set<Promise<void>>();
  /** Effects of which some wait in the database for their turn. */
  readonly #queued = new Set<string>();
  #stopped = false;

  constructor(
    readonly connected: EffectAdapters,
    readonly clock: Clock,
    readonly engine: () => Engine,
    /** Why nothing may be sent at this moment; null when it may. */
    readonly held: () => string | null = () => null,
  ) {}

  /** What may be called at this moment: while this process is held it has no adapter. */
  get adapters(): EffectAdapters {
    const missing = this.held();
    return missing === null ? this.connected : { byName: new Map(), missing };
  }

  /**
   * For decide: this process goes on with the effect at once while it has room for it. One whose turn it is not (`claimed`
   * says that it is) leaves the room to those that wait.
   */
  attemptNow = (effect: string, claimed: boolean): { lease_ms: number } | null => {
    const adapter = this.adapters.byName.get(effect);
    if (!adapter || this.#stopped || this.room(effect) === 0) return null;
    if (!claimed && this.#queued.has(effect)) return null;
    return { lease_ms: adapter.timeout_ms * 2 + 5_000 };
  };

  /** For decide: without the adapter nobody can say what the outside offers. */
  doubt = (effect: string): DoubtFact => this.connected.byName.get(effect)?.doubt ?? { kind: "neither" };

  answersWithin_ms = (effect: string): number | null =>
    this.connected.byName.get(effect)?.answersWithin_ms ?? null;

  room(effect: string): number {
    const adapter = this.adapters.byName.get(effect);
    if (!adapter || this.#stopped) return 0;
    const { lane, waiting } = this.#of(effect);
    const standing = lane.standing(this.#now_ms());
    if (standing === "cooling") return 0;
    const { concurrency_max, calls_per_second_max = Number.POSITIVE_INFINITY } = adapter;
    const most =
      standing === "trying"
        ? 1
        : Math.min(concurrency_max * queue_factor, Math.ceil(calls_per_second_max * queue_seconds));
    return Math.max(0, most - lane.running - waiting.length);
  }

  /**
   * Says whether effects of this name were left waiting for room; null where nobody could look. Then those decided now go
   * behind them, however much room there is by the time.
   */
  queued(effect: string, more: boolean | null): void {
    if (more) this.#queued.add(effect);
    else if (more === false) this.#queued.delete(effect);
  }

  /**
   * How the calls of each adapter stand that this process has called: what runs, what waits here for its turn, and whether
   * the outside answers. `coolsUntil` is when a lane that cools tries again.
   */
  lanes(): LaneReport[] {
    const now_ms = this.#now_ms();
    return [...this.#calls].map(([effect, { lane, waiting }]) => {
      const standing = lane.standing(now_ms);
      const coolsUntil =
        standing === "cooling" ? new Date(now_ms + lane.nextLook_ms(now_ms)).toISOString() : null;
      return { effect, standing, running: lane.running, waiting: waiting.length, coolsUntil };
    });
  }

  /** Begins what may begin by now. */
  goOn(): void {
    for (const effect of this.#calls.keys()) this.#next(effect);
  }

  committed = (events: readonly SealedEvent[]): void => {
    for (const { recorded, personal } of events) {
      const call = callOf(recorded, personal);
      if (!call) continue;
      const effect = call.effect || this.#effectOf(call);
      if (!this.connected.byName.has(effect)) continue;
      this.#of(effect).waiting.push({ ...call, effect });
      this.#next(effect);
    }
  };

  /** Takes no further work and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { look } of this.#calls.values()) if (look) clearTimeout(look);
    await Promise.allSettled([...this.#underWay]);
  }

  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.race([...this.#underWay]);
  }

  #now_ms(): number {
    return Date.parse(this.clock.now());
  }

  #of(effect: string): Calls {
    const known = this.#calls.get(effect);
    if (known) return known;
    const fresh = {
      lane: new Lane(this.connected.byName.get(effect)!, this.#now_ms()),
      waiting: [],
      look: null,
    };
    this.#calls.set(effect, fresh);
    return fresh;
  }

  #next(effect: string): void {
    const calls = this.#of(effect);
    const adapter = this.connected.byName.get(effect)!;
    const { lane, waiting } = calls;
    while (!this.#stopped && waiting.length > 0 && lane.free(this.#now_ms()) > 0) {
      const call = waiting.shift()!;
      lane.begin(this.#now_ms());
      const done = this.#perform(adapter, call, lane).finally(() => {
        this.#underWay.delete(done);
        this.#next(effect);
      });
      this.#underWay.add(done);
    }
    if (this.#stopped || waiting.length === 0 || lane.running > 0 || calls.look) return;
    calls.look = setTimeout(() => {
      calls.look = null;
      this.#next(effect);
    }, lane.nextLook_ms(this.#now_ms()));
    calls.look.unref();
  }

  /** Asks the outside what became of an attempt in doubt, and appends what it says; nobody waits for it. */
  probe(order: string, key: string, since: number): void {
    // What fails here is due again once its claim has run out.
    const done = this.#probe(order, key, since)
      .catch(() => {})
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  async #probe(order: string, key: string, since: number): Promise<void> {
    const engine = this.engine();
    const held = await engine.streams.acquire(`order/${order}`);
    const effect = (held.current.state as OrderState | null)?.effects[key];
    engine.streams.release(held);
    const adapter = effect && this.adapters.byName.get(effect.effect);
    if (!effect || adapter?.doubt.kind !== "probe" || this.#stopped) return;
    const { probe } = adapter.doubt;
    const found = await this.#input({ order, key }).then(
      (input) => within(adapter.timeout_ms, (deadline) => probe(input, key, deadline)),
      (error) => ({ kind: "unknown", reason: said(error) }) as const,
    );
    await engine.execute(
      { type: "effect.probed", order, key, since, found },
      { actor: systemActor(engine.workspace, "dispatcher"), source: "probe", id: `${key}/${since}` },
    );
  }

  async #perform(adapter: EffectAdapter, call: Call, lane: Lane): Promise<void> {
    const outcome = await this.#call(adapter, call);
    const clearly = clear.includes(outcome.kind) ? "answered" : "unclear";
    lane.end(notBegun.includes(outcome) ? "not begun" : clearly, this.#now_ms());
    const engine = this.engine();
    for (let tries = 1; ; tries++) {
      try {
        const heard = await engine.execute(
          { type: "effect.answer", order: call.order, key: call.key, attempt: call.attempt, answer: outcome },
          {
            actor: systemActor(engine.workspace, "dispatcher"),
            source: "outcome",
            id: `${call.key}/${call.attempt}`,
          },
        );
        if (!isRejection(heard) || heard.code !== "unavailable") return;
      } catch {
        // Not known to be written: said again.
      }
      // The attempt's lease stays in the log: whoever comes next finds it in doubt and asks again under the same key.
      if (tries === answers_max) return;
      await new Promise((resolve) => setTimeout(resolve, answerAgain_ms));
    }
  }

  async #call(adapter: EffectAdapter, call: Call): Promise<EffectOutcome> {
    try {
      const input = call.input ?? (await this.#input(call));
      const left_ms = Date.parse(call.leaseUntil) - Date.parse(this.clock.now());
      if (left_ms < adapter.timeout_ms) return waitedTooLong;
      if (this.held() !== null) return heldBack;
      return await within(adapter.timeout_ms, (deadline) => adapter.perform(input, call.key, deadline));
    } catch (error) {
      return {
        kind: "inDoubt",
        reason: said(error),
      };
    }
  }

  /** What the intent froze, read back: the same bytes for every attempt. */
  async #input(call: { order: string; key: string }): Promise<EffectInput> {
    const { streams, workspace } = this.engine();
    const stream = `order/${call.order}`;
    const held = await streams.acquire(stream);
    try {
      const { intendedIn } = (held.current.state as OrderState).effects[call.key]!;
      const [row] = await streams.database.$queryRawUnsafe<{ body: string }[]>(
        `SELECT convert_from(body, 'UTF8') AS body FROM event WHERE workspace = $1 AND stream = $2 AND version = $3`,
        workspace,
        stream,
        intendedIn,
      );
      const event = readRecorded(row!.body, "");
      if (event.type !== "effectIntended") throw new Error(`${stream}@${intendedIn} is not an intent`);
      const envelope = event.data.personal?.[0];
      const personal = envelope
        ? openPersonal(workspace, stream, { type: event.type, envelope }, held.keys)
        : {};
      return { ...event.data.input, ...personal };
    } finally {
      streams.release(held);
    }
  }

  #effectOf({ order, key }: Call): string {
    const state = this.engine().streams.peek(`order/${order}`)?.current.state as
      | OrderState
      | null
      | undefined;
    return state?.effects[key]?.effect ?? "";
  }
}

const clear: EffectOutcome["kind"][] = ["confirmed", "pending", "rejected"];

const waitedTooLong: EffectOutcome = {
  kind: "retryable",
  reason: "The attempt waited too long and was not begun.",
};

/** The attempt was in the log already when this process was held. */
const heldBack: EffectOutcome = {
  kind: "retryable",
  reason: "Nothing is sent from here at the moment, so the attempt was not begun.",
};

const notBegun: EffectOutcome[] = [waitedTooLong, heldBack];

function said(error: unknown): string {
  return `The adapter failed: ${error instanceof Error ? error.message : error}`;
}

function callOf(event: RecordedEvent, personal: SealedEvent["personal"]): Call | null {
  if (event.type !== "effectIntended" && event.type !== "effectAttempted") return null;
  const { key, attempt } = event.data;
  if (!attempt) return null;
  return {
    order: event.stream.slice("order/".length),
    key,
    attempt: attempt.number,
    leaseUntil: attempt.leaseUntil,
    effect: event.type === "effectIntended" ? event.data.effect : "",
    input:
      event.type === "effectIntended" ? { ...asRead(event.data.input), ...asRead(personal ?? {}) } : null,
  };
}

/** With its members in the order in which the log gives them back, so that a later attempt sends the very same bytes. */
function asRead(members: { [member: string]: Json | undefined }): EffectInput {
  return JSON.parse(canonicalize(members));
}
