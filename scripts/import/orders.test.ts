import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectFolder } from "../places";
import { openCsv } from "./csv";
import { type Mapping, parseMapping, readMapping } from "./mapping";
import { checkHeader, type Reading, type ReadOrder, readOrders, surveyOf } from "./orders";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdpoint-import-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const shipped = (name: string) => join(projectFolder, "e2e", "data", name);
const simple = parseMapping(
  "simple",
  JSON.stringify({
    date: "YYYY-MM-DD",
    columns: { businessKey: "Number", orderedOn: "Date", total: "Total", country: "Country" },
    constants: { currency: "GBP" },
  }),
);

async function read(path: string, mapping: Mapping, more: Partial<Reading> = {}): Promise<ReadOrder[]> {
  const file = await openCsv(path, mapping);
  checkHeader(path, file.header, mapping);
  const { split } = await surveyOf(file, mapping);
  const reading: Reading = {
    mapping,
    mode: "live",
    source: "shop",
    workflow: "order-fulfilment@1",
    requestedBy: "rita",
    now: "2026-03-02T09:00:00.000Z",
    ...more,
  };
  const orders: ReadOrder[] = [];
  for await (const order of readOrders(file, reading, split)) orders.push(order);
  return orders;
}

async function readText(text: string | Buffer, mapping = simple, more: Partial<Reading> = {}) {
  const path = join(folder, "file.csv");
  writeFileSync(path, text);
  return read(path, mapping, more);
}

describe("the shipped files", () => {
  test("every one of the 120 orders is one, at the pennies it means", async () => {
    const orders = await read(shipped("orders.csv"), readMapping(shipped("orders.map.json")));
    expect(orders).toHaveLength(120);
    expect(orders.filter(({ problems }) => problems)).toEqual([]);
    expect(orders[1]?.command).toEqual({
      type: "order.receive",
      workflow: "order-fulfilment@1",
      source: "shop",
      businessKey: "536366",
      requestedBy: "rita",
      total: { amount: 2220, currency: "GBP" },
      customer: { reference: "17850" },
      orderedOn: "2010-12-01",
    });
  });

  test("lines become invoices whose sums are the totals of the other file, cancellations are refused", async () => {
    const invoices = await read(shipped("lines.csv"), readMapping(shipped("lines.map.json")), {
      mode: "past",
    });
    const totals = new Map(
      (await read(shipped("orders.csv"), readMapping(shipped("orders.map.json")))).map(({ key, command }) => [
        key,
        command?.total.amount,
      ]),
    );
    const taken = invoices.filter(({ command }) => command);
    const both = taken.filter(({ key }) => totals.has(key));
    expect(both.length).toBeGreaterThan(30);
    for (const { key, command } of both) expect([key, command?.total.amount]).toEqual([key, totals.get(key)]);
    expect(invoices.filter(({ problems }) => problems).map(({ key }) => key)).toEqual([
      "C536379",
      "C536383",
      "C536391",
      "C536506",
    ]);
    // A gap is for a person to look at: no customer, no description, no price.
    expect(taken.find(({ key }) => key === "536414")?.command).toMatchObject({
      total: { amount: 0, currency: "GBP" },
      lines: [{ sku: "22139", quantity: 56, unitPrice: 0 }],
      past: { occurredAt: "2010-12-01T11:52:00.000Z" },
    });
    expect(taken.find(({ key }) => key === "536414")?.command?.customer).toBeUndefined();
    expect(taken.find(({ key }) => key === "536370")?.command?.country).toBe("FR");
    // 536488 has one line twice, and its total counts both.
    expect(taken.find(({ key }) => key === "536488")?.command?.lines).toHaveLength(35);
  });

  test("dirty.csv has one order for each reason", async () => {
    const orders = await read(shipped("dirty.csv"), readMapping(shipped("dirty.map.json")), { mode: "past" });
    const said = orders.flatMap(
      ({ problems }) => problems?.map(({ row, field, why }) => [row, field, why]) ?? [],
    );
    expect(said).toEqual([
      [4, "InvoiceNo", "is missing"],
      [5, "InvoiceNo", "is a cancellation, which is no order and does not say of which one"],
      [6, "Quantity", "is negative: a return, which is no order"],
      [7, "Quantity", "is nothing"],
      [8, "Quantity", "is not a whole number"],
      [9, "Quantity", "is more than a line may have"],
      [10, "Quantity", "is missing"],
      [11, "UnitPrice", "is not an amount"],
      [12, "UnitPrice", "is missing"],
      [13, "UnitPrice", "is negative"],
      [14, "UnitPrice", "is more than an order may have"],
      [15, "InvoiceDate", "is not a date of the form M/D/YY H:MM, or one that does not exist"],
      [16, "InvoiceDate", "is not a date of the form M/D/YY H:MM, or one that does not exist"],
      [17, "InvoiceDate", "lies in the future, and the past was asked for"],
      [18, "InvoiceDate", "is missing, and the past needs one"],
      [19, "Currency", "is not a currency Holdpoint knows"],
      [20, "Currency", "is missing"],
      [21, "Country", "is not a country code, nor a name the mapping knows"],
      [22, "Email", "must be an e-mail address"],
      [23, "StockCode", "is missing"],
      [24, "CustomerID", "must be one line without control characters"],
      [25, "CustomerID", "must be at most 120 bytes"],
      [26, "Description", "must be at most 300 bytes"],
      [27, "Description", "holds bytes that are not utf-8"],
      [28, "", "does not have the columns of the header"],
      [30, "CustomerID", "is not the same in all rows of the order"],
      [31, "InvoiceNo", "has lines in several places of the file"],
      [33, "InvoiceNo", "has lines in several places of the file"],
      [34, "InvoiceNo", "must be at most 200 bytes"],
    ]);
    expect(orders.flatMap(({ command }) => command?.businessKey ?? [])).toEqual(["900001", "900028"]);
  });
});

