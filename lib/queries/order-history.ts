import type { AuthorizedActor } from "#lib/domain/authority";
import { demandActor } from "#lib/domain/authority";
import { type EventFact, factsOf } from "./event-facts";
import {
  type ActorKind,
  actorKindOf,
  maySee,
  type OrderReading,
  readOrder,
  readVersions,
  versionsBy,
} from "./order-reading";
import { namesOf } from "./people-names";
import { keysOf, noteOf, personalOf, subjectsOf, textOf } from "./personal";
import { sentenceOf } from "./sentences";
import type { Store, StoredEvent } from "./store";
import { allWaits, isForPeople } from "./waits";
import { actorWords } from "./words";

/** One event of the order's history, ready to be shown: `detail` is its data as JSON, envelopes closed. */
export type HistoryLine = {
  id: string;
  version: number;
  type: string;
  at: string;
  /** When it happened, where that is not when it was recorded. */
  occurredAt?: string;
  actor: { name: string; kind: ActorKind };
  sentence: string;
  technical: boolean;
  note?: string;
  /** What was attached with it; without a name when that was erased. */
  file?: { name: string | undefined; size_bytes: number };
  /** By what it was decided. */
  facts: EventFact[];
  detail: string;
  leaf: string;
  /** How long nothing happened before it, what was waited for, and whether that was people. */
  silence?: { ms: number; waits: string; people: boolean };
};

/**
 * Which part of how many lines is shown, both counted from 1 in the order they happened, and the versions that the pages
 * around it end with; null where there is none.
 */
export type HistoryPart = {
  first: number;
  last: number;
  length: number;
  oldest: number | null;
  earlier: number | null;
  later: number | null;
};

export const history_lines_per_page = 100;

/** The versions of one page of a history: of the events by this kind of actor, those up to a version, the newest unless said. */
export function pageOfHistory(
  reading: OrderReading,
  { by, upTo }: { by?: ActorKind; upTo?: number },
): { versions: number[]; part: HistoryPart } {
  const all = by ? versionsBy(reading, by) : Array.from({ length: reading.version }, (_, n) => n + 1);
  const found = upTo === undefined ? all.length : all.findLastIndex((version) => version <= upTo) + 1;
  const last = Math.max(Math.min(1, all.length), found);
  const first = Math.max(0, last - history_lines_per_page);
  const endOf = (count: number) => all[Math.min(count, all.length) - 1] ?? null;
  return {
    versions: all.slice(first, last),
    part: {
      first: Math.min(first + 1, last),
      last,
      length: all.length,
      oldest: first > 0 ? endOf(history_lines_per_page) : null,
      earlier: first > 0 ? endOf(first) : null,
      later: last < all.length ? endOf(last + history_lines_per_page) : null,
    },
  };
}

type Held = Parameters<typeof personalOf>[1];

/** An event as a line. */
export function historyLine(
  stored: StoredEvent,
  { effects, silences }: OrderReading,
  held: Held,
  person: (id: string) => string,
): HistoryLine {
  const { body, event, leaf } = stored;
  const effect = (key: string) => effects.get(key)?.effect;
  const said = event
    ? sentenceOf(event, { person, effect })
    : { sentence: `${body.type} happened, which this version of Holdpoint cannot read.`, technical: false };
  const silence = silences.get(body.version);
  return {
    id: `${body.stream}@${body.version}`,
    version: body.version,
    type: body.type,
    at: body.recordedAt,
    occurredAt: body.occurredAt === body.recordedAt ? undefined : body.occurredAt,
    actor: { name: actorWords(body.actor, person).name, kind: actorKindOf(stored) },
    ...said,
    note: body.type === "orderReceived" || body.type === "orderAmended" ? undefined : noteOf(body, held),
    file:
      event?.type === "attachmentAdded"
        ? { name: textOf(personalOf(body, held), "name"), size_bytes: event.data.size_bytes }
        : undefined,
    facts: event ? factsOf(event) : [],
    detail: JSON.stringify(body.data, null, 2),
    leaf,
    silence: silence && {
      ms: silence.ms,
      waits: allWaits(silence.waits, person),
      people: silence.waits.some(isForPeople),
    },
  };
}

/** Everybody an event names by id. */
export function peopleOf({ body }: StoredEvent): string[] {
  const named = [body.data.takenFrom, body.data.to, body.data.requestedBy];
  const did = body.actor.type === "person" ? body.actor.id : undefined;
  return [did, body.actor.onBehalfOf, ...named].filter((id): id is string => typeof id === "string");
}

/** Everybody that what was waited for names. */
export function peopleWaitedFor(waits: OrderReading["silences"]): string[] {
  return [...waits.values()].flatMap(({ waits: all }) =>
    all.flatMap((wait) => ("by" in wait ? [wait.by] : "owner" in wait && wait.owner ? [wait.owner] : [])),
  );
}

const lines_per_batch = 500;

/**
 * The whole history of an order in batches, oldest first, as far as it goes when asked; null when there is no such order, or
 * none this actor may see.
 */
export async function wholeHistory(
  actor: AuthorizedActor,
  store: Store,
  id: string,
): Promise<{ businessKey: string; batches: AsyncGenerator<HistoryLine[]> } | null> {
  demandActor(actor, store.keys.workspace);
  const reading = await readOrder(store, id);
  if (!reading || !maySee(actor, reading.state)) return null;
  return { businessKey: reading.state.businessKey, batches: batchesOf(store, id, reading) };
}

async function* batchesOf(store: Store, id: string, reading: OrderReading): AsyncGenerator<HistoryLine[]> {
  for (let first = 1; first <= reading.version; first += lines_per_batch) {
    const length = Math.min(lines_per_batch, reading.version - first + 1);
    const events = await readVersions(
      store,
      id,
      Array.from({ length }, (_, n) => first + n),
    );
    const [held, names] = await Promise.all([
      keysOf(store, subjectsOf(events)),
      namesOf(store, [...events.flatMap(peopleOf), ...peopleWaitedFor(reading.silences)]),
    ]);
    yield events.map((stored) => historyLine(stored, reading, held, names.person));
  }
}
