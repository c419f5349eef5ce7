import { createHash } from "node:crypto";
import type pg from "pg";
import type { RecordedEvent } from "#lib/domain/events";
import type { OrderState } from "#lib/domain/order";
import { type AggregateState, aggregateOf } from "#lib/engine/aggregates";
import { readRecorded } from "#lib/engine/seal";
import { Rights } from "./rights";
import { demand } from "./violation";

/**
 * Reads the log as it grows, past the engine and the faulty connection, and holds every event against what the log
 * promises: no gap, no fork, the right hashes, one rung per visit, nobody acting without the right to.
 */
type Row = { pos: string; stream: string; version: number; body: Buffer; leaf: string };

export class Witness {
  readonly orders = new Map<string, OrderState>();
  /** Orders that somebody's attention was ever asked for. */
  readonly attended = new Set<string>();
  readonly #before = new Map<string, OrderState>();
  readonly #heads = new Map<string, { version: number; leaf: string; state: AggregateState | null }>();
  readonly #rungs = new Set<string>();
  readonly #rights = new Rights();
  /** `source id` → the events of the command. */
  readonly commands = new Map<string, { stream: string; mac: string; versions: number[] }>();
  nextPos = 0;

  constructor(
    readonly log: pg.Client,
    readonly workspace: string,
  ) {}

  /** Reads what was appended since, checks it and returns it. Throws a `Violation`. */
  async read(): Promise<RecordedEvent[]> {
    const { rows } = await this.log.query<Row>({
      name: "witness",
      text: `SELECT pos, stream, version, body, encode(leaf, 'hex') AS leaf FROM event
             WHERE workspace = $1 AND pos >= $2 ORDER BY pos`,
      values: [this.workspace, this.nextPos],
    });
    return rows.map((row) => this.#check(row));
  }

  earlier(order: OrderState): OrderState {
    return this.#before.get(order.id) ?? order;
  }

  #check({ pos, stream, version, body, leaf }: Row): RecordedEvent {
    const at = `${stream}@${version}`;
    demand(Number(pos) === this.nextPos, () => `position ${this.nextPos} is missing before ${pos}`);
    this.nextPos++;
    const head = this.#heads.get(stream) ?? { version: 0, leaf: null, state: null };
    demand(version === head.version + 1, () => `${at} follows version ${head.version}`);
    const hash = createHash("sha256")
      .update(Buffer.from([0]))
      .update(body)
      .digest("hex");
    demand(hash === leaf, () => `the leaf of ${at} is not the hash of its body`);
    const text = body.toString("utf8");
    const written = JSON.parse(text) as {
      prevHash: string | null;
      command: { source: string; id: string; mac: string };
    };
    demand(
      (written.prevHash ?? null) === head.leaf,
      () => `${at} does not name the leaf of the version before`,
    );
    this.#belongs(stream, version, written.command);

    const event = readRecorded(text, leaf);
    this.#rungOnce(event);
    this.#rights.check(event, head.state);
    const state = aggregateOf(stream).evolve(head.state, event);
    this.#heads.set(stream, { version, leaf, state });
    if (stream.startsWith("order/")) {
      const order = state as OrderState;
      const before = this.orders.get(order.id);
      if (before) this.#before.set(order.id, before);
      this.orders.set(order.id, order);
      if (event.type === "orderNeedsAttention") this.attended.add(order.id);
    }
    return event;
  }

  /** A command's events stand together in one stream under one mac: accepted once, with one content. */
  #belongs(stream: string, version: number, command: { source: string; id: string; mac: string }): void {
    const name = `${command.source} ${command.id}`;
    const known = this.commands.get(name);
    if (!known) {
      this.commands.set(name, { stream, mac: command.mac, versions: [version] });
      return;
    }
    demand(
      known.stream === stream && known.mac === command.mac && known.versions.at(-1) === version - 1,
      () =>
        `the command ${name} was accepted twice: at ${known.stream}@${known.versions[0]} and ${stream}@${version}`,
    );
    known.versions.push(version);
  }

  #rungOnce(event: RecordedEvent): void {
    if (event.type !== "taskEscalated") return;
    const { step, visit, rung } = event.data;
    const name = `${event.stream} ${step}#${visit} rung ${rung}`;
    demand(!this.#rungs.has(name), () => `${name} fired twice`);
    this.#rungs.add(name);
  }
}
