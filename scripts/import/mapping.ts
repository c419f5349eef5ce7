import { readFileSync } from "node:fs";
import { z } from "zod";
import { currencies } from "#lib/domain/money";
import { dateReader } from "./date-format";

/**
 * How a file's columns become orders. A mapping is JSON:
 *
 *     { "date": "YYYY-MM-DD",
 *       "columns": { "businessKey": "InvoiceNo", "orderedOn": "InvoiceDate", "total": "TotalPrice" },
 *       "constants": { "currency": "GBP" } }
 *
 * `columns`: field → header name. `constants`: field → the same value for every order. Every order needs a businessKey, a
 * currency, and a total or lines; a column that is empty in a row leaves its field out. `encoding`: utf-8 (also without
 * saying so), latin1 or utf-16le; `delimiter`: a comma unless said. `date`: see date-format.ts. `decimal` and
 * `thousands`: separators of amounts; amounts are rounded half-even to the minor unit, see decimal.ts. `countries`: names
 * the file uses → ISO codes, or "" for no country. `cancellations`: a regular expression; a business key that matches
 * names a cancellation, which is refused.
 *
 * With the columns line.sku, line.quantity and line.unitPrice a row is one line, and rows with the same businessKey are
 * one order, standing together in the file. Without a total it is the sum of its lines. Two lines that are alike are two
 * lines: the shop's own totals count both.
 */
export const fields = [
  "businessKey",
  "total",
  "currency",
  "orderedOn",
  "country",
  "customer.reference",
  "customer.name",
  "customer.email",
  "customer.phone",
  "customer.address",
  "note",
  "line.sku",
  "line.description",
  "line.quantity",
  "line.unitPrice",
] as const;
export type Field = (typeof fields)[number];
export type OrderField = Exclude<Field, `line.${string}`>;

const lineFields = ["line.sku", "line.quantity", "line.unitPrice"] as const;
const constantFields = ["currency", "country", "note"] as const;
const headerName = z.string().trim().min(1, "must name a column");
const known = (names: readonly string[]) => `is not one of ${names.join(", ")}`;

const mappingSchema = z
  .strictObject({
    encoding: z
      .enum(["utf-8", "latin1", "utf-16le"], known(["utf-8", "latin1", "utf-16le"]))
      .default("utf-8"),
    delimiter: z.enum([",", ";", "\t", "|"], "is not a comma, a semicolon, a tab or a bar").default(","),
    date: z.string().optional(),
    decimal: z.enum([".", ","], "is neither a point nor a comma").default("."),
    thousands: z.enum([".", ",", " ", "'"], "is not a point, a comma, a space or an apostrophe").optional(),
    columns: z.partialRecord(z.enum(fields, known(fields)), headerName),
    constants: z
      .partialRecord(z.enum(constantFields, known(constantFields)), z.string().trim().min(1))
      .default({}),
    countries: z
      .record(z.string(), z.string().regex(/^([A-Z]{2})?$/, "must be an ISO code such as GB, or empty"))
      .default({}),
    cancellations: z.string().min(1).optional(),
  })
  .superRefine((mapping, context) => {
    const wrong = (message: string, ...path: string[]) => context.addIssue({ code: "custom", message, path });
    const { columns, constants } = mapping;
    if (!columns.businessKey)
      wrong("is missing: which column holds the order's own number?", "columns", "businessKey");
    for (const field of constantFields)
      if (columns[field] && constants[field]) wrong("is also a constant: one of the two", "columns", field);
    if (!columns.currency && !constants.currency)
      wrong("is missing: give a column or a constant", "columns", "currency");
    if (constants.currency && !(currencies as readonly string[]).includes(constants.currency))
      wrong("is not a currency Holdpoint knows", "constants", "currency");
    if (constants.country && !/^[A-Z]{2}$/.test(constants.country))
      wrong("must be an ISO code such as GB", "constants", "country");
    const lines = Object.keys(columns).filter((field) => field.startsWith("line."));
    for (const field of lineFields)
      if (lines.length > 0 && !columns[field])
        wrong("is missing, where there are columns of lines", "columns", field);
    if (!columns.total && lines.length === 0)
      wrong("is missing: give a total, or columns of lines", "columns", "total");
    if (columns.orderedOn && !mapping.date)
      wrong("is missing: in which form does the file have its dates?", "date");
    if (mapping.date)
      complain(
        () => dateReader(mapping.date!),
        (message) => wrong(message, "date"),
      );
    if (mapping.cancellations)
      complain(
        () => new RegExp(mapping.cancellations!, "u"),
        (message) => wrong(message, "cancellations"),
      );
    if (mapping.thousands === mapping.decimal) wrong("is the same as decimal", "thousands");
  });

export type Mapping = z.infer<typeof mappingSchema>;

/** Whether each row is one line of an order. */
export function isGrouped({ columns }: Mapping): boolean {
  return columns["line.sku"] !== undefined;
}

/** Throws with the file and every member that is wrong. */
export function readMapping(path: string): Mapping {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`The mapping ${path} cannot be read: ${(error as Error).message}`);
  }
  return parseMapping(path, text);
}

export function parseMapping(path: string, text: string): Mapping {
  let given: unknown;
  try {
    given = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new Error(`The mapping ${path} is not JSON: ${(error as Error).message}`);
  }
  const parsed = mappingSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
    const names = keys.length > 0 ? keys : [""];
    return names.map((key) => {
      const member = [...issue.path, ...(key ? [key] : [])].join(".");
      return `  ${member || "the whole"}: ${key ? unknownMember(issue.path[0]) : issue.message}`;
    });
  });
  throw new Error(`The mapping ${path} does not hold:\n${problems.flat().join("\n")}`);
}

function unknownMember(within: PropertyKey | undefined): string {
  if (within === "columns") return known(fields);
  return within === "constants" ? known(constantFields) : "is not a member of a mapping";
}

function complain(check: () => unknown, say: (message: string) => void): void {
  try {
    check();
  } catch (error) {
    say((error as Error).message);
  }
}
