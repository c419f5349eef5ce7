import { randomUUID } from "node:crypto";
import type { Metadata, Route } from "next";
import { notFound } from "next/navigation";
import { type OrderView, orderView } from "#lib/queries/order";
import { amountText } from "#lib/queries/typed-amount";
import { gate } from "#lib/web/gate";
import { ButtonLink } from "../../../../components/button";
import { EmptyState } from "../../../../components/empty-state";
import { OrderForm, type OrderFormValues } from "../../../../components/order-form";
import { PageHeading } from "../../../../components/page-heading";
import { ConsoleFrame } from "../../../console-frame";
import { customerOf, linesOf, noteOf } from "../../../orders/[id]/personal";
import { store, viewNow } from "../../../reading";
import { amendOrder } from "../../actions";
import { currencyOptions } from "../../currency-options";

export const metadata: Metadata = { title: "Change the order" };

/** Changes an order that was sent back; then it is checked again and goes back to the person who asked. */
export default async function AmendPage({ params }: PageProps<"/requests/[id]/amend">) {
  const actor = await gate();
  const order = await orderView(actor, store(), (await params).id, (await viewNow()).now);
  if (!order) notFound();
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        kind="Change the order"
        title={order.businessKey}
        description="After your changes it is checked again, and somebody decides."
      />
      {order.changesAsked ? (
        <OrderForm
          kind="amend"
          values={valuesOf(order)}
          currencies={currencyOptions}
          hidden={{
            order: order.id,
            task: order.changesAsked.step,
            visit: order.changesAsked.visit,
            commandId: randomUUID(),
          }}
          asked={order.changesAsked.asked}
          action={amendOrder}
        />
      ) : (
        <EmptyState
          title="Nobody asks you for changes to this order"
          reason="An order is changed by who asked for it, after somebody has sent it back."
        >
          <ButtonLink href={`/orders/${order.id}` as Route}>Show the order</ButtonLink>
        </EmptyState>
      )}
    </ConsoleFrame>
  );
}

function valuesOf(order: OrderView): OrderFormValues {
  const { total, country, orderedOn } = order.content;
  const customer = customerOf(order);
  return {
    businessKey: order.businessKey,
    customerReference: customer.reference ?? "",
    customerName: customer.name ?? "",
    country: country ?? "",
    currency: total.currency,
    total: amountText(total.amount, total.currency),
    orderedOn: orderedOn ?? "",
    note: noteOf(order) ?? "",
    lines: linesOf(order).map(({ sku, description = "", quantity, unitPrice }) => ({
      sku,
      description,
      quantity: String(quantity),
      unitPrice: amountText(unitPrice, total.currency),
    })),
  };
}
