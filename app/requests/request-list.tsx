import type { Route } from "next";
import Link from "next/link";
import { formatMoney } from "#lib/domain/money";
import type { OrderLine } from "#lib/queries/order-lines";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { Cell, type Column, rowLinkClass, TableFrame } from "../../components/table-frame";
import { OrderBadge } from "../status-badges";
import { orderTitle } from "../task-rows";

const columns: readonly Column[] = [
  { label: "Order" },
  { label: "Status" },
  { label: "Amount", from: "sm", align: "right" },
  { label: "Asked for", from: "sm" },
];

/** Orders somebody asked for, each row leading to its order. */
export function RequestList({
  caption,
  lines,
  view,
}: {
  caption: string;
  lines: readonly OrderLine[];
  view: ViewTime;
}) {
  return (
    <TableFrame caption={caption} columns={columns}>
      {lines.map((line) => (
        <tr key={line.order} className="relative align-baseline hover:bg-sunken/60">
          <Cell>
            <Link href={`/orders/${line.order}` as Route} className={rowLinkClass}>
              {orderTitle(line)}
            </Link>
            <p className="mt-1 flex flex-wrap gap-x-2 text-xs text-ink-muted sm:hidden">
              <span className="font-semibold text-ink tabular-nums">{formatMoney(line.total)}</span>
              <Moment at={line.receivedAt} view={view} as="instant" />
            </p>
          </Cell>
          <Cell>
            <OrderBadge status={line.standing} />
          </Cell>
          <Cell from="sm" align="right" className="font-medium whitespace-nowrap tabular-nums">
            {formatMoney(line.total)}
          </Cell>
          <Cell from="sm" className="text-ink-muted">
            <Moment at={line.receivedAt} view={view} as="instant" />
          </Cell>
        </tr>
      ))}
    </TableFrame>
  );
}
