import { evolve, type OrderState } from "#lib/domain/order";
import { type EventRow, eventColumns, readStored, type Store, type StoredEvent } from "./store";
import { definitionOf } from "./words";

/**
 * An order as its history leaves it, and at which versions stands what a page shows of that history. Kept in memory, so that
 * an order of ten thousand events opens like one of fifty: only what has happened since is read. What is kept names no
 * person's data: that stays closed in the events.
 */
export type OrderReading = {
  readonly state: OrderState;
  /** Why the history could not be folded to its end; the state is then as of the event before. */
  readonly unreadable: string | null;
  /** Of the last event there is. */
  readonly version: number;
  readonly leaf: string;
  /** Who gave the last verdict at each step that stands. */
  readonly given: ReadonlyMap<string, { verdict: string; by: string }>;
  /** Versions: of the newest event that says what the order is about, and of the last verdict that sent it back. */
  readonly content: number;
  readonly sentBack: number | null;
  readonly effects: ReadonlyMap<string, EffectReading>;
};

/** What is shown of an effect's history, by version, and when it was sent. */
export type EffectReading = {
  readonly effect: string;
  readonly intended: number;
  /** The outside's last word, and its last promise of an answer. */
  readonly said: number | null;
  readonly promised: number | null;
  readonly recent: readonly number[];
  readonly sent: { readonly times: number; readonly first: string; readonly last: string } | null;
};

/** Older ones of an effect that was tried for weeks stand in the order's history. */
export const effect_events_max = 40;

/** Goes on from a reading, or begins one; null as long as there is nothing to begin with. */
export function readOn(from: OrderReading | null, events: readonly StoredEvent[]): OrderReading | null {
  let state = from?.state ?? null;
  let { unreadable, version, leaf, content, sentBack } = from ?? beginning;
  const given = new Map(from?.given);
  const effects = new Map(from?.effects);
  for (const stored of events) {
    const { body, event } = stored;
    ({ version } = body);
    ({ leaf } = stored);
    if (unreadable !== null) continue;
    if (!event) {
      unreadable = `This version of Holdpoint does not know what ${body.type} means, which stands in version ${version}.`;
      continue;
    }
    state = evolve(state, event);
    switch (event.type) {
      case "orderReceived":
      case "orderAmended":
        content = version;
        break;
      case "decisionMade": {
        const { step, verdict } = event.data;
        given.set(step, { verdict, by: event.actor.onBehalfOf ?? event.actor.id });
        if (sendsBack(state, step, verdict)) sentBack = version;
        break;
      }
      case "decisionWithdrawn":
        given.delete(event.data.step);
        break;
    }
    if ("key" in event.data) {
      const about = effectReading(effects.get(event.data.key), stored);
      if (about) effects.set(event.data.key, about);
    }
  }
  return state && { state, unreadable, version, leaf, given, content, sentBack, effects };
}

const beginning = { unreadable: null, version: 0, leaf: "", content: 1, sentBack: null } as Pick<
  OrderReading,
  "unreadable" | "version" | "leaf" | "content" | "sentBack"
>;

function sendsBack(state: OrderState, step: string, verdict: string): boolean {
  const task = definitionOf(state.workflow)?.steps[step];
  const outcome = task?.kind === "task" ? task.outcomes[verdict] : undefined;
  return outcome !== undefined && "sendBack" in outcome;
}

function effectReading(
  from: EffectReading | undefined,
  { body: { version, data }, event }: StoredEvent,
): EffectReading | undefined {
  const intent = event?.type === "effectIntended" ? event.data : undefined;
  if (!event || (!from && !intent)) return undefined;
  const sends = event.type === "effectAttempted" || intent?.attempt !== undefined;
  const sent = from?.sent ?? null;
  return {
    effect: intent?.effect ?? from!.effect,
    intended: from?.intended ?? version,
    // What a person wrote is a reason, not the outside's word.
    said: event.actor.type === "system" && data.personal ? version : (from?.said ?? null),
    promised: event.type === "effectPending" ? version : (from?.promised ?? null),
    recent: [...(from?.recent ?? []), version].slice(-effect_events_max),
    sent: sends
      ? { times: (sent?.times ?? 0) + 1, first: sent?.first ?? event.recordedAt, last: event.recordedAt }
      : sent,
  };
}

/** The versions that say what is known of an effect. */
export function versionsAbout({ intended, said, promised, recent }: EffectReading): number[] {
  return [intended, said, promised, ...recent].filter((version) => version !== null);
}

const readings_max = 1_000;
const events_per_read = 1_000;
const kept = new Map<string, OrderReading>();

/** The order as of the last event of its stream; null when there is none. */
export async function readOrder(store: Store, id: string): Promise<OrderReading | null> {
  const place = `${store.keys.workspace}/${id}`;
  const known = kept.get(place);
  const reading = (known && (await readFrom(store, id, known))) ?? (await readFrom(store, id, null)) ?? null;
  kept.delete(place);
  if (reading) kept.set(place, reading);
  if (kept.size > readings_max) kept.delete(kept.keys().next().value!);
  return reading;
}

/** Undefined when the log does not go on from there: it was put back. */
async function readFrom(
  { database, keys }: Store,
  id: string,
  from: OrderReading | null,
): Promise<OrderReading | null | undefined> {
  let reading = from;
  // The last event that is known is read once more, to see that it is still that one.
  for (let next = from?.version ?? 1; ; ) {
    const rows = await database.$queryRawUnsafe<EventRow[]>(
      `SELECT ${eventColumns} FROM event WHERE workspace = $1 AND stream = $2 AND version >= $3
       ORDER BY version LIMIT ${events_per_read}`,
      keys.workspace,
      `order/${id}`,
      next,
    );
    const events = rows.map(readStored);
    if (reading !== null && reading === from && events.shift()?.leaf !== from.leaf) return undefined;
    reading = readOn(reading, events);
    if (reading === null || rows.length < events_per_read) return reading;
    next = reading.version + 1;
  }
}

/** These events of an order, by version. */
export async function readVersions(
  { database, keys }: Store,
  id: string,
  versions: Iterable<number>,
): Promise<StoredEvent[]> {
  const rows = await database.$queryRawUnsafe<EventRow[]>(
    `SELECT ${eventColumns} FROM event WHERE workspace = $1 AND stream = $2 AND version = ANY ($3::integer[]) ORDER BY version`,
    keys.workspace,
    `order/${id}`,
    [...new Set(versions)],
  );
  return rows.map(readStored);
}
