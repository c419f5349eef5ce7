import type { Database } from "#lib/db";
import { type RecordedEvent, recordedOf } from "#lib/domain/events";
import type { EventBody } from "#lib/log/body";
import type { WorkspaceKeys } from "#lib/log/keys";

/** What a query reads from, handed in by whoever asks: the database and the keys of the workspace that is meant. */
export type Store = { database: Database; keys: WorkspaceKeys };

/** An event as it stands in the log; `event` is null when this version of Holdpoint does not know its type. */
export type StoredEvent = { pos: number; body: EventBody; leaf: string; event: RecordedEvent | null };

export type EventRow = { pos: bigint; body: string; leaf: string };

/** The columns every query over the log selects, in the shape of `EventRow`. */
export const eventColumns = "pos, convert_from(body, 'UTF8') AS body, encode(leaf, 'hex') AS leaf";

/** Reads a row of the log at the current schema of its type; the personal parts stay closed. */
export function readStored({ pos, body: text, leaf }: EventRow): StoredEvent {
  const body: EventBody = JSON.parse(text);
  return { pos: Number(pos), body, leaf, event: recorded(body, leaf) };
}

function recorded(body: EventBody, leaf: string): RecordedEvent | null {
  try {
    return recordedOf(body, leaf);
  } catch {
    return null;
  }
}

/** All events of each of these streams, by version; a stream without events is not among them. */
export async function readStreams(
  { database, keys }: Store,
  streams: readonly string[],
): Promise<Map<string, StoredEvent[]>> {
  const found = new Map<string, StoredEvent[]>();
  if (streams.length === 0) return found;
  const rows = await database.$queryRawUnsafe<EventRow[]>(
    `SELECT ${eventColumns} FROM event WHERE workspace = $1 AND stream = ANY ($2::text[]) ORDER BY stream, version`,
    keys.workspace,
    streams,
  );
  for (const stored of rows.map(readStored)) {
    const events = found.get(stored.body.stream);
    if (events) events.push(stored);
    else found.set(stored.body.stream, [stored]);
  }
  return found;
}

/** The generation of projections to read, as a scalar of SQL whose `$1` is the workspace. */
export const currentGeneration = "(SELECT generation FROM workspace_head WHERE workspace = $1)";