describe("files as they come", () => {
  const text = "Number,Date,Total,Country\r\nÄ-1,2026-01-31,12.50,GB\r\n";
  const wanted = { businessKey: "Ä-1", total: { amount: 1250, currency: "GBP" }, orderedOn: "2026-01-31" };

  test.each([
    ["utf-8", Buffer.from(text)],
    ["utf-8", Buffer.from(`\uFEFF${text}`)],
    ["utf-8", Buffer.from(`\uFEFF${text.replace("Number", '"Number"')}`)],
    ["latin1", Buffer.from(text, "latin1")],
    ["utf-16le", Buffer.from(`\uFEFF${text}`, "utf16le")],
  ] as const)("%s, with and without a byte order mark", async (encoding, bytes) => {
    const [order] = await readText(bytes, { ...simple, encoding });
    expect(order?.command).toMatchObject(wanted);
  });

  test("quotes, delimiters in cells, empty rows and chunks that end anywhere", async () => {
    const mapping = { ...simple, delimiter: ";" as const, decimal: "," as const, thousands: "." as const };
    const many = Array.from({ length: 9_000 }, (_, n) => `"no;${n}";2026-01-31;"1.000,${(n % 90) + 10}";GB`);
    const orders = await readText(`Number;Date;Total;Country\n\n;;;\n${many.join("\n")}\n\n`, mapping);
    expect(orders).toHaveLength(9_000);
    expect(orders.filter(({ problems }) => problems)).toEqual([]);
    expect(orders.at(-1)).toMatchObject({
      key: "no;8999",
      command: { total: { amount: 100_000 + (8_999 % 90) + 10 } },
      rows: [{ number: 9_003 }],
    });
  });

  test("what cannot be a file of orders is said at once", async () => {
    await expect(read(join(folder, "missing.csv"), simple)).rejects.toThrow(
      /missing.csv cannot be read: ENOENT/,
    );
    await expect(read(folder, simple)).rejects.toThrow("cannot be read: it is no file");
    await expect(readText("")).rejects.toThrow("is empty");
    await expect(readText("536365,2010-12-01,17850,139.12\n")).rejects.toThrow(
      /has no column Number, Date, Total, Country. Its first row is: 536365, 2010-12-01, 17850, 139.12. If that is an order, the file has no header/,
    );
    await expect(readText("Number,Date,Total,Country,Total\n")).rejects.toThrow(
      "has the column Total more than once",
    );
    await expect(readText('Number,Date,Total,Country\n"1,2026-01-31,5,GB\n')).rejects.toThrow(
      "row 2: a quotation mark is not closed",
    );
    await expect(readText(Buffer.from(`\uFEFF${text}`, "utf16le"))).rejects.toThrow(
      "does not look like utf-8",
    );
  });

  test("a header alone is no orders, and no error", async () => {
    expect(await readText("Number,Date,Total,Country\n")).toEqual([]);
  });
});

test("amounts and dates are what the mapping says, and nothing else", async () => {
  const orders = await readText(
    "Number,Date,Total,Country\n1,2026-01-31,-0.01,GB\n2,31.01.2026,5,GB\n3,2026-01-31,1e15,GB\n4,2026-01-31,5,gb\n",
  );
  expect(orders.map(({ problems }) => problems?.map(({ field, why, right }) => [field, why, right]))).toEqual(
    [
      [["Total", "is negative", "an amount of 0 or more, such as 139.12"]],
      [
        [
          "Date",
          "is not a date of the form YYYY-MM-DD, or one that does not exist",
          "a date that exists, as YYYY-MM-DD",
        ],
      ],
      [["Total", "is more than an order may have", "an amount of 0 or more, such as 139.12"]],
      [
        [
          "Country",
          "is not a country code, nor a name the mapping knows",
          "an ISO 3166 code such as GB, or a name the mapping knows",
        ],
      ],
    ],
  );
});

test("a mapping says of each member what is wrong with it", () => {
  const wrong = {
    encoding: "ebcdic",
    date: "MM-DD",
    columns: { orderNumber: "Number", "line.sku": "Article" },
    constants: { currency: "XYZ", country: "Britain" },
    cancellations: "(",
    surplus: true,
  };
  expect(() => parseMapping("m.json", "{")).toThrow(/The mapping m.json is not JSON/);
  const said = (given: object) => {
    try {
      parseMapping("m.json", JSON.stringify(given));
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  expect(said(wrong)).toContain("encoding: is not one of utf-8, latin1, utf-16le");
  expect(said(wrong)).toContain("columns.orderNumber: is not one of businessKey, total");
  expect(said(wrong)).toContain("surplus: is not a member of a mapping");
  const { encoding: _, surplus: __, ...rest } = wrong;
  const second = said({ ...rest, columns: { "line.sku": "Article", orderedOn: "Date" } });
  for (const line of [
    "columns.businessKey: is missing: which column holds the order's own number?",
    "columns.line.quantity: is missing, where there are columns of lines",
    "constants.currency: is not a currency Holdpoint knows",
    "constants.country: must be an ISO code such as GB",
    "date: MM-DD says nothing of the year",
  ])
    expect(second).toContain(line);
  expect(second).toMatch(/cancellations: Invalid regular expression/);
  expect(said({ columns: { businessKey: "a", orderedOn: "b" } })).toContain("date: is missing");
  expect(() => readMapping(join(folder, "none.json"))).toThrow(/The mapping .*none.json cannot be read/);
  expect(readFileSync(shipped("README.md"), "utf8")).toContain("doi.org/10.24432/C5BW33");
});
