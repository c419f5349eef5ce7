import { closeSync, openSync, writeSync } from "node:fs";
import Papa from "papaparse";
import type { Row } from "./csv";
import type { Mapping } from "./mapping";

/**
 * The file of what was refused: our columns, then those of the row as it came, in the encoding and with the delimiter of
 * the file itself. Who corrects the cells and imports it with the same mapping needs to touch nothing else.
 */
export const refusalColumns = [
  "refused row",
  "refused key",
  "refused field",
  "refused value",
  "refused because",
  "what would be right",
] as const;

/** What is wrong with one cell. `field` is the header's name for it where there is one. */
export type Problem = { row: number; field: string; value: string; why: string; right: string };

export type Refusal = { key: string; rows: readonly Row[]; problems: readonly Problem[] };

export class RefusalsFile {
  #file: number | null = null;
  written = 0;

  constructor(
    readonly path: string,
    readonly header: readonly string[],
    readonly mapping: Pick<Mapping, "encoding" | "delimiter">,
  ) {}

  /** The file is made with the first refusal; one that an earlier run has left is replaced then. */
  write({ key, rows, problems }: Refusal): void {
    if (this.#file === null) {
      this.#file = openSync(this.path, "w");
      this.#line([...refusalColumns, ...this.header]);
    }
    for (const { number, cells } of rows) {
      const own = problems.filter(({ row }) => row === number);
      const joined = (member: keyof Problem) => own.map((problem) => problem[member]).join("; ");
      const because =
        own.length > 0
          ? joined("why")
          : `another row of the same order is refused: row ${problems.map(({ row }) => row).join(", ")}`;
      this.#line([
        `${number}`,
        key,
        joined("field"),
        joined("value"),
        because,
        own.length > 0 ? joined("right") : "correct that row; this one goes with it",
        ...cells,
      ]);
      this.written++;
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }

  #line(cells: readonly string[]): void {
    const text = Papa.unparse([cells.map(withEscape)], {
      delimiter: this.mapping.delimiter,
      newline: "\r\n",
    });
    const encoding = ({ "utf-8": "utf8", latin1: "latin1", "utf-16le": "utf16le" } as const)[
      this.mapping.encoding
    ];
    writeSync(this.#file!, Buffer.from(`${text}\r\n`, encoding));
  }
}

/** A spreadsheet must not take a cell for a formula. `withoutEscape` gives back exactly what it was. */
export function withEscape(cell: string): string {
  return /^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

export function withoutEscape(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
