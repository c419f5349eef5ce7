/**
 * Money: an integer of minor units and an ISO 4217 currency. `amount_minor_max` bounds a total well below 2^53, so sums
 * over a million orders stay exact.
 */
export const currencies = [
  "AED",
  "ARS",
  "AUD",
  "BGN",
  "BHD",
  "BRL",
  "CAD",
  "CHF",
  "CLP",
  "CNY",
  "COP",
  "CZK",
  "DKK",
  "EGP",
  "EUR",
  "GBP",
  "HKD",
  "HUF",
  "IDR",
  "ILS",
  "INR",
  "ISK",
  "JOD",
  "JPY",
  "KES",
  "KRW",
  "KWD",
  "MAD",
  "MXN",
  "MYR",
  "NGN",
  "NOK",
  "NZD",
  "OMR",
  "PEN",
  "PHP",
  "PKR",
  "PLN",
  "QAR",
  "RON",
  "RSD",
  "SAR",
  "SEK",
  "SGD",
  "THB",
  "TND",
  "TRY",
  "TWD",
  "UAH",
  "USD",
  "UYU",
  "VND",
  "ZAR",
] as const;
export type Currency = (typeof currencies)[number];

export type Money = { amount: number; currency: Currency };

export const amount_minor_max = 1_000_000_000_00;

const withoutMinorUnits: ReadonlySet<string> = new Set(["CLP", "ISK", "JPY", "KRW", "VND"]);
const withThousandths: ReadonlySet<string> = new Set(["BHD", "JOD", "KWD", "OMR", "TND"]);

/** Decimal places of a currency's minor unit (ISO 4217). */
export function minorUnitDigits(currency: Currency): 0 | 2 | 3 {
  if (withoutMinorUnits.has(currency)) return 0;
  return withThousandths.has(currency) ? 3 : 2;
}

export function formatMoney({ amount, currency }: Money): string {
  const digits = minorUnitDigits(currency);
  return new Intl.NumberFormat("en-GB", {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}
