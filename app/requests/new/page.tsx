import { randomUUID } from "node:crypto";
import type { Metadata } from "next";
import { gate } from "#lib/web/gate";
import { emptyOrder, OrderForm } from "../../../components/order-form";
import { PageHeading } from "../../../components/page-heading";
import { ConsoleFrame } from "../../console-frame";
import { askForOrder } from "../actions";
import { currencyOptions } from "../currency-options";
import { askers } from "../may-ask";

export const metadata: Metadata = { title: "New order" };

/** Asks for a new order. */
export default async function NewOrderPage() {
  const actor = await gate(...askers);
  return (
    <ConsoleFrame actor={actor}>
      <PageHeading
        title="New order"
        description="It is checked at once. When the policy asks for a person, somebody else decides."
      />
      <OrderForm
        kind="new"
        values={emptyOrder}
        currencies={currencyOptions}
        hidden={{ commandId: randomUUID() }}
        action={askForOrder}
      />
    </ConsoleFrame>
  );
}
