import { type Currency, minorUnitDigits } from "#lib/domain/money";

/**
 * What somebody typed as an amount, in the currency's minor units: `1,250.5` in GBP is 125050. Null when it is none: letters,
 * less than nothing, a misplaced comma, more decimals than the currency has, or more than a safe integer.
 */
export function amountTyped(text: string, currency: Currency): number | null {
  const [, whole, fraction = ""] = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(text.trim()) ?? [];
  const digits = minorUnitDigits(currency);
  if (whole === undefined || fraction.length > digits) return null;
  const minor = Number(`${whole.replaceAll(",", "")}${fraction.padEnd(digits, "0")}`);
  return Number.isSafeInteger(minor) ? minor : null;
}

/** Minor units, none of them negative, as the shortest text that is read as the same: `1250` or `1250.50` in GBP. */
export function amountText(minor: number, currency: Currency): string {
  const digits = minorUnitDigits(currency);
  const text = `${minor}`.padStart(digits + 1, "0");
  const [whole, fraction] = [text.slice(0, text.length - digits), text.slice(text.length - digits)];
  return /[1-9]/.test(fraction) ? `${whole}.${fraction}` : whole;
}
