import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openCsv, type Row } from "./csv";
import { RefusalsFile, withEscape, withoutEscape } from "./refusals";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdpoint-refusals-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const problem = { row: 3, field: "Total", value: "-5", why: "is negative", right: "0 or more" };

test.each([
  ["utf-8", ","],
  ["latin1", ";"],
  ["utf-16le", "\t"],
] as const)(
  "a file of refusals in %s is read back as it was, without our columns",
  async (encoding, delimiter) => {
    const path = join(folder, "refusals.csv");
    const refusals = new RefusalsFile(path, ["Number", "Café", "Total"], { encoding, delimiter });
    const rows: Row[] = [
      { number: 3, cells: ["1", '=1+1 "quoted", with; all\tof it', "-5"] },
      { number: 4, cells: ["1", "'=kept", "two\nlines"] },
    ];
    expect(existsSync(path)).toBe(false);
    refusals.write({ key: "1", rows, problems: [problem] });
    refusals.close();

    const file = await openCsv(path, { encoding, delimiter });
    expect(file.header).toEqual(["Number", "Café", "Total"]);
    const read = [];
    for await (const row of file.rows()) read.push(row.cells);
    expect(read).toEqual(rows.map(({ cells }) => cells));
  },
);

test("it says of every row why it is there, and which other row kept it out", () => {
  const path = join(folder, "refusals.csv");
  const refusals = new RefusalsFile(path, ["Number", "Total"], { encoding: "utf-8", delimiter: "," });
  const rows = [
    { number: 3, cells: ["1", "-5"] },
    { number: 4, cells: ["1", "6"] },
  ];
  refusals.write({ key: "1", rows, problems: [problem] });
  refusals.close();
  expect(readFileSync(path, "utf8").split("\r\n")).toEqual([
    "refused row,refused key,refused field,refused value,refused because,what would be right,Number,Total",
    "3,1,Total,'-5,is negative,0 or more,1,'-5",
    "4,1,,,another row of the same order is refused: row 3,correct that row; this one goes with it,1,6",
    "",
  ]);
});

test.each(["=1", "-5", "+44 20", "@x", "\tx", "'=1", "''-x", "'quoted'", "plain", ""])(
  "%j survives being made safe",
  (cell) => {
    expect(withoutEscape(withEscape(cell))).toBe(cell);
    expect(withEscape(cell)).not.toMatch(/^[=+\-@\t\r]/);
  },
);
