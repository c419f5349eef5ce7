import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withClient } from "../embedded-postgres";
import { projectFolder } from "../places";
import { type TestDatabase, testDatabase } from "../testing/database";
import { addPeople } from "./testing";

/** The command itself, as its own process, against its own database. */
let urls: TestDatabase;
let folder: string;
const key = Buffer.alloc(32, 7).toString("base64");
const environment = () => ({
  DATABASE_URL: urls.databaseUrl,
  DATABASE_OWNER_URL: urls.databaseOwnerUrl,
  HOLDPOINT_WORKSPACE: "main",
  HOLDPOINT_WORKSPACE_KEY: key,
  HOLDPOINT_IDENTITY_KEY: key,
  HOLDPOINT_KEYS_FILE: "",
  CARRIER_URL: "http://127.0.0.1:9",
  INTAKE_BACKLOG_MAX: "100000",
});

beforeAll(async () => {
  urls = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), "holdpoint-import-"));
  await addPeople(urls, key);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await urls.drop();
});

const data = (name: string) => join(projectFolder, "e2e", "data", name);

function start(args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", "scripts/import.ts", ...args], {
    cwd: projectFolder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment(), ...env },
  });
}

function ended(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    err += text;
  });
  return new Promise((done) => child.once("close", (code) => done({ code, out, err })));
}

const importing = (file: string, map: string, source: string, ...more: string[]) => [
  ...["--live", file, "--map", data(map), "--source", source, "--requested-by", "rita"],
  ...["--refusals", join(folder, `${source}.csv`)],
  ...more,
];
const run = (args: string[], env?: Record<string, string>) => ended(start(args, env));
const counted = (out: string, label: string) =>
  Number(new RegExp(`^ *${label} +([\\d,]+)$`, "m").exec(out)?.[1]?.replace(",", ""));

async function query<Row extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<Row[]> {
  return withClient(urls.databaseOwnerUrl, async (client) => (await client.query<Row>(sql, values)).rows);
}
const nextPos = async () => Number((await query("SELECT next_pos FROM workspace_head"))[0]?.next_pos);
const ordersOf = async (source: string) =>
  query<{ order_id: string; business_key: string; status: string; amount_minor: string; version: number }>(
    "SELECT * FROM orders WHERE source = $1 ORDER BY business_key",
    source,
  );

test("live orders are checked, wait or are intended; the same file again changes nothing", async () => {
  const first = await run(importing(data("orders.csv"), "orders.map.json", "shop"));
  expect(first).toMatchObject({ code: 0 });
  expect(counted(first.out, "received")).toBe(120);
  expect(counted(first.out, "refused")).toBe(0);
  expect(counted(first.out, "passed by policy") + counted(first.out, "to review")).toBe(120);
  expect(counted(first.out, "limit@1")).toBe(8);
  expect(existsSync(join(folder, "shop.csv"))).toBe(false);

  const orders = await ordersOf("shop");
  expect(orders).toHaveLength(120);
  expect(orders[1]).toMatchObject({ business_key: "536366", amount_minor: "2220", status: "open" });
  // With a carrier's address in its environment: the import intends, and leaves the rest to the console.
  const effects = await query<{ state: string; attempt: number }>(
    "SELECT state, attempt FROM effect WHERE due_at IS NOT NULL",
  );
  expect(effects).toHaveLength(counted(first.out, "passed by policy"));
  expect(effects.every(({ state, attempt }) => state === "INTENDED" && attempt === 0)).toBe(true);
  expect(await query("SELECT FROM task")).toHaveLength(counted(first.out, "to review"));
  expect(await query("SELECT FROM timer")).toHaveLength(counted(first.out, "to review"));

  const [command] = await query(
    "SELECT id, stream FROM command WHERE source = 'import' AND id LIKE '%536366'",
  );
  expect(command).toEqual({ id: "shop/536366", stream: `order/${orders[1]?.order_id}` });

  const before = await nextPos();
  const again = await run(importing(data("orders.csv"), "orders.map.json", "shop"));
  expect(again).toMatchObject({ code: 0 });
  expect([counted(again.out, "received"), counted(again.out, "already received")]).toEqual([0, 120]);
  expect(await nextPos()).toBe(before);
});

