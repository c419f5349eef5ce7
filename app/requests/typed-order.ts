import type { CommandOf } from "#lib/domain/commands";
import { type Currency, currencies } from "#lib/domain/money";
import { type Rejection, reject } from "#lib/domain/rejection";
import { amountTyped } from "#lib/queries/typed-amount";
import type { OrderFormValues } from "../../components/order-form";

/** The content of an order as its form sends it: every value a text, lines by number. */
export type Typed = Readonly<Record<string, string>>;
type Content = Omit<CommandOf<"order.amend">, "type" | "order">;

export const lines_max = 200;

/** What was typed, put back into the form. */
export function formValues(typed: Typed): OrderFormValues {
  return {
    businessKey: typed.businessKey ?? "",
    customerReference: typed.customerReference ?? "",
    customerName: typed.customerName ?? "",
    country: typed.country ?? "",
    currency: typed.currency ?? "GBP",
    total: typed.total ?? "",
    orderedOn: typed.orderedOn ?? "",
    note: typed.note ?? "",
    lines: Array.from({ length: lineCount(typed) }, (_, n) => ({
      sku: typed[`lines.${n}.sku`] ?? "",
      description: typed[`lines.${n}.description`] ?? "",
      quantity: typed[`lines.${n}.quantity`] ?? "",
      unitPrice: typed[`lines.${n}.unitPrice`] ?? "",
    })),
  };
}

/**
 * What was typed as the content of a command, or the refusal of the first text that is no amount or number. `kept` is
 * what an order's customer has besides the form's fields, and keeps.
 */
export function contentOf(
  typed: Typed,
  kept: CommandOf<"order.amend">["customer"] = {},
): Content | Rejection {
  const values = formValues(typed);
  const currency = currencies.find((known) => known === values.currency);
  if (!currency) return reject("invalid", "Choose one of the currencies.", { field: "currency" });
  const amount = amountTyped(values.total, currency);
  if (amount === null) return reject("invalid", amountHint(currency), { field: "total" });

  const lines: NonNullable<Content["lines"]> = [];
  for (const [n, line] of values.lines.entries()) {
    const unitPrice = amountTyped(line.unitPrice, currency);
    if (unitPrice === null) return reject("invalid", amountHint(currency), { field: `lines.${n}.unitPrice` });
    if (!/^\d{1,7}$/.test(line.quantity.trim()))
      return reject("invalid", "Must be a whole number.", { field: `lines.${n}.quantity` });
    lines.push({
      // A line needs a number of its own to be told apart; without one its place has to do.
      sku: given(line.sku) ?? String(n + 1),
      description: given(line.description),
      quantity: Number(line.quantity),
      unitPrice,
    });
  }
  const customer = {
    ...kept,
    reference: given(values.customerReference),
    name: given(values.customerName),
  };
  return {
    total: { amount, currency },
    customer: Object.values(customer).some((value) => value !== undefined) ? customer : undefined,
    country: given(values.country)?.toUpperCase(),
    orderedOn: given(values.orderedOn),
    lines: lines.length > 0 ? lines : undefined,
    note: given(values.note),
  };
}

/** Where the form shows what the engine found wrong with a member of the command. */
export function fieldOfForm(member: string): string {
  return members[member] ?? member;
}

const members: { readonly [member: string]: string } = {
  "total.amount": "total",
  "total.currency": "currency",
  "customer.reference": "customerReference",
  "customer.name": "customerName",
  lines: "lines.0.description",
};

function given(text: string): string | undefined {
  return text.trim() || undefined;
}

function lineCount(typed: Typed): number {
  const count = Number(typed.lineCount ?? 0);
  return Number.isInteger(count) && count > 0 ? Math.min(count, lines_max) : 0;
}

function amountHint(currency: Currency): string {
  const example = new Intl.NumberFormat("en-GB", { style: "currency", currency, currencyDisplay: "code" })
    .format(1250)
    .replace(/^\D+/, "");
  return `Must be an amount in ${currency}, for example ${example}.`;
}
