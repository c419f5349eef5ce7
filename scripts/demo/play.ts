import type { AuthContext } from "#lib/auth/context";
import { givePassword } from "#lib/auth/credential";
import { beginSession, endSessionsOf, sessionActor } from "#lib/auth/live-session";
import type { Database } from "#lib/db";
import type { AuthorizedActor } from "#lib/domain/authority";
import type { Command } from "#lib/domain/commands";
import { evidenceOf, type OrderState } from "#lib/domain/order";
import { isRejection } from "#lib/domain/rejection";
import { workflows } from "#lib/domain/workflows/registry";
import { answerEffect } from "#lib/engine/callbacks";
import { openRuntime, type Runtime } from "#lib/engine/runtime";
import { systemActor } from "#lib/engine/system-actor";
import type { WorkspaceKeys } from "#lib/log/keys";
import type { ReceiveOrder } from "../import/orders";
import { type PlayedClock, playedAdapters, signerOf, travel_ms } from "./carrier";
import { demoOrders } from "./orders";
import {
  carrierLeaves_minutes,
  type Deed,
  demoPassword,
  emailOf,
  length_minutes,
  people,
  type Scene,
  story,
  undeliverable,
} from "./story";

/**
 * Plays the story through the write path: the same commands, sign-ins, clocks and timers as in real life, under a clock
 * that is set from one moment at which something happens to the next. Nothing is written around the engine.
 *
 * Every deed has its own command id, and the clock starts where the log starts: a play that was cut off is played to its
 * end the next time. Throws when the engine refuses what the story says.
 */
export type Stage = {
  database: Database;
  keys: WorkspaceKeys;
  /** The real time, an instant: where the play ends. */
  now: string;
  /** Stops between two deeds. */
  signal?: AbortSignal;
};

type Act = { id: string; at_ms: number; perform(): Promise<void> };

const minute_ms = 60_000;
/** The last deed comes a little before the real time, so that nothing is recorded in the future. */
const margin_ms = 15_000;

export async function play(stage: Stage): Promise<{ acts: number }> {
  const { database, keys } = stage;
  const end_ms = Date.parse(stage.now) - margin_ms;
  const clock = setClock((await firstInstant_ms(stage)) ?? end_ms - length_minutes * minute_ms);
  const adapters = new Map(playedAdapters(clock, undeliverable).map((adapter) => [adapter.name, adapter]));
  const runtime = openRuntime({
    database,
    keys,
    clock,
    adapters: { byName: adapters, missing: "The played carrier has gone." },
    definitions: workflows,
  });
  const theatre = new Theatre(runtime, { database, keys, clock }, await knownIds(stage));
  try {
    const begun_ms = Date.parse(clock.now());
    await runtime.publish();
    await theatre.hire();
    const acts = [
      ...theatre.acts(await demoOrders(), begun_ms),
      {
        id: "carrier leaves",
        at_ms: begun_ms + (length_minutes - carrierLeaves_minutes) * minute_ms,
        perform: async () => adapters.clear(),
      },
    ].sort((a, b) => a.at_ms - b.at_ms);
    for (const act of acts) {
      if (stage.signal?.aborted) break;
      await theatre.until(act.at_ms);
      await act.perform();
      await runtime.dispatcher.idle();
    }
    if (!stage.signal?.aborted) await theatre.until(end_ms);
    await theatre.close();
    return { acts: acts.length };
  } finally {
    await runtime.stop();
  }
}

class Theatre {
  readonly #sessions = new Map<string, string>();

  constructor(
    readonly runtime: Runtime,
    readonly context: AuthContext & { clock: ReturnType<typeof setClock> },
    readonly known: ReadonlySet<string>,
  ) {}