test("the past is checked and counted on its own dates, and nothing follows from it", async () => {
  const args = importing(data("lines.csv"), "lines.map.json", "archive");
  const { code, out } = await run(args.map((argument) => (argument === "--live" ? "--past" : argument)));
  expect(code).toBe(0);
  expect([counted(out, "received"), counted(out, "refused")]).toEqual([36, 4]);
  const orders = await ordersOf("archive");
  expect(orders.every(({ status }) => status === "recorded")).toBe(true);
  const ids = orders.map(({ order_id }) => order_id);
  for (const table of ["task", "timer", "effect"])
    expect(await query(`SELECT FROM ${table} WHERE order_id = ANY ($1)`, ids)).toEqual([]);
  const [first] = await query(
    `SELECT occurred_at, type FROM event WHERE stream = $1 ORDER BY version`,
    `order/${orders.find(({ business_key }) => business_key === "536365")?.order_id}`,
  );
  expect(first).toEqual({ occurred_at: new Date("2010-12-01T08:26:00.000Z"), type: "orderReceived" });
  expect(counted(out, "missingCustomer@1")).toBe(1);
});

test("another content under a number is refused by its fields, a twin in the same file is the same order", async () => {
  const file = join(folder, "changed.csv");
  const header = "InvoiceNo,InvoiceDate,CustomerID,TotalPrice\n";
  writeFileSync(
    file,
    `${header}536365,2010-12-01,17851,139.13\nnew,2010-12-01,17850,5\nnew,2010-12-01,17850,5.00\nnew,2010-12-02,17850,5\n`,
  );
  const { code, out } = await run(importing(file, "orders.map.json", "shop"));
  expect(code).toBe(0);
  expect([counted(out, "received"), counted(out, "already received"), counted(out, "refused")]).toEqual([
    1, 1, 2,
  ]);
  const refusals = readFileSync(join(folder, "shop.csv"), "utf8").split("\r\n");
  expect(refusals[1]).toMatch(
    /^2,536365,"TotalPrice, CustomerID",,This order was received before with another total and another customer.*,536365,2010-12-01,17851,139.13$/,
  );
  expect(refusals[2]).toMatch(/^5,new,InvoiceDate,/);
});

test("refused rows are corrected in their own file and imported with the same mapping", async () => {
  const past = (file: string) =>
    importing(file, "dirty.map.json", "dirty").map((argument) =>
      argument === "--live" ? "--past" : argument,
    );
  const first = await run(past(data("dirty.csv")));
  expect([counted(first.out, "received"), counted(first.out, "refused")]).toEqual([2, 29]);
  expect(first.out).toMatch(/Quantity is negative: a return, which is no order +1$/m);

  const corrected = join(folder, "corrected.csv");
  const refused = readFileSync(join(folder, "dirty.csv"), "utf8");
  expect(refused.split("\r\n")[0]).toMatch(/^refused row,.*,InvoiceNo,StockCode/);
  writeFileSync(
    corrected,
    refused
      .split("\r\n")
      .map((line) => line.replaceAll("Atlantis", "United Kingdom").replaceAll("'-12", "12"))
      .join("\r\n"),
  );
  const second = await run(past(corrected));
  // The lines that stood apart stand together among the refused ones, so that order is whole now.
  expect([counted(second.out, "received"), counted(second.out, "refused")]).toEqual([3, 25]);
  expect((await ordersOf("dirty")).map(({ business_key }) => business_key)).toEqual([
    "900001",
    "900003",
    "900018",
    "900027",
    "900028",
  ]);
});

