import type { Route } from "next";
import type { AuthorizedActor } from "#lib/domain/authority";
import { type FoundBy, type FoundGroup, findOrders, onlyOne, ordersNamed } from "#lib/queries/find";
import type { OrderLine } from "#lib/queries/order-lines";
import type { OrderHit } from "../../components/palette-client";
import { store } from "../reading";
import { orderLook } from "../status-badges";
import { orderTitle } from "../task-rows";

const labels: Record<FoundBy, string> = {
  orderId: "Order id",
  orderNumber: "Order number",
  trackingNumber: "Carrier’s tracking number",
  outsideReference: "Reference given outside",
  customerReference: "Customer reference",
  numberBegins: "Order number begins with it",
};

/** What a kind of number is called where it found something. */
export function foundLabel(by: FoundBy): string {
  return labels[by];
}

/** What a number finds for this person, as the palette shows it; `more` says that there are others. */
export async function hitsOf(
  actor: AuthorizedActor,
  text: string,
): Promise<{ hits: OrderHit[]; more: boolean }> {
  const groups = await findOrders(actor, store(), text);
  const only = onlyOne(groups);
  const hits = groups.flatMap(({ by, orders }: FoundGroup) =>
    orders.map((line) => ({ ...hitOf(line, labels[by]), only: line === only })),
  );
  return { hits, more: groups.some(({ more }) => more) };
}

/** These orders as the palette shows them, those this person may see. */
export async function hitsNamed(
  actor: AuthorizedActor,
  orders: readonly string[],
): Promise<{ hits: OrderHit[]; more: boolean }> {
  const lines = await ordersNamed(actor, store(), orders);
  return { hits: lines.map((line) => hitOf(line, "Looked at lately")), more: false };
}

function hitOf(line: OrderLine, by: string): OrderHit {
  return {
    href: `/orders/${line.order}` as Route,
    title: orderTitle(line),
    by,
    standing: orderLook(line.standing),
    only: false,
  };
}
