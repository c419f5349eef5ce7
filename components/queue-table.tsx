import { User } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { Badge } from "./badge";
import { Countdown } from "./countdown";
import type { Sla } from "./countdown-reading";
import { EmptyState } from "./empty-state";
import { formatInstant, type Instant, type ViewTime } from "./format";
import { Moment } from "./moment";
import { type PageLinks, Pagination } from "./pagination";

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

const headClass = "px-3 py-2 text-left text-xs font-medium text-ink-muted whitespace-nowrap";

/** Tasks in a table; on a phone the lesser columns go below the title. The whole row leads to the order. */
export function QueueTable({ caption, rows, view, pages, empty }: QueueTableProps) {
  if (rows.length === 0) {
    return (
      <>
        <EmptyState title={empty.title} reason={empty.reason} />
        <Pagination of={caption} {...pages} />
      </>
    );
  }
  return (
    <>
      <div className="overflow-hidden rounded-lg border border-line bg-surface">
        <table className="w-full border-collapse">
          <caption className="sr-only">{caption}</caption>
          <thead className="border-b border-line bg-sunken">
            <tr>
              <th scope="col" className={`${headClass} w-px`}>
                Time left
              </th>
              <th scope="col" className={headClass}>
                Order
              </th>
              <th scope="col" className={`${headClass} hidden text-right sm:table-cell`}>
                Amount
              </th>
              <th scope="col" className={`${headClass} hidden md:table-cell`}>
                Requested by
              </th>
              <th scope="col" className={`${headClass} hidden sm:table-cell`}>
                Claimed by
              </th>
              <th scope="col" className={`${headClass} hidden sm:table-cell`}>
                Waiting since
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rows.map((row) => (
              <tr key={row.orderHref} className="relative align-top hover:bg-sunken/60">
                <td className="min-w-36 px-3 py-2 sm:whitespace-nowrap">
                  <Countdown
                    sla={row.sla}
                    now={view.now}
                    dueText={row.sla.breachAt ? formatInstant(row.sla.breachAt, view) : undefined}
                  />
                </td>
                <td className="py-2 pr-3 pl-1 sm:px-3">
                  <div className="grid gap-x-2.5 gap-y-1 sm:flex sm:flex-wrap sm:items-baseline">
                    <Link
                      href={row.orderHref}
                      className="font-medium wrap-anywhere after:absolute after:inset-0 hover:underline focus-visible:outline-none focus-visible:after:rounded-sm focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
                    >
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
                </td>
                <td className="hidden px-3 py-2 text-right font-medium whitespace-nowrap tabular-nums sm:table-cell">
                  {row.amount}
                </td>
                <td className="hidden px-3 py-2 text-ink-muted md:table-cell">{row.requestedBy}</td>
                <td className="hidden px-3 py-2 sm:table-cell">
                  {row.claimedBy ? (
                    <span className="inline-flex items-center gap-1 whitespace-nowrap">
                      <User aria-hidden="true" className="size-3.5 text-ink-muted" />
                      {row.claimedBy}
                    </span>
                  ) : (
                    <span className="text-ink-muted">Nobody</span>
                  )}
                </td>
                <td className="hidden px-3 py-2 text-ink-muted sm:table-cell">
                  <Moment at={row.age} view={view} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pagination of={caption} {...pages} />
    </>
  );
}