test("killed in the middle and run again, nothing is lost and nothing is doubled", async () => {
  const file = join(folder, "many.csv");
  const rows = Array.from({ length: 2_000 }, (_, n) => `K${n},2026-01-31,C${n % 700},${n % 50}.25`);
  writeFileSync(file, `InvoiceNo,InvoiceDate,CustomerID,TotalPrice\n${rows.join("\n")}\n`);
  const args = importing(file, "orders.map.json", "killed");

  const child = start(args);
  const death = ended(child);
  while ((await ordersOf("killed")).length < 200) {
    expect(child.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill("SIGKILL");
  await death;
  const survived = await ordersOf("killed");
  expect(survived.length).toBeLessThan(2_000);

  const { code, out } = await run(args);
  expect(code).toBe(0);
  // What was in flight at the kill may have been written and never answered: received, and known the second time.
  expect(counted(out, "already received")).toBeGreaterThanOrEqual(survived.length);
  expect(counted(out, "already received") + counted(out, "received")).toBe(2_000);
  const orders = await ordersOf("killed");
  expect(orders.map(({ business_key }) => business_key)).toEqual(
    Array.from({ length: 2_000 }, (_, n) => `K${n}`).sort(),
  );
  for (const { order_id, version } of survived)
    expect(orders.find((order) => order.order_id === order_id)?.version).toBe(version);
  const [doubled] = await query(
    `SELECT count(*)::integer AS received, count(DISTINCT stream)::integer AS streams FROM event
     WHERE type = 'orderReceived' AND stream = ANY ($1)`,
    orders.map(({ order_id }) => `order/${order_id}`),
  );
  expect(doubled).toEqual({ received: 2_000, streams: 2_000 });
  // 700 customers in turn, whose later orders all have the total of the first: each was judged by all before it.
  const [judged] = await query(
    `SELECT count(*) FILTER (WHERE 'firstTimeCustomer@1' = ANY (reasons))::integer AS first,
       count(*) FILTER (WHERE 'possibleDuplicate@1' = ANY (reasons))::integer AS duplicate
     FROM orders WHERE source = 'killed'`,
  );
  expect(judged).toEqual({ first: 700, duplicate: 1_300 });
  const [heads] = await query(
    `SELECT count(*)::integer AS wrong FROM stream_head h FULL JOIN
       (SELECT stream, max(version) AS version FROM event GROUP BY stream) e USING (stream)
     WHERE h.version IS DISTINCT FROM e.version`,
  );
  expect(heads).toEqual({ wrong: 0 });
  const [gaps] = await query("SELECT count(*)::integer AS events, max(pos)::integer + 1 AS next FROM event");
  expect(gaps?.events).toBe(gaps?.next);
}, 120_000);

test("a live import waits while too many orders wait to be dispatched, and goes on when they do not", async () => {
  const file = join(folder, "bound-orders.csv");
  const rows = Array.from({ length: 40 }, (_, n) => `B${n},2026-01-31,17850,${n}.75`);
  writeFileSync(file, `InvoiceNo,InvoiceDate,CustomerID,TotalPrice\n${rows.join("\n")}\n`);
  const [waiting] = await query<{ n: number }>("SELECT count(*)::integer AS n FROM effect");
  const child = start(importing(file, "orders.map.json", "bound"), {
    INTAKE_BACKLOG_MAX: `${(waiting?.n ?? 0) + 10}`,
  });
  const end = ended(child);
  while ((await ordersOf("bound")).length < 10) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await ordersOf("bound")).toHaveLength(10);
  expect(child.exitCode).toBeNull();
  await query("UPDATE effect SET state = 'CONFIRMED'");
  while ((await ordersOf("bound")).length < 40) {
    await query("UPDATE effect SET state = 'CONFIRMED'");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await end).toMatchObject({ code: 0 });
});

test("what cannot be imported at all is one clear error, and the log stays as it is", async () => {
  const before = await nextPos();
  const empty = join(folder, "empty.csv");
  writeFileSync(empty, "");
  const headless = join(folder, "headless.csv");
  writeFileSync(headless, "536365,2010-12-01,17850,139.12\n");
  const refused = async (args: string[], message: RegExp) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/ {4}at /);
  };
  await Promise.all([
    refused(importing(empty, "orders.map.json", "shop"), /empty.csv is empty/),
    refused(
      importing(headless, "orders.map.json", "shop"),
      /has no column InvoiceNo.*the file has no header/s,
    ),
    refused(importing(join(folder, "none.csv"), "orders.map.json", "shop"), /none.csv cannot be read/),
    refused(
      importing(data("orders.csv"), "orders.map.json", "shop", "--workflow", "refund@9"),
      /There is no workflow refund@9. There is: order-fulfilment@1/,
    ),
    refused(
      importing(data("orders.csv"), "orders.map.json", "shop", "--requested-by", "nobody"),
      /There is no person nobody in workspace main/,
    ),
  ]);
  expect(await nextPos()).toBe(before);
});
