import { formatDay, type Instant, type ViewTime } from "./format";

/** Who or what caused an event. */
export type TimelineActor = { name: string; kind: "person" | "machine" | "outside" };

export type TimelineEntry = {
  /** `stream@version`. */
  id: string;
  at: Instant;
  actor: TimelineActor;
  /** One whole plain sentence; an actor's name at its beginning is drawn strong. */
  sentence: string;
  /** Set for what only an engineer looks for; neighbours are folded together. */
  technical: boolean;
  /** The event's data as JSON, for those who want to see it. */
  detail: string;
  version: number;
  /** The leaf hash, lower-case hex. */
  leaf: string;
  /** What somebody wrote with it. */
  note?: string;
};

/** One event that people read, or a run of technical ones; `idle_ms` is the silence before it, when it was long. */
export type TimelineItem =
  | { kind: "event"; entry: TimelineEntry; idle_ms?: number }
  | { kind: "machine"; entries: TimelineEntry[]; idle_ms?: number };
export type TimelineDay = { day: string; items: TimelineItem[] };

const IDLE_MIN_MS = 15 * 60_000;

/**
 * Sorts entries, which come in the order they are to be read, into the reader's days; technical neighbours of one
 * day become one item, and a silence of a quarter of an hour within a day is kept as a number.
 */
export function timelineDays(entries: readonly TimelineEntry[], view: ViewTime): TimelineDay[] {
  const days: TimelineDay[] = [];
  let previous: TimelineEntry | undefined;
  for (const entry of entries) {
    const day = formatDay(entry.at, view);
    let current = days.at(-1);
    if (current?.day !== day) {
      current = { day, items: [] };
      days.push(current);
      previous = undefined;
    }
    const away_ms = previous ? Math.abs(Date.parse(entry.at) - Date.parse(previous.at)) : 0;
    const idle_ms = away_ms >= IDLE_MIN_MS ? away_ms : undefined;
    const last = current.items.at(-1);
    if (!entry.technical) current.items.push({ kind: "event", entry, idle_ms });
    else if (last?.kind === "machine" && idle_ms === undefined) last.entries.push(entry);
    else current.items.push({ kind: "machine", entries: [entry], idle_ms });
    previous = entry;
  }
  return days;
}
