import type { RecordedEvent } from "#lib/domain/events";
import { type SubjectKeys, subjectKeys, unwrapDataKey, wrapDataKey } from "#lib/log/envelope";
import type { WorkspaceKeys } from "#lib/log/keys";
import type { Database } from "../db";
import { type AggregateState, aggregateOf } from "./aggregates";
import { readRecorded } from "./seal";

/**
 * States of streams, in memory as long as there is room; of orders that are over only the latest, since hardly anything more
 * is asked of them. A state may be stale: append() compares versions under the lock
 * and says so, and the stream is then read again. Streams asked for in one moment are read in one query.
 */
export type StreamState = {
  state: AggregateState | null;
  version: number;
  leaf: string | null;
  recordedAt: string;
};

export type Held = {
  readonly stream: string;
  current: StreamState;
  /** What the batch in the making would lead to; null between batches. */
  working: StreamState | null;
  /** Rows of `current` as JSON, by table and key: append() is sent the difference. */
  rows: ReadonlyMap<string, string> | null;
  keys: SubjectKeys | null;
  /** Made in this process and not yet known to the database. */
  freshlyWrapped: string | null;
  users: number;
  /** Whether a batch that names the stream is being decided or written. */
  busy: boolean;
  /** Found to be behind the log: read again before anything more is decided on it. */
  outdated: boolean;
  /** Why the stream can't be folded; every command on it is refused with that. */
  broken: string | null;
};

type Wanted = { promise: Promise<Held>; resolve(held: Held): void; reject(error: unknown): void };

const over_default = 1_000;

const empty: StreamState = { state: null, version: 0, leaf: null, recordedAt: "" };

export class Streams {
  readonly #held = new Map<string, Held>();
  /** Those that are over and in nobody's use, the longest untouched first. */
  readonly #over = new Set<Held>();
  #wanted = new Map<string, Wanted>();

  constructor(
    readonly database: Database,
    readonly keys: WorkspaceKeys,
    readonly randomBytes: (count: number) => Uint8Array,
    readonly held_max: number,
    readonly over_max = over_default,
  ) {}

  /** The stream's state, read when it is not in memory. It stays there until `release` is called as often as this. */
  async acquire(stream: string): Promise<Held> {
    const held = this.#held.get(stream) ?? (await this.#read(stream));
    held.users++;
    this.#over.delete(held);
    return held;
  }

  release(held: Held): void {
    held.users--;
    const { state } = held.current;
    if (held.users > 0 || state === null || !aggregateOf(held.stream).isOver(state)) return;
    this.#over.add(held);
    const [longest] = this.#over;
    if (longest && this.#over.size > this.over_max) this.#forget(longest);
  }

  peek(stream: string): Held | undefined {
    return this.#held.get(stream);
  }

  /** The streams in memory that cannot be folded, and why. Others may not have been asked for yet. */
  unreadable(): { stream: string; why: string }[] {
    return [...this.#held.values()].flatMap(({ stream, broken }) =>
      broken === null ? [] : [{ stream, why: broken }],
    );
  }

  /** Reads again what append() found to be stale. */
  async reload(held: Held): Promise<void> {
    const fresh = await this.#load([held.stream]);
    const { users, busy } = held;
    Object.assign(held, fresh.get(held.stream), { users, busy });
  }

  /** The subject's keys, made on first use; the wrapped one goes into the same append as the first envelope. */
  subjectKeysOf(held: Held): SubjectKeys {
    if (held.keys) return held.keys;
    const dataKey = this.randomBytes(32);
    held.freshlyWrapped = wrapDataKey(this.keys, held.stream, dataKey, this.randomBytes(12)).toString(
      "base64",
    );
    held.keys = subjectKeys(this.keys.workspace, held.stream, dataKey);
    return held.keys;
  }

  #read(stream: string): Promise<Held> {
    const asked = this.#wanted.get(stream);
    if (asked) return asked.promise;
    if (this.#wanted.size === 0) setImmediate(() => this.#readWanted());
    let settle: Pick<Wanted, "resolve" | "reject"> | undefined;
    const promise = new Promise<Held>((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#wanted.set(stream, { promise, ...settle! });
    return promise;
  }

  async #readWanted(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    try {
      const loaded = await this.#load([...wanted.keys()]);
      this.#makeRoom(loaded.size);
      for (const [stream, { resolve }] of wanted) {
        const held = this.#held.get(stream) ?? loaded.get(stream)!;
        this.#held.set(stream, held);
        resolve(held);
      }
    } catch (error) {
      for (const { reject } of wanted.values()) reject(error);
    }
  }

  async #load(streams: string[]): Promise<Map<string, Held>> {
    const { workspace } = this.keys;
    // One statement, so of one moment: the events of another process's order without their key would read as other content.
    const events = await this.database.$queryRawUnsafe<
      { stream: string; body: string; leaf: string; wrapped: Uint8Array | null }[]
    >(
      `SELECT stream, convert_from(body, 'UTF8') AS body, encode(leaf, 'hex') AS leaf,
         CASE WHEN version = 1 THEN
           (SELECT wrapped FROM subject_key k WHERE k.workspace = $1 AND k.subject = event.stream)
         END AS wrapped
       FROM event WHERE workspace = $1 AND stream = ANY ($2::text[]) ORDER BY stream, version`,
      workspace,
      streams,
    );
    const loaded = new Map<string, Held>();
    for (const stream of streams)
      loaded.set(stream, {
        stream,
        current: empty,
        working: null,
        rows: null,
        keys: null,
        freshlyWrapped: null,
        users: 0,
        busy: false,
        outdated: false,
        broken: null,
      });
    for (const { stream, body, leaf, wrapped } of events) {
      const held = loaded.get(stream)!;
      if (wrapped) held.keys = subjectKeys(workspace, stream, unwrapDataKey(this.keys, stream, wrapped));
      if (held.broken) continue;
      try {
        held.current = evolveStream(held.current, readRecorded(body, leaf));
      } catch (error) {
        held.broken = error instanceof Error ? error.message : String(error);
      }
    }
    return loaded;
  }

  #makeRoom(coming: number): void {
    if (this.#held.size + coming <= this.held_max) return;
    let surplus = this.#held.size + coming - this.held_max;
    for (const held of this.#held.values()) {
      if (surplus <= 0) return;
      if (held.users > 0) continue;
      this.#forget(held);
      surplus--;
    }
  }

  #forget(held: Held): void {
    this.#held.delete(held.stream);
    this.#over.delete(held);
  }
}

/** The state to decide on: with what the batches under way would add. */
export function latestOf({ working, current }: Held): StreamState {
  return working ?? current;
}

export function evolveStream(from: StreamState, event: RecordedEvent): StreamState {
  return {
    state: aggregateOf(event.stream).evolve(from.state, event),
    version: event.version,
    leaf: event.leaf,
    recordedAt: event.recordedAt,
  };
}
