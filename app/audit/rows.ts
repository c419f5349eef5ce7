import type { Route } from "next";
import type { LogLine } from "#lib/queries/audit-log";
import type { EventRow } from "../../components/event-table";

/** A line of the log as the table draws it, with the way to what it is about. */
export function eventRow({ occurredAt: _, kind: __, ...line }: LogLine): EventRow {
  return {
    ...line,
    streamHref: line.stream.startsWith("order/")
      ? (`/orders/${encodeURIComponent(line.stream.slice("order/".length))}` as Route)
      : undefined,
  };
}
