import type { EventRow } from "./event-table";

/** The lines of a log that is watched: what is drawn, and what waits until nobody reads there. The newest come first. */
export type Watching = {
  readonly shown: readonly EventRow[];
  readonly waiting: readonly EventRow[];
  /** Set when what waits does not go on where the drawn lines end: too much happened in between. */
  readonly apart: boolean;
};

/** No more lines are drawn, and no more wait. */
export const watched_lines_max = 200;

/** Lines came, the newest first: `gap` says that others may be missing before them. They wait while somebody reads. */
export function arrived(
  watching: Watching,
  { lines, gap }: { lines: readonly EventRow[]; gap: boolean },
  reads: boolean,
): Watching {
  const newest = Math.max(-1, watching.waiting[0]?.pos ?? -1, watching.shown[0]?.pos ?? -1);
  const fresh = lines.filter(({ pos }) => pos > newest);
  const held = {
    ...watching,
    waiting: [...fresh, ...(gap ? [] : watching.waiting)].slice(0, watched_lines_max),
    apart: watching.apart || gap,
  };
  return reads ? held : released(held);
}

/** What waited is drawn. Of lines that do not go on below it none stays. */
export function released({ shown, waiting, apart }: Watching): Watching {
  if (waiting.length === 0) return { shown, waiting, apart: false };
  return {
    shown: [...waiting, ...(apart ? [] : shown)].slice(0, watched_lines_max),
    waiting: [],
    apart: false,
  };
}
