import type { Route } from "next";
import { formatDay, type Instant, type ViewTime } from "./format";

/** Who or what caused an event. */
export type TimelineActor = { name: string; kind: "person" | "machine" | "outside" };

/** A time in which nothing happened: how long, what was waited for, and whether that was people. */
export type TimelineSilence = { ms: number; waits: string; people: boolean };

export type TimelineEntry = {
  /** `stream@version`. */
  id: string;
  version: number;
  type: string;
  at: Instant;
  /** When it happened, where that is not when it was recorded. */
  occurredAt?: Instant;
  actor: TimelineActor;
  /** One whole plain sentence; an actor's name at its beginning is drawn strong. */
  sentence: string;
  /** Set for what only an engineer looks for; two or more neighbours are folded together. */
  technical: boolean;
  /** By what it was decided. */
  facts: readonly ({ label: string } & ({ value: string } | { at: Instant }))[];
  /** The event's data as JSON, for those who want to see it. */
  detail: string;
  /** The leaf hash, lower-case hex. */
  leaf: string;
  /** What somebody wrote with it. */
  note?: string;
  /** What was attached with it, and how much that is in words. */
  attachment?: { name: string; size: string; href: Route };
  /** How long nothing had happened before it. */
  silence?: TimelineSilence;
  /** Where everything is shown as it was then. */
  thenHref?: Route;
};

/** Which event is read first. */
export type TimelineOrder = "oldest" | "newest";

/** One event, a run of technical ones, or a silence; the `id` of a run stays the same while events are added. */
export type TimelineItem =
  | { kind: "event"; id: string; entry: TimelineEntry }
  | { kind: "machine"; id: string; entries: TimelineEntry[] }
  | { kind: "silence"; id: string; silence: TimelineSilence };
export type TimelineDay = { day: string; items: TimelineItem[] };

/**
 * Sorts entries, oldest first, into the reader's days in the order they are to be read; technical neighbours of one day
 * become one item, a single one hides behind nothing, and a silence stands between the events it lay between.
 */
export function timelineDays(
  entries: readonly TimelineEntry[],
  view: ViewTime,
  order: TimelineOrder,
): TimelineDay[] {
  const days: TimelineDay[] = [];
  for (const entry of entries) {
    const day = formatDay(entry.at, view);
    let current = days.at(-1);
    if (current?.day !== day) {
      current = { day, items: [] };
      days.push(current);
    }
    const { id, silence } = entry;
    if (silence) current.items.push({ kind: "silence", id: `${id} silence`, silence });
    const last = current.items.at(-1);
    if (!entry.technical || !last || !isTechnical(last)) current.items.push({ kind: "event", id, entry });
    else if (last.kind === "machine") last.entries.push(entry);
    else current.items.splice(-1, 1, { kind: "machine", id: `${last.id} run`, entries: [last.entry, entry] });
  }
  return order === "oldest" ? days : days.map(backwards).toReversed();
}

type Technical = Exclude<TimelineItem, { kind: "silence" }>;

function isTechnical(item: TimelineItem): item is Technical {
  return item.kind === "machine" || (item.kind === "event" && item.entry.technical);
}

function backwards({ day, items }: TimelineDay): TimelineDay {
  const turned = items.map((item) =>
    item.kind === "machine" ? { ...item, entries: item.entries.toReversed() } : item,
  );
  return { day, items: turned.toReversed() };
}
