import type { OrderView } from "#lib/queries/order";

/** The customer of an order as far as it was given; everything undefined when it was erased. */
export type Customer = {
  reference?: string;
  name?: string;
  email?: string;
  phone?: string;
  address?: string;
};

/** A line as it was ordered; `unitPrice` in minor units of the order's currency. */
export type Line = { sku: string; description?: string; quantity: number; unitPrice: number };

/** The customer, decrypted by the query for those allowed. */
export function customerOf({ personal }: Pick<OrderView, "personal">): Customer {
  return (personal && personal !== "erased" ? (personal.customer as Customer | undefined) : undefined) ?? {};
}

/** The lines, in their order. */
export function linesOf({ personal }: Pick<OrderView, "personal">): readonly Line[] {
  return (personal && personal !== "erased" ? (personal.lines as Line[] | undefined) : undefined) ?? [];
}

/** What the requester wrote with the order. */
export function noteOf({ personal }: Pick<OrderView, "personal">): string | undefined {
  return personal && personal !== "erased" ? (personal.note as string | undefined) : undefined;
}
