import type { AuthorizedActor } from "#lib/domain/authority";
import { type EventType, schemas } from "#lib/domain/events";
import { everybody, namesOf } from "./people-names";
import { demandReader } from "./permission";
import { sentenceOf } from "./sentences";
import { type EventRow, eventColumns, readStored, type Store, type StoredEvent } from "./store";
import { actorWords } from "./words";

/**
 * The log by position, newest first. Nothing here is decrypted but people's names: an auditor sees what was recorded.
 *
 * The log has an index by position and one by stream, and no other, so a filter by type, actor or time reads positions one
 * after the other. One page reads at most `positions_per_page_max` of them and says where it stopped.
 */
export type LogFilter = {
  /** `<kind>/<id>`, or an order's id alone. */
  stream?: string;
  type?: EventType;
  /** Id of a person, an API key or a part of the system. */
  actor?: string;
  /** Instants: recorded at or after `from`, before `until`. */
  from?: string;
  until?: string;
  /** Only positions up to this one. */
  upTo?: number;
};

export type LogLine = {
  pos: number;
  at: string;
  stream: string;
  version: number;
  type: string;
  actor: string;
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

/** Every type of event there is, for a filter. */
export const eventTypes = (Object.keys(schemas) as EventType[]).sort();

/** One page of the log. Throws for an actor who may not read it. */
export async function logPage(actor: AuthorizedActor, store: Store, filter: LogFilter): Promise<LogPage> {
  const { database, keys } = store;
  demandReader(actor, keys.workspace, "auditLog");
  const length = await logLength(store);
  const top = Math.min(filter.upTo ?? length - 1, length - 1);
  const stream = filter.stream && streamOf(filter.stream);
  const unfiltered = !stream && !filter.type && !filter.actor && !filter.from && !filter.until;
  // By stream the other index finds them, and a stream is never so long.
  const bottom = stream || unfiltered ? 0 : Math.max(0, top - positions_per_page_max + 1);
  const rows = await database.$queryRawUnsafe<EventRow[]>(
    `SELECT ${eventColumns} FROM event
     WHERE workspace = $1 AND pos BETWEEN $2::bigint AND $3::bigint
       AND ($4::text IS NULL OR stream = $4)
       AND ($5::text IS NULL OR type = $5)
       AND ($6::text IS NULL OR actor = $6)
       AND ($7::timestamptz IS NULL OR recorded_at >= $7::timestamptz)
       AND ($8::timestamptz IS NULL OR recorded_at < $8::timestamptz)
     ORDER BY pos DESC LIMIT ${log_lines_per_page + 1}`,
    keys.workspace,
    bottom,
    top,
    stream ?? null,
    filter.type ?? null,
    filter.actor ?? null,
    filter.from ?? null,
    filter.until ?? null,
  );
  const stored = rows.map(readStored);
  const shown = stored.slice(0, log_lines_per_page);
  const more = stored[log_lines_per_page];
  const stopped = !more && bottom > 0;
  return {
    lines: await linesOf(store, shown),
    next: more ? more.pos : stopped ? bottom - 1 : null,
    lookedDownTo: stopped ? bottom : null,
    length,
  };
}

/** Who could be filtered by: people by name, then the parts of the system. */
export async function logActors(
  actor: AuthorizedActor,
  store: Store,
): Promise<{ id: string; name: string }[]> {
  demandReader(actor, store.keys.workspace, "auditLog");
  const parts = ["timer", "dispatcher", "import", "operator", "carrier"];
  return [
    ...(await everybody(store, 500)),
    ...parts.map((id) => ({ id, name: `${actorWords({ type: "system", id }, String).name} (${id})` })),
  ];
}

async function logLength({ database, keys }: Store): Promise<number> {
  const head = await database.workspaceHead.findUnique({ where: { workspace: keys.workspace } });
  return Number(head?.nextPos ?? 0);
}

function streamOf(given: string): string {
  return given.includes("/") ? given : `order/${given}`;
}

async function linesOf(store: Store, stored: readonly StoredEvent[]): Promise<LogLine[]> {
  const names = await namesOf(store, stored.flatMap(peopleOf));
  return stored.map(({ pos, body, leaf, event }) => ({
    pos,
    at: body.recordedAt,
    stream: body.stream,
    version: body.version,
    type: body.type,
    actor: actorWords(body.actor, names.person).name,
    sentence: event
      ? sentenceOf(event, names).sentence
      : `${body.type} happened, which this version of Holdpoint cannot read.`,
    detail: JSON.stringify(body, null, 2),
    leaf,
  }));
}

function peopleOf({ body }: StoredEvent): string[] {
  const subject = /^(?:person|access)\/(.+)$/.exec(body.stream)?.[1];
  const named = [body.data.requestedBy, body.data.takenFrom, body.data.to];
  return [body.actor.id, body.actor.onBehalfOf, subject, ...named].filter(
    (id): id is string => typeof id === "string",
  );
}
