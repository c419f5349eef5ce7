/**
 * Decimal numbers as they are written, without a binary float ever being made of them.
 *
 * Files that went through one carry its noise: 22.2 arrives as 22.200000000000003. What stands beyond the eighth decimal
 * is taken for that and rounded away first, so that a noisy half (22.204999999999998) is still the half it was meant to
 * be. What is left is rounded half-even to the currency's minor unit, a real third decimal too: 22.205 is 22.20.
 */
export type Decimal = { coefficient: bigint; scale: number };

export type Notation = { decimal: "." | ","; thousands?: "." | "," | " " | "'" };

const noise_decimals = 8;
const digits_max = 40;

export const zero: Decimal = { coefficient: 0n, scale: 0 };

/** A written number, or null when it is none. Exponents are understood, because programs export them. */
export function parseDecimal(text: string, { decimal, thousands }: Notation): Decimal | null {
  const found = /^([+-]?)([^eE]+?)(?:[eE]([+-]?\d{1,2}))?$/.exec(text.trim());
  if (!found) return null;
  const [whole = "", fraction, ...more] = found[2]!.split(decimal);
  const digits = thousands === undefined ? whole : withoutGroups(whole, thousands);
  if (more.length > 0 || digits === null || !/^\d+$/.test(digits) || !/^\d+$/.test(fraction ?? "0"))
    return null;
  if (digits.length + (fraction?.length ?? 0) > digits_max) return null;
  const coefficient = BigInt(`${found[1] === "-" ? "-" : ""}${digits}${fraction ?? ""}`);
  const scale = (fraction?.length ?? 0) - Number(found[3] ?? 0);
  return scale >= 0 ? { coefficient, scale } : { coefficient: coefficient * 10n ** BigInt(-scale), scale: 0 };
}

/** Whole minor units (or whole pieces, with 0 digits), after noise. */
export function toMinorUnits(value: Decimal, digits: number): bigint {
  return rounded(withoutNoise(value), digits).coefficient;
}

export function withoutNoise(value: Decimal): Decimal {
  return rounded(value, noise_decimals);
}

export function isWhole(value: Decimal): boolean {
  const { coefficient, scale } = withoutNoise(value);
  return coefficient % 10n ** BigInt(scale) === 0n;
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { coefficient: scaled(a, scale) + scaled(b, scale), scale };
}

export function times(a: Decimal, b: Decimal): Decimal {
  return { coefficient: a.coefficient * b.coefficient, scale: a.scale + b.scale };
}

function rounded(value: Decimal, decimals: number): Decimal {
  if (value.scale <= decimals) return { coefficient: scaled(value, decimals), scale: decimals };
  const unit = 10n ** BigInt(value.scale - decimals);
  const below = value.coefficient / unit;
  const rest = value.coefficient % unit;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const away = twice > unit || (twice === unit && below % 2n !== 0n);
  const step = value.coefficient < 0n ? -1n : 1n;
  return { coefficient: away ? below + step : below, scale: decimals };
}

function scaled({ coefficient, scale }: Decimal, to: number): bigint {
  return coefficient * 10n ** BigInt(to - scale);
}

/** Only groups of three count as such, so that a comma that was meant for the decimals is not lost. */
function withoutGroups(whole: string, separator: string): string | null {
  const [first = "", ...groups] = whole.split(separator);
  if (groups.some((group) => !/^\d{3}$/.test(group)) || (groups.length > 0 && !/^\d{1,3}$/.test(first)))
    return null;
  return [first, ...groups].join("");
}
