import { recordedOf } from "#lib/domain/events";
import type { EventBody } from "#lib/log/body";
import { type AggregateState, aggregateOf } from "./aggregates";
import { noProjectedRows, type ProjectedRows, project } from "./projector";

/**
 * Folds a log that is read in the order of streams and versions, one stream at a time, into what the opinions about each
 * stream must be. `rebuild` writes what comes out, `verify` compares with it: they can't disagree with each other, nor
 * with the engine, whose folds these are.
 */
export type Folded = {
  stream: string;
  /** Rows as of the events before `from`, and as of the last one. */
  before: ProjectedRows;
  after: ProjectedRows;
  state: AggregateState | null;
  version: number;
  leaf: string;
  /** The commands whose events are at `from` or later. */
  commands: FoldedCommand[];
  /** Why and where the stream can't be folded to its end; its rows are then unknown. */
  broken: Broken | null;
};

export type Broken = { why: string; pos: number; version: number; unread: boolean };

export type FoldedCommand = {
  source: string;
  id: string;
  mac: string;
  stream: string;
  first_version: number;
  count: number;
};

type Open = Omit<Folded, "after"> & { reached: boolean; pos: number };

export class LogFold {
  #open: Open | null = null;
  /** How many commands the events that could be read tell of by now. */
  commands = 0;

  /** `finished` is told of each stream once all of it was added. */
  constructor(
    readonly from: number,
    readonly finished: (folded: Folded) => void,
  ) {}

  /** The next event; `body` as parsed, or why it can't be read. `leaf` is lower-case hex. */
  add(stream: string, pos: number, version: number, leaf: string, body: EventBody | string): void {
    if (this.#open?.stream !== stream) {
      this.end();
      this.#open = {
        stream,
        before: noProjectedRows,
        state: null,
        version: 0,
        leaf: "",
        commands: [],
        broken: null,
        reached: false,
        pos,
      };
    }
    const open = this.#open!;
    open.version = version;
    open.leaf = leaf;
    if (typeof body === "string") {
      open.broken ??= { why: body, pos, version, unread: true };
      return;
    }
    if (pos >= this.from) addCommand(open.commands, stream, version, body);
    if (open.broken) return;
    try {
      if (!open.reached && pos >= this.from) {
        open.reached = true;
        open.before = project(stream, open.state);
      }
      open.state = aggregateOf(stream).evolve(open.state, recordedOf(body, leaf));
    } catch (error) {
      open.broken = { why: messageOf(error), pos, version, unread: false };
    }
    open.pos = pos;
  }

  /** Closes the stream that is open. To be called after the last event. */
  end(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    this.commands += open.commands.length;
    const { reached: _reached, pos: lastPos, ...folded } = open;
    let after: ProjectedRows = noProjectedRows;
    try {
      if (!open.broken) after = project(open.stream, open.state);
    } catch (error) {
      folded.broken = { why: messageOf(error), pos: lastPos, version: open.version, unread: false };
    }
    this.finished({ ...folded, after });
  }
}

function addCommand(commands: FoldedCommand[], stream: string, version: number, { command }: EventBody) {
  const { source, id, mac } = command;
  const last = commands.at(-1);
  if (last && last.id === id && last.source === source) last.count++;
  else commands.push({ source, id, mac, stream, first_version: version, count: 1 });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
