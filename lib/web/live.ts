import type { AuthorizedActor } from "#lib/domain/authority";

/**
 * Tells the browsers of this process what happened: one hub, woken by the log, reads what is new once and writes it to every
 * open stream as server-sent events. A burst of commits is one read; who hears the same shares the same bytes. A stream whose
 * reader does not keep up is cut off and catches up by itself when it comes back, so that nothing is kept for anybody beyond
 * `buffered_bytes_max` and one message.
 *
 * What is read, and who hears what of it, is handed in: a hub knows streams, positions and time.
 */
export type LiveSource<Batch extends { next: number }> = {
  /** What is new from a position on, with where the log goes on after it; nothing but that without a position. */
  read(from: number | null): Promise<Batch>;
  /** What this actor hears of it; null when nothing. */
  heard(actor: AuthorizedActor, batch: Batch): object | null;
  /** Actors of one audience hear the same. */
  audience(actor: AuthorizedActor): string;
  /** Has the listener called with the log's next position after each commit; null as long as nobody can tell. */
  follow(listener: (next: number) => void): Promise<() => void> | null;
  /** Which of these sessions are alive, with the roles of this moment. Asking keeps none of them alive. */
  alive(sessions: readonly string[]): Promise<ReadonlyMap<string, AuthorizedActor>>;
  /** Something of the above has failed; it is tried again. */
  failed(error: unknown): void;
};

/** Bursts of commits that come within this time of each other are read together. */
export const gap_ms = 50;
export const beat_ms = 15_000;
/** A stream is looked at again after so many beats: whether its session is alive still. */
const beats_per_look = 2;
export const buffered_bytes_max = 64 * 1024;
/** One session needs one stream a browser; beyond this the oldest gives way. */
export const streams_per_session_max = 8;

type Client = {
  actor: AuthorizedActor;
  session: string;
  controller: ReadableStreamDefaultController<Uint8Array>;
  /** From where on this one has not been told. */
  next: number;
  catchingUp: boolean;
};

export class LiveHub<Batch extends { next: number }> {
  readonly #source: LiveSource<Batch>;
  readonly #clients = new Set<Client>();
  /** Up to where everybody was told; null before the first look at the log. */
  #next: number | null = null;
  #beginning: Promise<void> | null = null;
  #following: Promise<unknown> | null = null;
  #reading = false;
  #wokenAgain = false;
  #beats = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed = false;
  readonly #catchingUp = new Map<number, Promise<Batch>>();

  constructor(source: LiveSource<Batch>) {
    this.#source = source;
    this.#follow();
  }

  get clients(): number {
    return this.#clients.size;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Up to where this process knows the log; null when it has not heard of it yet. Never ahead of what a query finds. */
  get position(): number | null {
    this.#follow();
    if (this.#next === null) this.#begin().catch(this.#source.failed);
    return this.#next;
  }

  /**
   * A stream for somebody signed in, who was told up to `from`; without it, from here on. Throws what reading the log's
   * position throws, and when the hub is closed.
   */
  async open(actor: AuthorizedActor, from: number | null): Promise<ReadableStream<Uint8Array>> {
    this.#follow();
    await this.#begin();
    if (this.#closed) throw new Error("the hub is closed");
    this.#makeRoom(actor.session ?? actor.id);
    const next = from ?? this.#next!;
    let client: Client;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller: ReadableStreamDefaultController<Uint8Array>) => {
          const session = actor.session ?? actor.id;
          client = { actor, session, controller, next, catchingUp: false };
          this.#clients.add(client);
          this.#keepBeating();
          this.#send(client, message("hello", { next, person: actor.id }));
          if (next !== this.#next) void this.#catchUp(client);
        },
        cancel: () => void this.#remove(client),
      },
      { highWaterMark: buffered_bytes_max, size: (bytes?: Uint8Array) => bytes?.byteLength ?? 0 },
    );
  }

  /** Sends a message of its own kind to the streams of these people. */
  tell(people: ReadonlySet<string>, kind: string, content: object): void {
    const bytes = message(kind, content);
    for (const client of this.#clients)
      if (people.has(client.actor.person ?? client.actor.id)) this.#send(client, bytes);
  }

  /** Says goodbye to everybody and takes nobody any more: a process with an open stream does not end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    void this.#following?.then((stop) => typeof stop === "function" && stop()).catch(() => {});
    const goodbye = message("bye", { why: "closing" });
    for (const client of [...this.#clients]) this.#end(client, goodbye);
  }

  #follow(): void {
    if (this.#following || this.#closed) return;
    this.#following = this.#source.follow((next) => this.#hear(next));
    this.#following?.catch(() => {
      this.#following = null;
    });
  }

  #begin(): Promise<void> {
    if (this.#next !== null) return Promise.resolve();
    this.#beginning ??= this.#source
      .read(null)
      .then(({ next }) => {
        this.#next = Math.max(next, this.#next ?? 0);
      })
      .finally(() => {
        this.#beginning = null;
      });
    return this.#beginning;
  }

  #hear(next: number): void {
    if (this.#next !== null && next <= this.#next) return;
    // Nobody listens, so nobody need be told what it was.
    if (this.#clients.size === 0) this.#next = next;
    else this.#wake();
  }

  #wake(): void {
    if (this.#reading) {
      this.#wokenAgain = true;
      return;
    }
    this.#reading = true;
    void this.#pass();
  }

  async #pass(): Promise<void> {
    this.#wokenAgain = false;
    try {
      if (this.#next !== null && this.#clients.size > 0) {
        const from = this.#next;
        const batch = await this.#source.read(from);
        this.#next = batch.next;
        this.#tellOf(from, batch);
      }
    } catch (error) {
      this.#source.failed(error);
    }
    // What comes in the meantime is read together, after it.
    setTimeout(() => {
      this.#reading = false;
      if (this.#wokenAgain && !this.#closed) this.#wake();
    }, gap_ms).unref?.();
  }

  #tellOf(from: number, batch: Batch): void {
    const written = new Map<string, Uint8Array | null>();
    const putBack = batch.next < from;
    for (const client of this.#clients)
      if (!client.catchingUp && (putBack || client.next < batch.next))
        this.#sendHeard(client, batch, written);
  }

  #sendHeard(client: Client, batch: Batch, written: Map<string, Uint8Array | null>): void {
    const audience = this.#source.audience(client.actor);
    let bytes = written.get(audience);
    if (bytes === undefined) {
      const heard = this.#source.heard(client.actor, batch);
      bytes = heard && message("changes", heard, batch.next);
      written.set(audience, bytes);
    }
    client.next = batch.next;
    if (bytes) this.#send(client, bytes);
  }

  /** Brings a stream that is behind, or ahead of a log put back, to where the others are. */
  async #catchUp(client: Client): Promise<void> {
    client.catchingUp = true;
    try {
      for (let from = client.next, behind = true; behind; from = client.next) {
        const batch = await this.#readShared(from);
        this.#sendHeard(client, batch, new Map());
        behind = batch.next > from && batch.next < this.#next! && this.#clients.has(client);
      }
      client.catchingUp = false;
    } catch (error) {
      this.#source.failed(error);
      this.#cut(client);
    }
  }

  /** After a restart many come back from the same position at once. */
  #readShared(from: number): Promise<Batch> {
    const known = this.#catchingUp.get(from);
    if (known) return known;
    const read = this.#source.read(from).finally(() => this.#catchingUp.delete(from));
    this.#catchingUp.set(from, read);
    return read;
  }

