import { type ColumnOption, stringify } from "csv-stringify/sync";

/** A row by the names of its columns; what is undefined is an empty field. */
export type CsvRow = { readonly [column: string]: string | number | undefined };

/**
 * Rows as CSV (RFC 4180), in these columns by name and heading. What a spreadsheet would take for a formula is given as
 * text. The first part of a file brings the header, and the mark by which spreadsheets know UTF-8.
 */
export function csvOf(
  rows: readonly CsvRow[],
  columns: Readonly<Record<string, string>>,
  first: boolean,
): string {
  return stringify([...rows], {
    columns: Object.entries(columns).map(([key, header]): ColumnOption => ({ key, header })),
    header: first,
    bom: first,
    escape_formulas: true,
    record_delimiter: "windows",
  });
}

/** The headers of an answer that is saved as a file; of a name that may be anything the letters, digits and dashes are kept. */
export function csvHeaders(name: string): Record<string, string> {
  const safe = name.replace(/[^A-Za-z0-9-]+/g, "-").replace(/^-+|-+$/g, "");
  return {
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="${safe || "export"}.csv"`,
    "Cache-Control": "no-store",
  };
}
