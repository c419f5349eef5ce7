import { describe, expect, test } from "vitest";
import { csvHeaders, csvOf } from "./csv";

const columns = { version: "Version", note: "What was written", data: "Data" };

describe("rows as CSV", () => {
  test("stand under one header in the order of the columns, and nothing else is given away", () => {
    const rows = [
      { data: '{"step":"manual.review"}', version: 1, secret: "no column" },
      { version: 2, note: "Fine" },
    ];
    expect(csvOf(rows, columns, true).split("\r\n")).toEqual([
      "\ufeffVersion,What was written,Data",
      '1,,"{""step"":""manual.review""}"',
      "2,Fine,",
      "",
    ]);
    expect(csvOf(rows, columns, false)).not.toContain("Version");
    expect(csvOf([], columns, true)).toContain("Version");
  });

  test("what somebody wrote is a text and never a formula, quoted where it has to be", () => {
    const written = (note: string) => csvOf([{ version: 1, note }], columns, false);
    for (const formula of ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
      expect(written(formula)).toContain(`,'${formula},`);
    expect(written('Say "when",\nplease')).toContain('"Say ""when"",\nplease"');
  });

  test("a file's name cannot say anything else to a browser", () => {
    const named = (name: string) => csvHeaders(name)["Content-Disposition"];
    expect(named("order J-17")).toBe('attachment; filename="order-J-17.csv"');
    expect(named('../a "b"\r\nX: y')).toBe('attachment; filename="a-b-X-y.csv"');
    expect(named("№")).toBe('attachment; filename="export.csv"');
  });
});
