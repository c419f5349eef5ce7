import { type CommandOf, commandSchema } from "#lib/domain/commands";
import { amount_minor_max, type Currency, currencies, minorUnitDigits } from "#lib/domain/money";
import type { CsvFile, Row } from "./csv";
import { type DateReader, dateReader, type WrittenDate } from "./date-format";
import {
  type Decimal,
  isWhole,
  parseDecimal,
  plus,
  times,
  toMinorUnits,
  withoutNoise,
  zero,
} from "./decimal";
import { type Field, fields, isGrouped, type Mapping, type OrderField } from "./mapping";
import type { Problem } from "./refusals";

/**
 * Rows of a file, read by a mapping, as commands to receive orders. Everything that is wrong with an order's rows is
 * found, and each problem says where it is, why, and what would be right. An order is taken whole or not at all: one
 * line that can't be read keeps the others out too.
 *
 * What is missing but can be asked for (a customer, a country) is left out: policy sends such an order to a person.
 */
export type ReceiveOrder = CommandOf<"order.receive">;

export type ReadOrder = {
  key: string;
  rows: Row[];
} & ({ command: ReceiveOrder; problems: null } | { command: null; problems: Problem[] });

export type Reading = {
  mapping: Mapping;
  mode: "live" | "past";
  source: string;
  workflow: string;
  requestedBy: string;
  /** The instant before which the past lies. */
  now: string;
};

const right: Record<Field | "columns", string> = {
  columns: "as many cells as the header has",
  businessKey: "the order's own number, one line of at most 200 bytes",
  total: "an amount of 0 or more, such as 139.12",
  currency: "an ISO 4217 code such as GBP",
  orderedOn: "a date that exists",
  country: "an ISO 3166 code such as GB, or a name the mapping knows",
  "customer.reference": "one line of at most 120 bytes, or nothing",
  "customer.name": "one line of at most 200 bytes, or nothing",
  "customer.email": "an e-mail address, or nothing",
  "customer.phone": "one line of at most 40 bytes, or nothing",
  "customer.address": "at most 500 bytes, or nothing",
  note: "at most 4,000 bytes, or nothing",
  "line.sku": "the article's number, one line of at most 80 bytes",
  "line.description": "at most 300 bytes, or nothing",
  "line.quantity": "a whole number from 1 to 1,000,000",
  "line.unitPrice": "an amount of 0 or more, such as 2.55",
};

