import type { Json } from "#lib/log/canonical";
import type { OrderState } from "./order";

/**
 * Placeholders such as `{{order.businessKey}}` in what a workflow definition sends outside, and what they stand for.
 *
 * `{{receipt.<step>}}` is the reference the outside gave for the effect at that step. A text that is one placeholder and
 * nothing else takes the value with its type, and is left out where there is none; inside a longer text, a path or a header a missing
 * value is a problem: half a sentence is not sent.
 */
export type Placeholders = {
  valueOf(name: string): Json | undefined;
  holdsPersonal(template: string): boolean;
};

const plain: { [name: string]: (source: PlaceholderSource) => Json | undefined } = {
  "effect.key": ({ key }) => key,
  "order.id": ({ state }) => state.id,
  "order.businessKey": ({ state }) => state.businessKey,
  "order.source": ({ state }) => state.source,
  "order.total": ({ state }) => state.content.total,
  "order.total.amount": ({ state }) => state.content.total.amount,
  "order.total.currency": ({ state }) => state.content.total.currency,
  "order.country": ({ state }) => state.content.country,
  "order.orderedOn": ({ state }) => state.content.orderedOn,
};

/** Found in the order's personal part; whatever is made with one of them is encrypted. */
const personal = [
  "customer",
  "customer.reference",
  "customer.name",
  "customer.email",
  "customer.phone",
  "customer.address",
  "lines",
  "note",
];

/** Not texts or numbers: they can only be a whole value. */
const structures = ["order.total", "customer", "lines"];

const receiptPrefix = "receipt.";
const pattern = /\{\{\s*([^{}]*?)\s*\}\}/g;
const whole = /^\{\{\s*([^{}]*?)\s*\}\}$/;

export type PlaceholderSource = {
  state: OrderState;
  personal: () => { [member: string]: Json | undefined };
  key: string;
  /** The key of the effect that is being compensated: its receipt is meant, and not a later visit's. */
  compensates?: string;
};

/** Reads what placeholders stand for. Personal data is opened only when one of them asks for it. */
export function placeholdersOf(source: PlaceholderSource): Placeholders {
  return {
    valueOf(name) {
      if (name.startsWith(receiptPrefix)) return receiptAt(source, name.slice(receiptPrefix.length));
      if (!personal.includes(name)) return plain[name]?.(source);
      let value: Json | undefined = source.personal();
      for (const member of name.split("."))
        value = (value as { [member: string]: Json | undefined } | undefined)?.[member];
      return value;
    },
    holdsPersonal: (template) => namesIn(template).some((name) => personal.includes(name)),
  };
}

function receiptAt({ state, compensates }: PlaceholderSource, step: string): string | undefined {
  const compensated = compensates === undefined ? undefined : state.effects[compensates];
  const effect =
    compensated?.step === step
      ? compensated
      : Object.values(state.effects).findLast(
          (other) => other.step === step && other.compensates === null && other.receipt,
        );
  return effect?.receipt?.reference;
}

/** Adds to `problems` what has no value. */
export function resolveText(
  template: string,
  placeholders: Placeholders,
  encode: (text: string) => string,
  problems: string[],
): string {
  return template.replace(pattern, (_, name: string) => {
    const value = placeholders.valueOf(name);
    if (typeof value === "string" || typeof value === "number") return encode(String(value));
    problems.push(`${name} is missing`);
    return "";
  });
}

/** The template with its placeholders resolved; undefined when the whole of it is one without a value. */
export function resolveJson(
  template: Json,
  placeholders: Placeholders,
  problems: string[],
): Json | undefined {
  if (typeof template === "string") {
    const name = whole.exec(template)?.[1];
    if (name !== undefined) return placeholders.valueOf(name);
    return resolveText(template, placeholders, (text) => text, problems);
  }
  if (template === null || typeof template !== "object") return template;
  const resolve = (member: Json | undefined) =>
    member === undefined ? undefined : resolveJson(member, placeholders, problems);
  if (Array.isArray(template)) return template.map(resolve).filter((member) => member !== undefined);
  return Object.fromEntries(Object.entries(template).map(([name, member]) => [name, resolve(member)]));
}

/** Every text of a JSON value; names of members are none. */
export function strings(value: Json | undefined): string[] {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap((member) => strings(member as Json | undefined));
}

/** What is wrong with a template, a clause each. `wholeValue`: it stands in a body, where one placeholder may be all of it. */
export function lintTemplate(
  template: string,
  receiptSteps: ReadonlySet<string>,
  wholeValue: boolean,
): string[] {
  const problems: string[] = [];
  for (const name of namesIn(template)) {
    const known = name.startsWith(receiptPrefix)
      ? receiptSteps.has(name.slice(receiptPrefix.length))
      : Object.hasOwn(plain, name) || personal.includes(name);
    if (!known) problems.push(`has an unknown placeholder ${name}`);
    else if (structures.includes(name) && !(wholeValue && whole.test(template)))
      problems.push(`has ${name} in a text, which is neither a text nor a number`);
  }
  if (/\{\{|\}\}/.test(template.replace(pattern, "")))
    problems.push("has braces that are not a placeholder's");
  return problems;
}

function namesIn(template: string): string[] {
  return Array.from(template.matchAll(pattern), ([, name]) => name!);
}
