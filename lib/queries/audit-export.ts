import type { AuthorizedActor } from "#lib/domain/authority";
import { type LogLine, linesOf, logLength, rangeOf } from "./audit-log";
import { isByStream, type LogRow, type WalkFilter, walkLog } from "./audit-walk";
import { demandReader } from "./permission";
import type { Store } from "./store";

/**
 * Everything of the log that fits, from its beginning to where it ended when it was asked for, a batch at a time: no batch
 * looks at more than `positions_per_batch` positions or holds more than `events_per_batch` events, however long the log is.
 */
export const positions_per_batch = 20_000;
export const events_per_batch = 200;

/**
 * An event as the log holds it, for who proves it elsewhere: `leaf` is SHA-256(0x00 ‖ body) where nobody changed either. What
 * is personal stands encrypted in the body.
 */
export type SealedEvent = {
  pos: number;
  stream: string;
  version: number;
  leaf: string;
  /** The bytes, in base64. */
  body: string;
};

/** Batches of events as they stand in the log, by position. Throws for an actor who may not read it. */
export async function sealedLog(
  actor: AuthorizedActor,
  store: Store,
  filter: WalkFilter,
): Promise<AsyncGenerator<SealedEvent[]>> {
  return mapped(await rowsOf(actor, store, filter), async (rows) =>
    rows.map(({ pos, stream, version, leaf, body }) => ({
      pos: Number(pos),
      stream,
      version,
      leaf,
      body: Buffer.from(body).toString("base64"),
    })),
  );
}

/** Batches of the lines that an auditor sees on the screen, by position. Throws for an actor who may not read it. */
export async function readableLog(
  actor: AuthorizedActor,
  store: Store,
  filter: WalkFilter,
): Promise<AsyncGenerator<LogLine[]>> {
  return mapped(await rowsOf(actor, store, filter), (rows) => linesOf(store, rows));
}

async function rowsOf(
  actor: AuthorizedActor,
  store: Store,
  filter: WalkFilter,
): Promise<AsyncGenerator<LogRow[]>> {
  demandReader(actor, store.keys.workspace, "auditLog");
  const { floor, top } = rangeOf(filter, await logLength(store));
  return walked(store, filter, floor, top);
}

async function* walked(
  store: Store,
  filter: WalkFilter,
  floor: number,
  top: number,
): AsyncGenerator<LogRow[]> {
  for (let bottom = floor; bottom <= top; ) {
    const end = isByStream(filter) ? top : Math.min(top, bottom + positions_per_batch - 1);
    const rows = await walkLog(
      store,
      filter,
      { bottom, top: end },
      { from: "bottom", limit: events_per_batch },
    );
    if (rows.length > 0) yield rows;
    bottom = rows.length < events_per_batch ? end + 1 : Number(rows.at(-1)!.pos) + 1;
  }
}

async function* mapped<From, To>(
  batches: AsyncGenerator<From[]>,
  map: (batch: From[]) => Promise<To[]>,
): AsyncGenerator<To[]> {
  for await (const batch of batches) yield map(batch);
}
