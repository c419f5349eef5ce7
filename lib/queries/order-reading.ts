import type { AuthorizedActor } from "#lib/domain/authority";
import type { RecordedEvent } from "#lib/domain/events";
import { evolve, type OrderState, visitKey } from "#lib/domain/order";
import { mayRead } from "./permission";
import { followsByItself } from "./sentences";
import { type EventRow, eventColumns, readStored, type Store, type StoredEvent } from "./store";
import { type Wait, waitsOf } from "./waits";
import { actorWords, definitionOf } from "./words";

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
  /** The kind of actor of every event, a letter each, the first event's first. */
  readonly kinds: string;
  /** Before which versions nothing happened for long, and what was waited for. */
  readonly silences: ReadonlyMap<number, Silence>;
  /** When the last event was recorded. */
  readonly recordedAt: string;
  /** The ways the order went, `from>to` by the names of steps. */
  readonly ways: ReadonlySet<string>;
  /** The newest event that asked for somebody's attention, as long as that is asked for. */
  readonly attention: number | null;
  /** The newest check of the policy, and by visit the newest events of each task: what a present wait is explained by. */
  readonly checked: number | null;
  readonly tasks: ReadonlyMap<string, readonly number[]>;
};

/** Whether this actor may see an order: all of them, or as who asked for it. */
export function maySee(actor: AuthorizedActor, state: OrderState): boolean {
  if (mayRead(actor, "orders")) return true;
  return mayRead(actor, "ownOrders") && actor.person !== undefined && actor.person === state.requestedBy;
}

export type ActorKind = "person" | "machine" | "outside";

const kindLetters: Readonly<Record<ActorKind, string>> = { person: "p", machine: "m", outside: "o" };

/** The versions of the events that this kind of actor caused, in their order. */
export function versionsBy({ kinds }: OrderReading, kind: ActorKind): number[] {
  const letter = kindLetters[kind];
  return Array.from(kinds).flatMap((each, index) => (each === letter ? [index + 1] : []));
}

/** A time in which nothing happened. */
export type Silence = { ms: number; waits: readonly Wait[] };

/** A shorter pause is none. */
export const silence_min_ms = 15 * 60_000;

/** Older ones of a task that was claimed and released for weeks explain nothing about the present. */
const task_events_max = 40;

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
  let { unreadable, version, leaf, content, sentBack, kinds, recordedAt, checked, attention } =
    from ?? beginning;
  const given = new Map(from?.given);
  const effects = new Map(from?.effects);
  const silences = new Map(from?.silences);
  const ways = new Set(from?.ways);
  const tasks = new Map(from?.tasks);
  for (const stored of events) {
    const { body, event } = stored;
    ({ version } = body);
    ({ leaf } = stored);
    kinds += kindLetters[actorKindOf(stored)];
    const ms = state && Date.parse(body.recordedAt) - Date.parse(recordedAt);
    if (state && ms !== null && ms >= silence_min_ms)
      silences.set(version, { ms, waits: unreadable === null ? waitsOf(state) : [] });
    ({ recordedAt } = body);
    if (unreadable !== null) continue;
    if (!event) {
      unreadable = `This version of Holdpoint does not know what ${body.type} means, which stands in version ${version}.`;
      continue;
    }
    for (const way of waysOf(state, event)) ways.add(way);
    state = evolve(state, event);
    if (event.type === "orderNeedsAttention") attention = version;
    else if (state.needsAttention === null) attention = null;
    if (event.type === "policyChecked") checked = version;
    else if (isOfTask(event))
      tasks.set(
        visitKey(event.data),
        [...(tasks.get(visitKey(event.data)) ?? []), version].slice(-task_events_max),
      );
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
  return (
    state && {
      state,
      unreadable,
      version,
      leaf,
      given,
      content,
      sentBack,
      effects,
      kinds,
      silences,
      recordedAt,
      ways,
      checked,
      attention,
      tasks,
    }
  );
}

const beginning = {
  unreadable: null,
  version: 0,
  leaf: "",
  content: 1,
  sentBack: null,
  kinds: "",
  recordedAt: "",
  checked: null,
  attention: null,
} as Pick<
  OrderReading,
  | "unreadable"
  | "version"
  | "leaf"
  | "content"
  | "sentBack"
  | "kinds"
  | "recordedAt"
  | "checked"
  | "attention"
>;

/** Who caused it, or a machine when it followed by itself. */
export function actorKindOf({ body, event }: StoredEvent): ActorKind {
  return event && followsByItself(event) ? "machine" : actorWords(body.actor, String).kind;
}

/** The ways an event took: from its own step, or from the one that was sent back, to each that it opened. */
function waysOf(state: OrderState | null, event: RecordedEvent): string[] {
  if (!("next" in event.data) || event.type === "orderCancelled") return [];
  const from =
    "step" in event.data
      ? event.data.step
      : Object.values(state?.tasks ?? {}).find(({ suspended }) => suspended?.for === "changes")?.step;
  return from === undefined ? [] : event.data.next.map(({ step }) => `${from}>${step}`);
}

type TaskEvent = Extract<RecordedEvent, { type: `task${string}` | `decision${string}` }>;

function isOfTask(event: RecordedEvent): event is TaskEvent {
  return event.type.startsWith("task") || event.type.startsWith("decision");
}

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

/** The order as of one of its versions, read from its beginning and not kept; null when it has not so many. */
export async function readPast(store: Store, id: string, version: number): Promise<OrderReading | null> {
  const { database, keys } = store;
  let reading: OrderReading | null = null;
  for (let next = 1; next <= version; next += events_per_read) {
    const rows = await database.$queryRawUnsafe<EventRow[]>(
      `SELECT ${eventColumns} FROM event WHERE workspace = $1 AND stream = $2 AND version BETWEEN $3 AND $4
       ORDER BY version`,
      keys.workspace,
      `order/${id}`,
      next,
      Math.min(version, next + events_per_read - 1),
    );
    reading = readOn(reading, rows.map(readStored));
  }
  return reading?.version === version ? reading : null;
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