  /** Adds the people and gives them their password. */
  async hire(): Promise<void> {
    const operator = systemActor(this.runtime.engine.workspace, "operator");
    for (const { id, name, roles } of people)
      await this.#ask(operator, `person/${id}`, {
        type: "person.add",
        person: id,
        name,
        email: emailOf(id),
        roles: [...roles],
      });
    await Promise.all(people.map(({ id }) => givePassword(this.context, id, demoPassword)));
  }

  acts(orders: ReadonlyMap<string, ReceiveOrder>, begun_ms: number): Act[] {
    return story.flatMap((scene) => {
      const command = orders.get(scene.order);
      if (!command) throw new Error(`The demo's order ${scene.order} is not in e2e/data.`);
      const at_ms = begun_ms + (length_minutes - scene.received) * minute_ms;
      const order = this.runtime.engine.orderId(command.source, command.businessKey);
      const received: ReceiveOrder = {
        ...command,
        requestedBy: scene.requestedBy ?? "rita",
        orderedOn: new Date(at_ms).toISOString().slice(0, 10),
      };
      return [
        { id: `receive/${scene.order}`, at_ms, perform: () => this.#receive(scene, received) },
        ...scene.deeds.map((deed, n) => ({
          id: `${scene.order}/${n}`,
          at_ms: at_ms + Math.round(deed.after_minutes * minute_ms),
          perform: () => this.#do(`${scene.order}/${n}`, order, deed, received),
        })),
      ];
    });
  }

  /** Lets time pass: whatever becomes due on the way is done at its own moment. */
  async until(instant_ms: number): Promise<void> {
    const { clock } = this.context;
    for (;;) {
      const due = await this.#nextDue();
      if (!due || due.at_ms > instant_ms) break;
      clock.reach(due.at_ms);
      if (due.parcel) await this.#deliver(due.parcel);
      else await this.runtime.tick();
      await this.runtime.dispatcher.idle();
    }
    clock.reach(instant_ms);
  }

  /** Everybody signs out. */
  async close(): Promise<void> {
    for (const person of this.#sessions.keys()) await endSessionsOf(this.context, person);
  }

  async #receive(scene: Scene, command: ReceiveOrder): Promise<void> {
    const importing = systemActor(this.runtime.engine.workspace, "import");
    const actor = scene.requestedBy ? await this.#signedIn(scene.requestedBy) : importing;
    await this.#ask(actor, `receive/${scene.order}`, command);
  }

  async #do(id: string, order: string, deed: Deed, received: ReceiveOrder): Promise<void> {
    const actor = await this.#signedIn(deed.by);
    const state = await this.#state(order);
    const task = Object.values(state.tasks)[0];
    const at = { order, step: task?.step ?? "", visit: task?.visit ?? 1 };
    switch (deed.verb) {
      case "decide": {
        const { verdict, note } = deed;
        const evidence = evidenceOf(state, at.step);
        const mayNot = task?.excluded.includes(deed.by) ?? false;
        await this.#ask(
          actor,
          id,
          { type: "task.decide", ...at, verdict, note, evidence, undo_ms: 8_000 },
          mayNot,
        );
        return;
      }
      case "withdraw":
        return this.#ask(actor, id, { type: "task.withdraw", ...at });
      case "claim":
        return this.#ask(actor, id, { type: "task.claim", ...at });
      case "amend": {
        const { total, customer, country, orderedOn, lines } = received;
        const content = { total, customer, country, orderedOn, lines, note: deed.note };
        return this.#ask(actor, id, { type: "order.amend", order, ...content });
      }
      case "cancel":
        return this.#ask(actor, id, { type: "order.cancel", order, reason: deed.reason });
    }
  }

  /** Only what the story lets be refused may be; anything else is a story that does not hold. */
  async #ask(actor: AuthorizedActor, id: string, command: Command, mayBeRefused = false): Promise<void> {
    if (this.known.has(id)) return;
    const result = await this.runtime.engine.execute(command, { actor, source: "demo", id });
    if (isRejection(result) !== mayBeRefused)
      throw new Error(
        `The demo does not hold at ${id}: ${isRejection(result) ? result.message : "it was not refused"}`,
      );
  }

  async #deliver({ key, order }: { key: string; order: string }): Promise<void> {
    const state = await this.#state(order);
    const dispatch = Object.values(state.effects).find(({ effect }) => effect === "carrier.dispatch");
    const now = this.context.clock.now();
    const answered = await answerEffect(this.runtime.engine, {
      effectKey: key,
      messageId: `demo-${key}`,
      occurredAt: now,
      outcome: {
        kind: "confirmed",
        receipt: { reference: dispatch?.receipt?.reference ?? "", deliveredAt: now },
      },
      personal: { receivedBy: signerOf(key) },
    });
    if (isRejection(answered)) throw new Error(`The demo could not deliver ${order}: ${answered.message}`);
  }

  async #nextDue(): Promise<{ at_ms: number; parcel: { key: string; order: string } | null } | null> {
    const { database, keys } = this.context;
    const rows = await database.$queryRawUnsafe<
      { kind: "timer" | "parcel"; key: string; order_id: string; since: Date }[]
    >(
      `SELECT 'timer' AS kind, timer_id AS key, order_id, due_at AS since FROM timer
       WHERE workspace = $1 AND generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
       UNION ALL
       SELECT 'timer', effect_key, order_id, due_at FROM effect
       WHERE workspace = $1 AND generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
         AND due_at IS NOT NULL AND due_kind <> 'attempt'
       UNION ALL
       SELECT 'parcel', effect_key, order_id, changed_at FROM effect
       WHERE workspace = $1 AND generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
         AND state = 'PENDING'`,
      keys.workspace,
    );
    const due = rows
      .map(({ kind, key, order_id, since }) => ({
        at_ms: since.getTime() + (kind === "parcel" ? travel_ms(key) : 0),
        parcel: kind === "parcel" ? { key, order: order_id } : null,
      }))
      .sort((a, b) => a.at_ms - b.at_ms);
    return due[0] ?? null;
  }

  async #state(order: string): Promise<OrderState> {
    const { streams } = this.runtime.engine;
    const held = await streams.acquire(`order/${order}`);
    streams.release(held);
    return held.current.state as OrderState;
  }

  async #signedIn(person: string): Promise<AuthorizedActor> {
    const session = this.#sessions.get(person);
    const actor = session && (await sessionActor(this.context, session));
    if (actor) return actor;
    const fresh = await beginSession(this.context, person);
    this.#sessions.set(person, fresh);
    return (await sessionActor(this.context, fresh))!;
  }
}

/** A clock that only goes forward. */
function setClock(start_ms: number): PlayedClock & { reach(instant_ms: number): void } {
  let now_ms = start_ms;
  return {
    now: () => new Date(now_ms).toISOString(),
    advance_ms: (by_ms) => {
      now_ms += by_ms;
    },
    reach: (instant_ms) => {
      now_ms = Math.max(now_ms, instant_ms);
    },
  };
}

async function firstInstant_ms({ database, keys }: Stage): Promise<number | null> {
  const [first] = await database.$queryRawUnsafe<{ recorded_at: Date }[]>(
    "SELECT recorded_at FROM event WHERE workspace = $1 AND pos = 0",
    keys.workspace,
  );
  return first?.recorded_at.getTime() ?? null;
}

async function knownIds({ database, keys }: Stage): Promise<Set<string>> {
  const rows = await database.$queryRawUnsafe<{ id: string }[]>(
    "SELECT id FROM command WHERE workspace = $1 AND source = 'demo'",
    keys.workspace,
  );
  return new Set(rows.map(({ id }) => id));
}