  #keepBeating(): void {
    this.#timer ??= setInterval(() => void this.#beat(), beat_ms);
    this.#timer.unref?.();
  }

  async #beat(): Promise<void> {
    if (this.#clients.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#follow();
    // A notification may have been lost with its connection.
    this.#wake();
    const beat = message("beat", { next: this.#next });
    for (const client of this.#clients) if (!client.catchingUp) this.#send(client, beat);
    this.#beats++;
    if (this.#beats % beats_per_look === 0) await this.#lookAtSessions();
  }

  async #lookAtSessions(): Promise<void> {
    const looked = [...this.#clients];
    try {
      const alive = await this.#source.alive([...new Set(looked.map(({ session }) => session))]);
      const goodbye = message("bye", { why: "signedOut" });
      for (const client of looked) {
        const actor = alive.get(client.session);
        if (actor) client.actor = actor;
        else this.#end(client, goodbye);
      }
    } catch (error) {
      this.#source.failed(error);
    }
  }

  #makeRoom(session: string): void {
    const same = [...this.#clients].filter((client) => client.session === session);
    const goodbye = message("bye", { why: "tooMany" });
    for (const client of same.slice(0, Math.max(0, same.length + 1 - streams_per_session_max)))
      this.#end(client, goodbye);
  }

  #send(client: Client, bytes: Uint8Array): void {
    if (!this.#clients.has(client)) return;
    if ((client.controller.desiredSize ?? 0) <= 0) this.#cut(client);
    else client.controller.enqueue(bytes);
  }

  #end(client: Client, goodbye: Uint8Array): void {
    if (!this.#clients.has(client)) return;
    this.#send(client, goodbye);
    // Who was too slow even for that is cut off already.
    if (this.#remove(client)) client.controller.close();
  }

  /** Ends a stream at once, with all that still waits for its reader. Named as the server names a reader that went away. */
  #cut(client: Client): void {
    if (this.#remove(client))
      client.controller.error(new DOMException("the reader does not keep up", "AbortError"));
  }

  #remove(client: Client): boolean {
    return this.#clients.delete(client);
  }
}

const processWide = globalThis as { holdpointLive?: unknown };

/**
 * The one hub of this process, made when first asked for; always asked for with the same source. It lives on globalThis,
 * because Next bundles pages and routes apart, and closes when the process is told to end.
 */
export function processHub<Batch extends { next: number }>(source: LiveSource<Batch>): LiveHub<Batch> {
  const known = processWide.holdpointLive as LiveHub<Batch> | undefined;
  if (known) return known;
  const hub = new LiveHub(source);
  processWide.holdpointLive = hub;
  process.once("SIGTERM", () => hub.close());
  process.once("SIGINT", () => hub.close());
  return hub;
}

const encoder = new TextEncoder();

/** One server-sent event. With a position it can be gone on from (`Last-Event-ID`). */
function message(kind: string, content: object, position?: number): Uint8Array {
  const id = position === undefined ? "" : `id: ${position}\n`;
  return encoder.encode(`${id}event: ${kind}\ndata: ${JSON.stringify(content)}\n\n`);
}
