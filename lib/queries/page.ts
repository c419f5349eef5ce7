/** `next` is the cursor of the page after this one; null on the last page. */
export type Page<Line> = { lines: Line[]; next: string | null };

export const lines_per_page = 50;

/** Counting stops here: a number nobody counts to is not worth reading for, and it is the same effort in any workspace. */
export const count_max = 100;

/** No page and no count looks at more rows of a list than this, however little of what it looks at is to be shown. */
export const looked_max = 1_000;

/** How many of what was looked at; `more` says that counting stopped. */
export type Counted = { count: number; more: boolean };

/**
 * A page of the rows that a statement walks in the order of an index: those that are `shown`, a condition over `w`. A list
 * of which little is shown ends a page after `looked_max` rows, and the next one goes on behind the last of these. `walk`
 * says `LIMIT looked_max` itself, and gives its rows in `order`, which names its columns: PostgreSQL then stops at the page's
 * last row, because it has nothing left to sort.
 */
export function pageOfWalk(walk: string, order: string, shown: string): string {
  return `SELECT * FROM (SELECT w.*, row_number() OVER (ORDER BY ${order}) AS walked, (${shown}) AS shown FROM (${walk}) w) w
    WHERE shown OR walked = ${looked_max} ORDER BY ${order} LIMIT ${lines_per_page + 1}`;
}

export type WalkedRow = { walked: bigint; shown: boolean };

/** Cuts what `pageOfWalk` gave to a page, and says where the next one begins. */
export function cutWalk<Row extends WalkedRow>(
  rows: readonly Row[],
  cursorOf: (row: Row) => string,
): { shown: Row[]; next: string | null } {
  const shown = rows.filter((row) => row.shown).slice(0, lines_per_page);
  const last = shown.length === lines_per_page ? shown.at(-1) : rows.at(-1);
  const more = rows.at(-1) !== shown.at(-1) || Number(last?.walked) === looked_max;
  return { shown, next: last && more ? cursorOf(last) : null };
}

const orderCursor = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)~([\w-]{1,64})$/;

/** A place among orders by the time they were received. */
export type OrderPlace = { receivedAt: string; order: string };

/** The place a cursor means; undefined when somebody typed it. */
export function readOrderCursor(cursor: string | undefined): OrderPlace | undefined {
  const [, receivedAt, order] = orderCursor.exec(cursor ?? "") ?? [];
  return receivedAt && order && !Number.isNaN(Date.parse(receivedAt)) ? { receivedAt, order } : undefined;
}

export function orderCursorOf({ received_at, order_id }: { received_at: Date; order_id: string }): string {
  return `${received_at.toISOString()}~${order_id}`;
}
