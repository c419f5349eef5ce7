import { User } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { Badge } from "./badge";
import { Countdown } from "./countdown";
import type { Sla } from "./countdown-reading";
import { formatExact, type Instant, type ViewTime } from "./format";
import { Moment } from "./moment";
import type { PageLinks } from "./pagination";
import { ReassignButton, type Reassignment, ReassignNews, ReassignRow } from "./reassign-row";
import { Cell, type Column, ListTable, rowLinkClass } from "./table-frame";

export type QueueRow = {
  orderHref: Route;
  /** What identifies the order for people: customer and number. */
  title: string;
  /** Why it is here, one short phrase each: "Over GBP 1,000.00", "First order of this customer". */
  reasons: readonly string[];
  /** Money in words: `formatMoney(...)`. */
  amount: string;
  /** Who has claimed it, if anybody. */
  claimedBy?: string;
  /** Since when it waits. */
  age: Instant;
  sla: Sla;
  requestedBy: string;
  /** Set when who looks may give it back or hand it to somebody else. */
  reassignment?: Reassignment;
};

export type QueueTableProps = {
  /** Names the table for people who hear it: "Tasks you may decide, by time to breach". */
  caption: string;
  rows: readonly QueueRow[];
  view: ViewTime;
  pages?: PageLinks & { summary?: string };
  /** What an empty table says. */
  empty: { title: string; reason: string };
};

const columns: readonly Column[] = [
  { label: "Time left", className: "w-px" },
  { label: "Order", className: "max-sm:pl-1" },
  { label: "Amount", from: "sm", align: "right" },
  { label: "Requested by", from: "md" },
  { label: "Claimed by", from: "sm" },
  { label: "Waiting since", from: "sm" },
];
const reassigning: Column = { label: "Reassign", from: "sm", className: "w-px" };

/**
 * Tasks in a table; on a phone the lesser columns go below the title. The whole row leads to the order; where it may be, its
 * task is given to somebody else from below it.
 */
export function QueueTable({ caption, rows, view, pages, empty }: QueueTableProps) {
  const shown = rows.some(({ reassignment }) => reassignment) ? [...columns, reassigning] : columns;
  return (
    <ReassignNews>
      <ListTable
        caption={caption}
        columns={shown}
        rows={rows}
        row={(row) => <TaskRow key={row.orderHref} row={row} view={view} columns={shown.length} />}
        pages={pages}
        empty={empty}
      />
    </ReassignNews>
  );
}

function TaskRow({ row, view, columns: across }: { row: QueueRow; view: ViewTime; columns: number }) {
  return (
    <ReassignRow
      about={row.title}
      columns={across}
      reassignment={row.reassignment}
      className="relative align-baseline hover:bg-sunken/60"
    >
      <Cell className="min-w-36 sm:whitespace-nowrap">
        <Countdown
          sla={row.sla}
          now={view.now}
          dueText={row.sla.breachAt ? formatExact(row.sla.breachAt, view) : undefined}
        />
      </Cell>
      <Cell className="max-sm:pl-1">
        <div className="grid gap-x-2.5 gap-y-1 sm:flex sm:flex-wrap sm:items-baseline">
          <Link href={row.orderHref} className={rowLinkClass}>
            {row.title}
          </Link>
          <ul className="flex flex-wrap gap-1">
            {row.reasons.map((reason) => (
              <li key={reason}>
                <Badge>{reason}</Badge>
              </li>
            ))}
          </ul>
        </div>
        <p className="mt-1.5 flex flex-wrap gap-x-2 text-xs text-ink-muted sm:hidden">
          <span className="font-semibold text-ink tabular-nums">{row.amount}</span>
          <span>by {row.requestedBy}</span>
          {row.claimedBy && <span>claimed by {row.claimedBy}</span>}
          <Moment at={row.age} view={view} />
        </p>
        <div className="mt-2 empty:hidden sm:hidden">
          <ReassignButton />
        </div>
      </Cell>
      <Cell from="sm" align="right" className="font-medium whitespace-nowrap tabular-nums">
        {row.amount}
      </Cell>
      <Cell from="md" className="text-ink-muted">
        {row.requestedBy}
      </Cell>
      <Cell from="sm">
        {row.claimedBy ? (
          <span className="inline-flex items-baseline gap-1 whitespace-nowrap">
            <User aria-hidden="true" className="size-3.5 self-center text-ink-muted" />
            {row.claimedBy}
          </span>
        ) : (
          <span className="text-ink-muted">Nobody</span>
        )}
      </Cell>
      <Cell from="sm" className="text-ink-muted">
        <Moment at={row.age} view={view} />
      </Cell>
      {across > columns.length && (
        <Cell from="sm">
          <ReassignButton />
        </Cell>
      )}
    </ReassignRow>
  );
}
