import type { TaskLine } from "./task-list";

/**
 * In which orders else a list of tasks can be read than by time to breach: by when it came, and by what it is worth, each
 * currency by itself, because amounts of several do not compare.
 */
export const taskSorts = ["oldest", "newest", "largest", "smallest"] as const;
export type TaskSort = (typeof taskSorts)[number];

export function isTaskSort(text: string | undefined): text is TaskSort {
  return taskSorts.includes(text as TaskSort);
}

/**
 * So many tasks are put in another order, the first by time to breach: what is sorted has to be read before its first line
 * is known, and a list of any length answers at once. That what is late stays among them is no accident.
 */
export const sorted_max = 5_000;

/** Where a line stands: by the group first, then by the number, both ascending, then by order, step and visit. */
export type TaskPlace = readonly [group: string, rank: number];

type Sorting = {
  /** The same place of a row `w` of `task` and its order `o`, in SQL. */
  group: string;
  rank: string;
  ofOrder: boolean;
  place(line: TaskLine): TaskPlace;
};

const opened = "(extract(epoch FROM w.opened_at) * 1000)::bigint";
const openedAt = ({ openedAt }: TaskLine) => Date.parse(openedAt);

export const sortings: Record<TaskSort, Sorting> = {
  oldest: { group: "''", rank: opened, ofOrder: false, place: (line) => ["", openedAt(line)] },
  newest: { group: "''", rank: `-${opened}`, ofOrder: false, place: (line) => ["", -openedAt(line)] },
  largest: {
    group: "o.currency",
    rank: "-o.amount_minor",
    ofOrder: true,
    place: ({ total }) => [total.currency, -total.amount],
  },
  smallest: {
    group: "o.currency",
    rank: "o.amount_minor",
    ofOrder: true,
    place: ({ total }) => [total.currency, total.amount],
  },
};

/** Where a line stands in a list: by time to breach when it is not sorted otherwise, what has no deadline last. */
export function placeOf(line: TaskLine, sort: TaskSort | undefined): TaskPlace {
  return sort ? sortings[sort].place(line) : [line.breachAt ?? "~", 0];
}

/** A line's place as the cursor of the page behind it. */
export function writeSortedCursor({ order, step, visit }: TaskLine, [group, rank]: TaskPlace): string {
  return [group, rank, order, step, visit].join("~");
}

const cursorPattern = /^([A-Z]{3})?~(-?\d{1,17})~([\w-]{1,64})~([\w.-]{1,80})~(\d{1,6})$/;

/** What such a cursor from an address means, or undefined when somebody typed it. */
export function readSortedCursor(cursor: string | undefined) {
  const [, group = "", rank, order, step, visit] = cursorPattern.exec(cursor ?? "") ?? [];
  if (!rank || !order || !step || !visit) return undefined;
  return { group, rank: Number(rank), order, step, visit: Number(visit) };
}
