import type { RecordedEvent } from "#lib/domain/events";
import type { Clock } from "../clock";
import type { Database } from "../db";
import { commandSpan, mayEndWait, type OrderSpan, waitSpans } from "./order-spans";
import { readRecorded, type SealedEvent } from "./seal";

/**
 * Traces of orders for who wants to see where time went: made from the events this process has committed, after they were
 * committed, and sent to a collector in the background.
 *
 * A wait that is over is looked up in the log, so it may have begun days ago or in another process. Nothing here holds an
 * order up: what the collector does not take, or what is too much at once, is dropped and counted.
 */
export type TraceExporter = {
  /** Rejects when the collector did not take them. */
  send(spans: readonly OrderSpan[]): Promise<void>;
  close(): Promise<void>;
};

export type TracesOptions = {
  database: Database;
  workspace: string;
  clock: Clock;
  exporter: TraceExporter;
  /** How many spans, and how many orders, may wait to be sent. */
  waiting_max?: number;
};

const waiting_max_default = 4_096;
const sent_together_max = 512;
const read_together_max = 100;
const pause_ms = 2_000;

/** The versions of an order's events that may have ended something. */
type Range = { from: number; to: number };

export class Traces {
  readonly #options: TracesOptions;
  readonly #waiting_max: number;
  #spans: OrderSpan[] = [];
  #orders = new Map<string, Range>();
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;
  #stopping = false;
  sent = 0;
  dropped = 0;

  constructor(options: TracesOptions) {
    this.#options = options;
    this.#waiting_max = options.waiting_max ?? waiting_max_default;
  }

  /** Takes note of what was committed; sends it later. Never throws. */
  watch = (events: readonly SealedEvent[]): void => {
    const now = this.#options.clock.now();
    for (const written of commandsOf(events)) {
      const [{ stream, version: from }] = written as [RecordedEvent];
      this.#keep([commandSpan(written, now)]);
      if (!written.some(mayEndWait)) continue;
      const known = this.#orders.get(stream);
      if (known) known.to = written.at(-1)!.version;
      else if (this.#orders.size < this.#waiting_max)
        this.#orders.set(stream, { from, to: written.at(-1)!.version });
      else this.dropped++;
    }
    this.#wake();
  };

  /** Sends what is there. What cannot be sent is dropped; what cannot be read stays for the next time. */
  async flush(): Promise<void> {
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null;
    });
    await this.#sending;
  }

  /** Sends what is left and lets go of the collector. One that does not answer is asked no second time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#sending;
    await this.flush();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#options.exporter.close().catch(() => {});
  }

  #wake(): void {
    if (this.#timer || (this.#spans.length === 0 && this.#orders.size === 0)) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.flush().finally(() => this.#wake());
    }, pause_ms);
    this.#timer.unref();
  }

  #keep(spans: readonly OrderSpan[]): void {
    const room = Math.max(0, this.#waiting_max - this.#spans.length);
    this.#spans.push(...spans.slice(0, room));
    this.dropped += Math.max(0, spans.length - room);
  }

  async #send(): Promise<void> {
    while (this.#spans.length > 0 || this.#orders.size > 0) {
      const read = await this.#readSome();
      const spans = this.#spans.splice(0, sent_together_max);
      if (spans.length > 0)
        await this.#options.exporter.send(spans).then(
          () => {
            this.sent += spans.length;
          },
          () => {
            this.dropped += spans.length;
            if (this.#stopping) this.#dropAll();
          },
        );
      else if (!read) return;
    }
  }

  #dropAll(): void {
    this.dropped += this.#spans.length + this.#orders.size;
    this.#spans = [];
    this.#orders.clear();
  }

  /** Turns orders in which something has ended into spans. False while the log cannot be read. */
  async #readSome(): Promise<boolean> {
    const ranges = [...this.#orders].slice(0, read_together_max);
    if (ranges.length === 0) return true;
    // Noted anew from here on: what is committed while the log is being read may not be in what is read.
    for (const [stream] of ranges) this.#orders.delete(stream);
    try {
      const events = await this.#read(ranges.map(([stream]) => stream));
      for (const [stream, { from, to }] of ranges) this.#keep(endedIn(events.get(stream) ?? [], from, to));
      return true;
    } catch {
      for (const [stream, range] of ranges) {
        const since = this.#orders.get(stream);
        this.#orders.set(stream, since ? { from: range.from, to: since.to } : range);
      }
      return false;
    }
  }

  async #read(streams: readonly string[]): Promise<Map<string, string[]>> {
    const { database, workspace } = this.#options;
    const rows = await database.$queryRawUnsafe<{ stream: string; body: string }[]>(
      `SELECT stream, convert_from(body, 'UTF8') AS body FROM event
       WHERE workspace = $1 AND stream = ANY ($2::text[]) ORDER BY stream, version`,
      workspace,
      streams,
    );
    const found = new Map<string, string[]>();
    for (const { stream, body } of rows) {
      const bodies = found.get(stream);
      if (bodies) bodies.push(body);
      else found.set(stream, [body]);
    }
    return found;
  }
}

/** An order that cannot be read has no spans: `/operations` says so, and what to do. */
function endedIn(bodies: readonly string[], from: number, to: number): OrderSpan[] {
  try {
    return waitSpans(bodies.map((body) => readRecorded(body, ""))).filter(
      ({ endedIn: version }) => version >= from && version <= to,
    );
  } catch {
    return [];
  }
}

/** The events of orders, command by command: what one command wrote has one beginning. */
function commandsOf(events: readonly SealedEvent[]): RecordedEvent[][] {
  const commands: RecordedEvent[][] = [];
  let before = "";
  for (const { body, recorded } of events) {
    const { stream } = recorded;
    if (!stream.startsWith("order/")) continue;
    const opening = `${stream} ${body.slice(0, body.indexOf(',"data":'))}`;
    if (before === opening) commands.at(-1)!.push(recorded);
    else commands.push([recorded]);
    before = opening;
  }
  return commands;
}
