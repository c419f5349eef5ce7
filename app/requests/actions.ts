"use server";

import type { Route } from "next";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { authContext } from "#lib/auth/context";
import type { CommandOf } from "#lib/domain/commands";
import { isRejection, reject } from "#lib/domain/rejection";
import { workflowReference } from "#lib/domain/workflow";
import { orderFulfilment } from "#lib/domain/workflows/order-fulfilment";
import { orderId } from "#lib/log/keys";
import { orderView } from "#lib/queries/order";
import { commandAction } from "#lib/web/action";
import type { FormRefusal } from "#lib/web/refusal";
import type { OrderFormState } from "../../components/order-form";
import { engine } from "../engine";
import { contentOf, fieldOfForm, formValues, type Typed } from "./typed-order";

const source = "console";
const texts = z.record(z.string(), z.string());

/** Asks for a new order and leads to it. */
export const askForOrder = commandAction<OrderFormState, Typed>({
  engine,
  fields: texts,
  command(typed, actor) {
    const content = contentOf(typed);
    if (isRejection(content)) return content;
    return {
      type: "order.receive",
      workflow: workflowReference(orderFulfilment),
      source,
      businessKey: typed.businessKey ?? "",
      requestedBy: actor.person ?? "",
      ...content,
    };
  },
  done: ({ stream }) => redirect(`/${stream.replace("order/", "orders/")}` as Route),
  refused: (refusal, typed) => refusedForm(refusal, typed, knownOrder(refusal, typed)),
});

/** Changes an order that was sent back, and leads to it. */
export const amendOrder = commandAction<OrderFormState, Typed>({
  engine,
  fields: texts,
  async command(typed, actor) {
    const { clock, ...store } = authContext();
    const order = await orderView(actor, store, typed.order ?? "", clock.now());
    if (!order) return reject("notFound", "There is no such order.");
    const { personal } = order;
    // What the form does not ask for (e-mail, phone, address) stays as it was.
    const kept = personal && personal !== "erased" ? personal.customer : undefined;
    const content = contentOf(typed, kept as CommandOf<"order.amend">["customer"]);
    return isRejection(content) ? content : { type: "order.amend", order: order.id, ...content };
  },
  done(_, { order }) {
    revalidatePath(`/orders/${order}`);
    return redirect(`/orders/${order}` as Route);
  },
  refused: (refusal, typed) => refusedForm(refusal, typed),
});

function refusedForm(
  { message, fieldErrors }: FormRefusal,
  typed: Typed,
  offer?: { label: string; href: Route },
): OrderFormState {
  const errors = Object.entries(fieldErrors ?? {}).map(([member, error]) => [fieldOfForm(member), error]);
  return {
    status: "refused",
    message: errors.length > 0 ? "Something is missing or not right." : message,
    fieldErrors: Object.fromEntries(errors),
    offer,
    values: formValues(typed),
  };
}

/** The order that has this number already, as a way on. */
function knownOrder({ code }: FormRefusal, { businessKey = "" }: Typed) {
  if (code !== "alreadyReceived" && code !== "contentDiffers") return undefined;
  const id = orderId(authContext().keys, source, businessKey.trim());
  return { label: "Show the order that has this number", href: `/orders/${id}` as Route };
}
