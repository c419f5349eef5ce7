import { type Choice, type LogFilter, refusals } from "./audit-meaning";
import type { Store } from "./store";

/**
 * How the log is read for who searches it. It has an index by position and one by stream, and no other: events of given
 * streams are found by that one, everything else is looked for position by position, in a range that the asker bounds.
 */

/** A row of the log, its body as the bytes that are the fact. */
export type LogRow = {
  pos: bigint;
  stream: string;
  version: number;
  type: string;
  actor: string;
  occurred_at: Date;
  recorded_at: Date;
  body: Uint8Array;
  leaf: string;
};

/** A filter whose numbers of orders have become streams. */
export type WalkFilter = Omit<LogFilter, "numbers">;

/** Positions, both included. */
export type Range = { bottom: number; top: number };

const columns =
  "pos, stream, version, type, actor, occurred_at, recorded_at, body, encode(leaf, 'hex') AS leaf";

/** Whether a filter asks for nothing but positions. */
export function isPlain({ fromPos, upTo, ...rest }: WalkFilter): boolean {
  return Object.values(rest).every((value) => value === undefined);
}

/** Whether the events of a filter are found by their streams. */
export function isByStream({ streams }: WalkFilter): boolean {
  return streams !== undefined && streams.only.length > 0;
}

/** At most `limit` events of a range that fit, from its upper end or from its lower one. */
export async function walkLog(
  { database, keys }: Store,
  filter: WalkFilter,
  range: Range,
  { from, limit }: { from: "top" | "bottom"; limit: number },
): Promise<LogRow[]> {
  const direction = from === "top" ? "DESC" : "ASC";
  const { source, parameters } = sourceOf(keys.workspace, filter, range, { direction, limit });
  return database.$queryRawUnsafe<LogRow[]>(
    `SELECT ${columns} FROM ${source} ORDER BY pos ${direction} LIMIT ${limit}`,
    ...parameters,
  );
}

/** How many events of a range fit; of each stream that is named, at most `limit` are counted. */
export async function countLog(
  { database, keys }: Store,
  filter: WalkFilter,
  range: Range,
  limit: number,
): Promise<number> {
  const { source, parameters } = sourceOf(keys.workspace, filter, range, { direction: "DESC", limit });
  const [row] = await database.$queryRawUnsafe<[{ count: bigint }]>(
    `SELECT count(*) AS count FROM ${source}`,
    ...parameters,
  );
  return Number(row.count);
}

/** What stands after FROM, so that an index gives it in its order and is left after as many rows as are wanted. */
function sourceOf(
  workspace: string,
  filter: WalkFilter,
  { bottom, top }: Range,
  { direction, limit }: { direction: "ASC" | "DESC"; limit: number },
): { source: string; parameters: unknown[] } {
  const parameters: unknown[] = [workspace, bottom, top];
  const parameter = (value: unknown) => `$${parameters.push(value)}`;
  const inRange = "workspace = $1 AND pos BETWEEN $2::bigint AND $3::bigint";
  const { streams, ...rest } = filter;
  if (isByStream(filter)) {
    const named = parameter([...new Set(streams!.only)].filter((stream) => !streams!.not.includes(stream)));
    // Within a stream the order of versions is the order of positions.
    const source = `unnest(${named}::text[]) AS named(name) CROSS JOIN LATERAL (
      SELECT * FROM event WHERE stream = named.name AND ${[inRange, ...conditionsOf(rest, parameter)].join(" AND ")}
      ORDER BY version ${direction} LIMIT ${limit}) found`;
    return { source, parameters };
  }
  const conditions = conditionsOf(filter, parameter);
  // With a limit inside, no other way of finding few of many rows may be tried: each would read the log whole.
  const source = `(SELECT * FROM event WHERE ${inRange} ORDER BY pos ${direction} LIMIT ${Math.max(0, top - bottom + 1)}) walked
    WHERE ${["true", ...conditions].join(" AND ")}`;
  return { source, parameters };
}

function conditionsOf(filter: WalkFilter, parameter: (value: unknown) => string): string[] {
  const { streams, types, actors, kinds, refused, from, until } = filter;
  const refusing = `type IN (${refusals.map((type) => `'${type}'`).join(", ")})`;
  return [
    ...choose(streams, (values) => `stream = ANY (${parameter(values)}::text[])`),
    ...choose(types, (values) => `type = ANY (${parameter(values)}::text[])`),
    ...choose(actors, (values) => `actor = ANY (${parameter(values)}::text[])`),
    ...choose(kinds, (values) => `(${values.map(ofKind).join(" OR ")})`),
    ...(refused === undefined ? [] : [refused ? refusing : `NOT ${refusing}`]),
    ...(from === undefined ? [] : [`recorded_at >= ${parameter(from)}::timestamptz`]),
    ...(until === undefined ? [] : [`recorded_at < ${parameter(until)}::timestamptz`]),
  ];
}

function choose(choice: Choice | undefined, isAny: (values: readonly string[]) => string): string[] {
  const { only = [], not = [] } = choice ?? {};
  return [...(only.length > 0 ? [isAny(only)] : []), ...(not.length > 0 ? [`NOT ${isAny(not)}`] : [])];
}

/**
 * The kind of an actor stands in the body alone. A body is canonical, so its first member is `actor`, all of whose members
 * are texts, and in a text quotation marks are escaped: the first `"type":"` is the actor's. Its values are six letters each.
 */
const actorType = `substring(body FROM position('"type":"'::bytea IN body) + 8 FOR 6)`;

function ofKind(kind: string): string {
  switch (kind) {
    case "person":
    case "system":
      return `${actorType} = '${kind}'::bytea`;
    case "api":
      return `${actorType} = 'apiKey'::bytea`;
    default:
      return `(actor = '${kind.replaceAll("'", "''")}' AND ${actorType} = 'system'::bytea)`;
  }
}
