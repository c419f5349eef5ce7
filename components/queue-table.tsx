import { User } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { Badge } from "./badge";
import { Countdown } from "./countdown";
import type { Sla } from "./countdown-reading";
import { formatExact, type Instant, type ViewTime } from "./format";
import { Moment } from "./moment";
import type { PageLinks } from "./pagination";
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

/** Tasks in a table; on a phone the lesser columns go below the title. The whole row leads to the order. */
export function QueueTable({ caption, rows, view, pages, empty }: QueueTableProps) {
  return (
    <ListTable
      caption={caption}
      columns={columns}
      rows={rows}
      row={(row) => <TaskRow key={row.orderHref} row={row} view={view} />}
      pages={pages}
      empty={empty}
    />
  );
}

function TaskRow({ row, view }: { row: QueueRow; view: ViewTime }) {
  return (
    <tr className="relative align-baseline hover:bg-sunken/60">
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
    </tr>
  );
}
