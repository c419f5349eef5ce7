/** `next` is the cursor of the page after this one; null on the last page. */
export type Page<Line> = { lines: Line[]; next: string | null };

export const lines_per_page = 50;

const orderCursor = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)~([\w-]{1,64})$/;

/** The instant and order of a cursor over orders by the time they were received; empty when somebody typed it. */
export function readOrderCursor(cursor: string | undefined): [receivedAt?: string, order?: string] {
  const [, receivedAt, order] = orderCursor.exec(cursor ?? "") ?? [];
  return receivedAt && !Number.isNaN(Date.parse(receivedAt)) ? [receivedAt, order] : [];
}

/** Cuts one row more than fits to a page of orders by the time they were received, and says where the next one begins. */
export function orderPage<Row extends { received_at: Date; order_id: string }>(
  rows: readonly Row[],
): { shown: Row[]; next: string | null } {
  const shown = rows.slice(0, lines_per_page);
  const last = shown.at(-1);
  return {
    shown,
    next: rows.length > lines_per_page && last ? `${last.received_at.toISOString()}~${last.order_id}` : null,
  };
}
