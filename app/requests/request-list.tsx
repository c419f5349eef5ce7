import type { Route } from "next";
import Link from "next/link";
import { formatMoney } from "#lib/domain/money";
import type { RequestLine } from "#lib/queries/requests";
import { OrderBadge } from "../../components/badge";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { orderTitle } from "../task-rows";

const headClass = "px-3 py-2 text-left text-xs font-medium text-ink-muted whitespace-nowrap";

/** Orders somebody asked for; those that wait for changes lead to where they are made. */
export function RequestList({
  caption,
  lines,
  view,
}: {
  caption: string;
  lines: readonly RequestLine[];
  view: ViewTime;
}) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full border-collapse">
        <caption className="sr-only">{caption}</caption>
        <thead className="border-b border-line bg-sunken">
          <tr>
            <th scope="col" className={headClass}>
              Order
            </th>
            <th scope="col" className={headClass}>
              Status
            </th>
            <th scope="col" className={`${headClass} hidden text-right sm:table-cell`}>
              Amount
            </th>
            <th scope="col" className={`${headClass} hidden sm:table-cell`}>
              Asked for
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {lines.map((line) => (
            <tr key={line.order} className="relative align-baseline hover:bg-sunken/60">
              <td className="px-3 py-2">
                <Link
                  href={`/orders/${line.order}` as Route}
                  className="font-medium wrap-anywhere after:absolute after:inset-0 hover:underline focus-visible:outline-none focus-visible:after:rounded-sm focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
                >
                  {orderTitle(line)}
                </Link>
                <p className="mt-1 flex flex-wrap gap-x-2 text-xs text-ink-muted sm:hidden">
                  <span className="font-semibold text-ink tabular-nums">{formatMoney(line.total)}</span>
                  <Moment at={line.receivedAt} view={view} as="instant" />
                </p>
              </td>
              <td className="px-3 py-2">
                <OrderBadge status={line.standing} />
              </td>
              <td className="hidden px-3 py-2 text-right font-medium whitespace-nowrap tabular-nums sm:table-cell">
                {formatMoney(line.total)}
              </td>
              <td className="hidden px-3 py-2 text-ink-muted sm:table-cell">
                <Moment at={line.receivedAt} view={view} as="instant" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
