import type { Route } from "next";
import Link from "next/link";
import { formatMoney } from "#lib/domain/money";
import type { OrderLine } from "#lib/queries/order-lines";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { Cell, type Column, rowLinkClass, TableFrame } from "../../components/table-frame";
import { OrderBadge } from "../status-badges";
import { orderTitle } from "../task-rows";

const order: readonly Column[] = [{ label: "Order" }, { label: "Status" }];
const amount: Column = { label: "Amount", from: "sm", align: "right" };
const requestedBy: Column = { label: "Requested by", from: "md" };
const received: Column = { label: "Received", from: "sm" };

export type OrderListProps = {
  caption: string;
  lines: readonly OrderLine[];
  view: ViewTime;
  /** Set for a person's own orders: who asked for them goes without saying. */
  own?: boolean;
};

/** Orders in a table, each row leading to its order; on a phone the lesser columns go below the title. */
export function OrderList({ caption, lines, view, own }: OrderListProps) {
  return (
    <TableFrame
      caption={caption}
      columns={own ? [...order, amount, received] : [...order, amount, requestedBy, received]}
    >
      {lines.map((line) => (
        <tr key={line.order} className="relative align-baseline hover:bg-sunken/60">
          <Cell>
            <Link href={`/orders/${line.order}` as Route} className={rowLinkClass}>
              {orderTitle(line)}
            </Link>
            <p className="mt-1 flex flex-wrap gap-x-2 text-xs text-ink-muted sm:hidden">
              <span className="font-semibold text-ink tabular-nums">{formatMoney(line.total)}</span>
              {!own && <span>by {line.requestedBy}</span>}
              <Moment at={line.receivedAt} view={view} as="instant" />
            </p>
          </Cell>
          <Cell>
            <OrderBadge status={line.standing} />
          </Cell>
          <Cell from="sm" align="right" className="font-medium whitespace-nowrap tabular-nums">
            {formatMoney(line.total)}
          </Cell>
          {!own && (
            <Cell from="md" className="text-ink-muted">
              {line.requestedBy}
            </Cell>
          )}
          <Cell from="sm" className="whitespace-nowrap text-ink-muted">
            <Moment at={line.receivedAt} view={view} as="instant" />
          </Cell>
        </tr>
      ))}
    </TableFrame>
  );
}
