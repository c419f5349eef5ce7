/**
 * The canonical form of JSON (RFC 8785, JCS), narrowed to what the log may hold.
 *
 * Promise: two equal values give the same text, byte for byte, on every machine and for ever. Members stand in
 * the order of their UTF-16 code units, absent (`undefined`) members are absent. Narrower than RFC 8785: numbers are
 * integers within ±(2^53−1); U+0000 and lone surrogates are refused because PostgreSQL text and UTF-8 cannot hold them.
 *
 * Nesting is at most 32 deep (so acceptance never depends on a machine's stack) and no member is called `__proto__`.
 *
 * Throws `CanonicalError` with the path of the offending member.
 */
export const depth_max = 32;

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [member: string]: Json | undefined };

export class CanonicalError extends Error {
  constructor(
    readonly pointer: string,
    readonly problem: string,
  ) {
    super(`${pointer === "" ? "the value" : pointer} ${problem}`);
    this.name = "CanonicalError";
  }
}

export function canonicalize(value: Json): string {
  return write(value, 0);
}

/** Says what is wrong with a text for the log, or null. The command boundary uses it before anything is decided. */
export function textProblem(text: string): string | null {
  if (text.includes("\u0000")) return "contains U+0000, which cannot be stored";
  if (!text.isWellFormed()) return "contains a lone surrogate, which is not valid Unicode";
  return null;
}

function write(value: unknown, depth: number): string {
  if (depth > depth_max) throw new CanonicalError("", `is nested more than ${depth_max} deep`);
  switch (typeof value) {
    case "string":
      return text(value);
    case "number":
      if (!Number.isSafeInteger(value)) throw new CanonicalError("", "must be an integer within ±(2^53−1)");
      // Negative zero is "0" in RFC 8785, and String(-0) agrees.
      return String(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return array(value, depth);
      return object(value as Record<string, unknown>, depth);
    default:
      throw new CanonicalError("", `must be a JSON value, not ${typeof value}`);
  }
}

// Most texts of a log are hex, names and times: printable ASCII that JSON writes as it is.
const asIs = /^[ !#-[\]-~]*$/;

function text(value: string): string {
  if (asIs.test(value)) return `"${value}"`;
  const problem = textProblem(value);
  if (problem) throw new CanonicalError("", problem);
  return JSON.stringify(value);
}

function array(value: readonly unknown[], depth: number): string {
  let out = "[";
  for (let index = 0; index < value.length; index++) {
    if (index > 0) out += ",";
    out += member(value[index], index, depth);
  }
  return `${out}]`;
}

function object(value: Record<string, unknown>, depth: number): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new CanonicalError("", "must be a plain object");
  let out = "{";
  for (const name of sortedKeys(value)) {
    const held = value[name];
    if (held === undefined) continue;
    if (name === "__proto__") throw new CanonicalError("/__proto__", "is not a member name the log takes");
    if (out.length > 1) out += ",";
    out += `${text(name)}:${member(held, name, depth)}`;
  }
  return `${out}}`;
}

// The path is put together only on the way out of a failure: nothing is spent on it while all is well.
function member(value: unknown, name: string | number, depth: number): string {
  try {
    return write(value, depth + 1);
  } catch (error) {
    if (error instanceof CanonicalError) throw new CanonicalError(`/${name}${error.pointer}`, error.problem);
    throw error;
  }
}

// Array.prototype.sort without a comparator orders by UTF-16 code units, as RFC 8785 §3.2.3 wants; so does `<`.
function sortedKeys(value: Record<string, unknown>): string[] {
  const keys = Object.keys(value);
  for (let index = 1; index < keys.length; index++) if (keys[index]! < keys[index - 1]!) return keys.sort();
  return keys;
}
