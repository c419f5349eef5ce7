import type { AuthorizedActor } from "#lib/domain/authority";
import { countLog, isByStream, isPlain, type LogRow, type WalkFilter, walkLog } from "./audit-walk";
import { type Names, namesOf } from "./people-names";
import { demandReader } from "./permission";
import { sentenceOf } from "./sentences";
import { readStored, type Store, type StoredEvent } from "./store";
import { actorWords } from "./words";

/**
 * The log by position, newest first. Nothing here is decrypted but people's names: an auditor sees what was recorded.
 *
 * What is asked of streams is found by them; anything else is looked for among positions, at most `positions_per_page_max`
 * of them for a page, which says where it stopped.
 */
export type LogLine = {
  pos: number;
  /** When it was recorded, and when it happened. */
  at: string;
  occurredAt: string;
  stream: string;
  version: number;
  type: string;
  actor: string;
  /** As a query names it: person, api, or the part of the system. */
  kind: string;
  sentence: string;
  detail: string;
  leaf: string;
};

export type LogPage = {
  lines: LogLine[];
  /** Go on from here: the next page's `upTo`. Null at the log's beginning. */
  next: number | null;
  /** Set when reading stopped before the page was full: the lowest position that was looked at. */
  lookedDownTo: number | null;
  /** How many events the log has in all. */
  length: number;
};

export const log_lines_per_page = 50;
export const positions_per_page_max = 100_000;

/** One page of what fits in the log, down from a position. Throws for an actor who may not read it. */
export async function logPage(
  actor: AuthorizedActor,
  store: Store,
  filter: WalkFilter,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<LogPage> {
  demandReader(actor, store.keys.workspace, "auditLog");
  const length = await logLength(store);
  const { floor, top } = rangeOf(filter, length, upTo);
  const bottom = lookingDown(filter, floor, top, positions_per_page_max);
  const rows = await walkLog(store, filter, { bottom, top }, { from: "top", limit: log_lines_per_page + 1 });
  const more = rows[log_lines_per_page];
  const stopped = !more && bottom > floor;
  return {
    lines: await linesOf(store, rows.slice(0, log_lines_per_page)),
    next: more ? Number(more.pos) : stopped ? bottom - 1 : null,
    lookedDownTo: stopped ? bottom : null,
    length,
  };
}

/** How many events fit; `more` says that there are, or may be, others further down. */
export type LogCount = { count: number; more: boolean };

export const positions_counted_max = 20_000;

/** How many events fit, as far as looking at the newest `positions_counted_max` tells. Throws as `logPage` does. */
export async function logCount(actor: AuthorizedActor, store: Store, filter: WalkFilter): Promise<LogCount> {
  demandReader(actor, store.keys.workspace, "auditLog");
  const { floor, top } = rangeOf(filter, await logLength(store));
  if (isPlain(filter)) return { count: Math.max(0, top - floor + 1), more: false };
  const bottom = lookingDown(filter, floor, top, positions_counted_max);
  const count = await countLog(store, filter, { bottom, top }, positions_counted_max);
  return { count, more: bottom > floor || (isByStream(filter) && count >= positions_counted_max) };
}

export type LogNews = {
  /** The newest first, at most `log_news_max` of them. */
  lines: LogLine[];
  /** Where the log goes on: the next `from`. Lower than the last one when the log was put back. */
  next: number;
  /** Set when some that fit may be missing between the last of these lines and what was there before. */
  gap: boolean;
};

/** No screen keeps more lines than these. */
export const log_news_max = 200;

/** What fits of everything that was recorded from a position on. Throws as `logPage` does. */
export async function logNews(
  actor: AuthorizedActor,
  store: Store,
  filter: WalkFilter,
  from: number,
): Promise<LogNews> {
  demandReader(actor, store.keys.workspace, "auditLog");
  const length = await logLength(store);
  const range = rangeOf(filter, length);
  const floor = Math.max(from, range.floor);
  const bottom = lookingDown(filter, floor, range.top, positions_per_page_max);
  const rows = await walkLog(
    store,
    filter,
    { bottom, top: range.top },
    { from: "top", limit: log_news_max + 1 },
  );
  return {
    lines: await linesOf(store, rows.slice(0, log_news_max)),
    next: length,
    gap: rows.length > log_news_max || bottom > floor,
  };
}

/** The positions that a filter is about in a log of this length. */
export function rangeOf(
  { fromPos = 0, upTo = Number.MAX_SAFE_INTEGER }: WalkFilter,
  length: number,
  from = Number.MAX_SAFE_INTEGER,
): { floor: number; top: number } {
  return { floor: fromPos, top: Math.min(upTo, from, length - 1) };
}

/** How far down a walk looks: to the floor where an index finds what is wanted, else past so many positions. */
function lookingDown(filter: WalkFilter, floor: number, top: number, positions_max: number): number {
  return isByStream(filter) || isPlain(filter) ? floor : Math.max(floor, top - positions_max + 1);
}

/** The position that the next event will have. */
export async function logLength({ database, keys }: Store): Promise<number> {
  const head = await database.workspaceHead.findUnique({ where: { workspace: keys.workspace } });
  return Number(head?.nextPos ?? 0);
}

/** Rows of the log as lines to read, in the same order. What cannot be read stands there all the same, and says so. */
export async function linesOf(store: Store, rows: readonly LogRow[]): Promise<LogLine[]> {
  const read = rows.map((row) => ({ row, event: attempted(() => readable(row)) }));
  const names = await namesOf(
    store,
    read.flatMap(({ event }) => event?.people ?? []),
  );
  return read.map(({ row, event }) => {
    const { pos, stream, version, type, actor, occurred_at, recorded_at, leaf, body } = row;
    return {
      pos: Number(pos),
      at: recorded_at.toISOString(),
      occurredAt: occurred_at.toISOString(),
      stream,
      version,
      type,
      leaf,
      ...((event && attempted(() => wordsOf(event.stored, names))) ?? {
        actor,
        kind: "",
        sentence: "The bytes of this event are none that Holdpoint writes. To verify the log says more.",
        detail: new TextDecoder().decode(body),
      }),
    };
  });
}

/** Null for bytes that were changed so that they are no event any more: who reads the log must see the others. */
function attempted<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function readable({ pos, body, leaf }: LogRow): { stored: StoredEvent; people: string[] } {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  const stored = readStored({ pos, body: text, leaf });
  return { stored, people: peopleOf(stored) };
}

function wordsOf({ body, event }: StoredEvent, names: Names) {
  const { type, id } = body.actor;
  return {
    actor: actorWords(body.actor, names.person).name,
    kind: type === "system" ? id : type === "apiKey" ? "api" : type,
    sentence: event
      ? sentenceOf(event, names).sentence
      : `${body.type} happened, which this version of Holdpoint cannot read.`,
    detail: JSON.stringify(body, null, 2),
  };
}

function peopleOf({ body }: StoredEvent): string[] {
  const subject = /^(?:person|access)\/(.+)$/.exec(body.stream)?.[1];
  const named = [body.data.requestedBy, body.data.takenFrom, body.data.to];
  return [body.actor.id, body.actor.onBehalfOf, subject, ...named].filter(
    (id): id is string => typeof id === "string",
  );
}
