import { currencies } from "#lib/domain/money";
import type { SelectOption } from "../../components/field";

const names = new Intl.DisplayNames("en-GB", { type: "currency" });

/** Every currency an order may have, by code and name. */
export const currencyOptions: readonly SelectOption[] = currencies.map((currency) => ({
  value: currency,
  label: `${currency} · ${names.of(currency)}`,
}));