/** Throws, before any row is read, when the header lacks a column of the mapping or has it twice. */
export function checkHeader(path: string, header: readonly string[], mapping: Mapping): void {
  const wanted = Object.values(mapping.columns);
  const missing = wanted.filter((name) => !header.includes(name));
  if (missing.length > 0)
    throw new Error(
      `${path} has no column ${missing.join(", ")}. Its first row is: ${header.slice(0, 12).join(", ").slice(0, 300)}. ` +
        "If that is an order, the file has no header; otherwise correct the mapping.",
    );
  const twice = wanted.filter((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (twice.length > 0) throw new Error(`${path} has the column ${twice[0]} more than once.`);
}

/** Counts the rows of a file and finds the orders whose lines do not stand together, before anything is done. */
export async function surveyOf(
  file: CsvFile,
  mapping: Mapping,
): Promise<{ rows: number; split: Set<string> }> {
  const at = file.header.indexOf(mapping.columns.businessKey!);
  const seen = new Set<string>();
  const split = new Set<string>();
  let rows = 0;
  let last: string | undefined;
  for await (const { cells } of file.rows()) {
    rows++;
    if (!isGrouped(mapping)) continue;
    const key = cells[at]?.trim() ?? "";
    if (key === "" || key === last) continue;
    if (seen.has(key)) split.add(key);
    seen.add(key);
    last = key;
  }
  return { rows, split };
}

/** The orders of a file, in its order. */
export async function* readOrders(
  file: CsvFile,
  reading: Reading,
  split: ReadonlySet<string>,
): AsyncGenerator<ReadOrder> {
  const reader = new OrderReader(file.header, reading, split);
  let group: Row[] = [];
  for await (const row of file.rows()) {
    const together =
      isGrouped(reading.mapping) &&
      group[0] &&
      reader.key(row) !== "" &&
      reader.key(row) === reader.key(group[0]);
    if (group.length > 0 && !together) {
      yield reader.read(group);
      group = [];
    }
    group.push(row);
  }
  if (group.length > 0) yield reader.read(group);
}

class OrderReader {
  readonly #places: { [field in Field]?: number };
  readonly #date: DateReader | null;
  readonly #cancellations: RegExp | null;

  constructor(
    readonly header: readonly string[],
    readonly reading: Reading,
    readonly split: ReadonlySet<string>,
  ) {
    const { columns, date, cancellations } = reading.mapping;
    this.#places = Object.fromEntries(
      Object.entries(columns).map(([field, name]) => [field, header.indexOf(name)]),
    );
    this.#date = date ? dateReader(date) : null;
    this.#cancellations = cancellations ? new RegExp(cancellations, "u") : null;
  }

  key(row: Row): string {
    return this.#text(row, "businessKey") ?? "";
  }

  read(rows: Row[]): ReadOrder {
    const key = this.key(rows[0]!);
    const problems: Problem[] = [];
    const wrong = (row: Row, field: Field, why: string, more: { value?: string; right?: string } = {}) => {
      problems.push({
        row: row.number,
        field: this.#name(field),
        value: (more.value ?? this.#text(row, field) ?? "").slice(0, 200),
        why,
        right: more.right ?? right[field],
      });
    };
    this.#checkRows(rows, key, problems, wrong);
    if (problems.length > 0) return { key, rows, command: null, problems };
    const command = this.#command(rows, key, wrong);
    if (problems.length > 0 || !command) return { key, rows, command: null, problems };

    const parsed = commandSchema.safeParse(command);
    if (parsed.success) return { key, rows, command: parsed.data as ReceiveOrder, problems: null };
    for (const { path, message } of parsed.error.issues) {
      const [first, second, third] = path;
      const line = first === "lines" && typeof second === "number" ? rows[second] : undefined;
      wrong(line ?? rows[0]!, fieldOf(line ? `line.${String(third)}` : String(first), second), message);
    }
    return { key, rows, command: null, problems };
  }

  #checkRows(rows: Row[], key: string, problems: Problem[], wrong: Wrong): void {
    for (const row of rows) {
      const count = row.cells.length;
      if (count !== this.header.length)
        problems.push({
          row: row.number,
          field: "",
          value: `${count} cells`,
          why: "does not have the columns of the header",
          right: `${right.columns}, ${this.header.length}`,
        });
      for (const field of fields)
        if (this.#text(row, field)?.includes("\uFFFD"))
          wrong(row, field, `holds bytes that are not ${this.reading.mapping.encoding}`, {
            right: "the characters that were meant, or another encoding in the mapping",
          });
    }
    if (key === "") wrong(rows[0]!, "businessKey", "is missing");
    else if (this.#cancellations?.test(key))
      wrong(rows[0]!, "businessKey", "is a cancellation, which is no order and does not say of which one", {
        right: "leave it out, and cancel the order in the console",
      });
    if (this.split.has(key))
      wrong(rows[0]!, "businessKey", "has lines in several places of the file", {
        right: "all lines of one order together: sort the file by this column",
      });
  }

  #command(rows: Row[], key: string, wrong: Wrong): object | null {
    const { mapping, mode, source, workflow, requestedBy, now } = this.reading;
    const first = rows[0]!;
    const one = (field: OrderField) => this.#same(rows, field, wrong) ?? constantOf(mapping, field);

    const currency = one("currency") as Currency | undefined;
    if (!currency || !currencies.includes(currency)) {
      wrong(first, "currency", currency ? "is not a currency Holdpoint knows" : "is missing");
      return null;
    }
    const lines = isGrouped(mapping) ? this.#lines(rows, currency, wrong) : undefined;
    const total = mapping.columns.total
      ? this.#amount(first, "total", one("total"), wrong)
      : (lines?.total ?? null);
    const amount = total && minor(total, currency);
    if (amount !== null && amount > amount_minor_max)
      wrong(first, mapping.columns.total ? "total" : "line.unitPrice", "is more than an order may have");
    const date = this.#orderedOn(first, one("orderedOn"), wrong);
    if (mode === "past" && date && date.instant > now)
      wrong(first, "orderedOn", "lies in the future, and the past was asked for");
    if (mode === "past" && !date && !one("orderedOn"))
      wrong(first, "orderedOn", "is missing, and the past needs one");
    const customer = withoutAbsent({
      reference: one("customer.reference"),
      name: one("customer.name"),
      email: one("customer.email"),
      phone: one("customer.phone"),
      address: one("customer.address"),
    });
    return withoutAbsent({
      type: "order.receive",
      workflow,
      source,
      businessKey: key,
      requestedBy,
      total: { amount: amount ?? 0, currency },
      customer: Object.keys(customer).length > 0 ? customer : undefined,
      country: this.#country(first, one("country"), wrong),
      orderedOn: date?.date,
      lines: lines?.lines,
      note: one("note"),
      past: mode === "past" && date ? { occurredAt: date.instant } : undefined,
    });
  }

  #lines(rows: Row[], currency: Currency, wrong: Wrong): { lines: object[]; total: Decimal } | undefined {
    let total = zero;
    let readable = true;
    const lines = rows.map((row) => {
      const quantity = this.#quantity(row, wrong);
      const price = this.#amount(row, "line.unitPrice", this.#text(row, "line.unitPrice"), wrong);
      if (this.#text(row, "line.sku") === undefined) wrong(row, "line.sku", "is missing");
      if (quantity === null || price === null) {
        readable = false;
        return {};
      }
      total = plus(total, times({ coefficient: BigInt(quantity), scale: 0 }, withoutNoise(price)));
      return withoutAbsent({
        sku: this.#text(row, "line.sku"),
        description: this.#text(row, "line.description"),
        quantity,
        unitPrice: minor(price, currency),
      });
    });
    return readable ? { lines, total } : undefined;
  }

  #quantity(row: Row, wrong: Wrong): number | null {
    const text = this.#text(row, "line.quantity");
    const value = text === undefined ? null : parseDecimal(text, this.reading.mapping);
    if (!value || !isWhole(value)) {
      wrong(row, "line.quantity", text === undefined ? "is missing" : "is not a whole number");
      return null;
    }
    const quantity = toMinorUnits(value, 0);
    if (quantity < 0n) wrong(row, "line.quantity", "is negative: a return, which is no order");
    else if (quantity === 0n) wrong(row, "line.quantity", "is nothing");
    else if (quantity > 1_000_000n) wrong(row, "line.quantity", "is more than a line may have");
    else return Number(quantity);
    return null;
  }

  #amount(
    row: Row,
    field: "total" | "line.unitPrice",
    text: string | undefined,
    wrong: Wrong,
  ): Decimal | null {
    const value = text === undefined ? null : parseDecimal(text, this.reading.mapping);
    if (!value) wrong(row, field, text === undefined ? "is missing" : "is not an amount");
    else if (value.coefficient < 0n) wrong(row, field, "is negative");
    else return value;
    return null;
  }

  #orderedOn(row: Row, text: string | undefined, wrong: Wrong): WrittenDate | null {
    const date = text === undefined ? null : this.#date!(text);
    const form = this.reading.mapping.date;
    if (text !== undefined && !date)
      wrong(row, "orderedOn", `is not a date of the form ${form}, or one that does not exist`, {
        right: `a date that exists, as ${form}`,
      });
    return date;
  }

  #country(row: Row, text: string | undefined, wrong: Wrong): string | undefined {
    if (text === undefined) return undefined;
    const { countries } = this.reading.mapping;
    const code = Object.hasOwn(countries, text) ? countries[text] : text;
    if (code === "") return undefined;
    if (code && /^[A-Z]{2}$/.test(code)) return code;
    wrong(row, "country", "is not a country code, nor a name the mapping knows");
    return undefined;
  }

  /** An order-wide field, which all of its lines must agree on. */
  #same(rows: Row[], field: OrderField, wrong: Wrong): string | undefined {
    const value = this.#text(rows[0]!, field);
    const other = rows.find((row) => this.#text(row, field) !== value);
    if (other)
      wrong(other, field, "is not the same in all rows of the order", {
        right: `what row ${rows[0]!.number} has: ${value ?? "nothing"}`,
      });
    return value;
  }

  #text(row: Row, field: Field): string | undefined {
    const place = this.#places[field];
    return (place === undefined ? "" : (row.cells[place] ?? "")).trim() || undefined;
  }

  #name(field: Field): string {
    return this.reading.mapping.columns[field] ?? field;
  }
}

type Wrong = (row: Row, field: Field, why: string, more?: { value?: string; right?: string }) => void;

function constantOf({ constants }: Mapping, field: OrderField): string | undefined {
  return (constants as { [field in OrderField]?: string })[field];
}

/** Which field of a mapping a path of the command's schema is about. */
function fieldOf(first: string, second: PropertyKey | undefined): Field {
  const name = first === "customer" ? `customer.${String(second)}` : first === "lines" ? "line.sku" : first;
  if (first === "total") return second === "currency" ? "currency" : "total";
  return fields.find((field) => field === name) ?? "businessKey";
}

/** Beyond what a number holds exactly, the bound of an order has long been passed. */
function minor(value: Decimal, currency: Currency): number {
  const units = toMinorUnits(value, minorUnitDigits(currency));
  return units > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(units);
}

function withoutAbsent(members: { [member: string]: unknown }): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
