import { formatMoney } from "#lib/domain/money";
import type { OrderView } from "#lib/queries/order";
import { formatDate, type ViewTime } from "../../../components/format";
import { LinesTable } from "../../../components/lines-table";
import { Notice } from "../../../components/notice";
import { OrderFacts } from "../../../components/order-facts";
import { Panel } from "../../../components/panel";
import { customerOf, linesOf, noteOf } from "./personal";

/** What the order says: the facts, the lines, and what was written with it. */
export function OrderContent({
  order,
  view,
}: {
  order: Pick<OrderView, "content" | "personal" | "businessKey" | "source">;
  view: ViewTime;
}) {
  const { total, country, orderedOn } = order.content;
  const customer = customerOf(order);
  const lines = linesOf(order);
  const note = noteOf(order);
  const money = (amount: number) => formatMoney({ amount, currency: total.currency });
  return (
    <div className="grid gap-4">
      <Panel title="The order">
        {order.personal === "erased" && (
          <div className="pb-4">
            <Notice kind="info" title="The personal parts of this order have been erased" />
          </div>
        )}
        <OrderFacts
          facts={[
            { label: "Order number", value: order.businessKey, from: `from ${order.source}` },
            { label: "Total", value: formatMoney(total) },
            { label: "Customer name", value: customer.name },
            { label: "Customer reference", value: customer.reference },
            { label: "Country", value: country },
            { label: "Ordered on", value: orderedOn && formatDate(orderedOn, view) },
            ...(customer.email ? [{ label: "E-mail", value: customer.email }] : []),
            ...(customer.phone ? [{ label: "Phone", value: customer.phone }] : []),
            ...(customer.address ? [{ label: "Address", value: customer.address }] : []),
          ]}
        />
        {note && (
          <blockquote className="mt-4 border-l-2 border-hold py-0.5 pl-3 whitespace-pre-line wrap-anywhere">
            {note}
          </blockquote>
        )}
      </Panel>
      {lines.length > 0 && (
        <Panel title="Lines" flush>
          <LinesTable
            total={formatMoney(total)}
            lines={lines.map((line, index) => ({
              id: String(index),
              sku: line.description ? line.sku : undefined,
              description: line.description ?? line.sku,
              quantity: String(line.quantity),
              unitPrice: money(line.unitPrice),
              amount: money(line.unitPrice * line.quantity),
            }))}
          />
        </Panel>
      )}
    </div>
  );
}
