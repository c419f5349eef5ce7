import { createReadStream, type ReadStream, statSync } from "node:fs";
import Papa from "papaparse";
import type { Mapping } from "./mapping";
import { refusalColumns, withoutEscape } from "./refusals";

/**
 * A CSV file as a stream of rows. Numbers count like a spreadsheet does, the header being row 1. Rows without any content
 * are left out but counted. In a file of refusals, our own columns are left out, and the cells are as they were before
 * they were made safe for a spreadsheet.
 */
export type Row = { number: number; cells: string[] };

export type CsvFile = {
  header: string[];
  rows(): AsyncGenerator<Row>;
};

type Options = Pick<Mapping, "encoding" | "delimiter">;

const encodings = { "utf-8": "utf8", latin1: "latin1", "utf-16le": "utf16le" } as const;

/** Opens a file and reads its header. Throws with what is wrong: not readable, empty, another encoding. */
export async function openCsv(path: string, options: Options): Promise<CsvFile> {
  let header: string[] | undefined;
  for await (const { cells } of records(path, options)) {
    header = cells.map((name) => name.trim());
    break;
  }
  if (!header || header.every((name) => name === "")) throw new Error(`${path} is empty.`);
  if (header.some((name) => name.includes("\u0000") || name.includes("\uFFFD")))
    throw new Error(`${path} does not look like ${options.encoding}. Say its encoding in the mapping.`);
  const isRefusals = refusalColumns.every((name, n) => header[n] === name);
  const from = isRefusals ? refusalColumns.length : 0;
  return {
    header: header.slice(from),
    async *rows() {
      let first = true;
      for await (const { number, cells } of records(path, options)) {
        const isHeader = first;
        first = false;
        if (isHeader || cells.every((cell) => cell.trim() === "")) continue;
        yield { number, cells: isRefusals ? cells.slice(from).map(withoutEscape) : cells };
      }
    },
  };
}

async function* records(path: string, { encoding, delimiter }: Options): AsyncGenerator<Row> {
  const stream = open(path, encoding);
  try {
    let number = 0;
    for await (const batch of batches(stream, delimiter)) {
      const [error] = batch.errors.filter(({ type }) => type === "Quotes");
      if (error)
        throw new Error(
          `${path}, row ${number + (error.row ?? 0) + 1}: a quotation mark is not closed where the cell ends.`,
        );
      for (const cells of batch.data) {
        number++;
        yield { number, cells };
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code ? new Error(`${path} cannot be read: ${(error as Error).message}`) : error;
  } finally {
    stream.destroy();
  }
}

function open(path: string, encoding: Mapping["encoding"]): ReadStream {
  try {
    if (statSync(path).isFile()) return createReadStream(path, encodings[encoding]);
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`);
  }
  throw new Error(`${path} cannot be read: it is no file.`);
}

/** What the parser makes of one chunk of text at a time; it goes on when the last one has been taken. */
async function* batches(
  stream: ReadStream,
  delimiter: string,
): AsyncGenerator<{ data: string[][]; errors: Papa.ParseError[] }> {
  type Step = { done: boolean; failed?: Error; results?: Papa.ParseResult<string[]>; parser?: Papa.Parser };
  let next: (step: Step) => void = () => {};
  let step = new Promise<Step>((resolve) => {
    next = resolve;
  });
  Papa.parse<string[]>(stream, {
    delimiter,
    // Before the parser sees it, or a quotation mark behind it would not open a cell.
    beforeFirstChunk: (text) => text.replace(/^\uFEFF/, ""),
    chunk(results, parser) {
      parser.pause();
      stream.pause();
      next({ done: false, results, parser });
    },
    complete: () => next({ done: true }),
    error: (failed: Error) => next({ done: true, failed }),
  });
  for (;;) {
    const { done, failed, results, parser } = await step;
    if (failed) throw failed;
    if (done) return;
    if (results) yield results;
    step = new Promise((resolve) => {
      next = resolve;
    });
    stream.resume();
    parser?.resume();
  }
}
