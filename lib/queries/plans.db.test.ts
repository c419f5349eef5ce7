import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "#lib/db";
import { workspaceKeys } from "#lib/log/keys";
import { withClient } from "#scripts/embedded-postgres";
import { seedFindableNumbers } from "#scripts/seed/findable-numbers";
import { seedOpenOrders } from "#scripts/seed/open-orders";
import { listsOf, type Reading, sortedList } from "#scripts/testing/console-lists";
import { type TestDatabase, testDatabase } from "#scripts/testing/database";
import { explaining, nodesOf, type PlanNode } from "#scripts/testing/explained";
import { count_max, lines_per_page, looked_max } from "./page";

/**
 * Every list and every count as the query modules send it, explained and run on tables so large that the planner chooses as
 * it does at a million: no plan reads a growing table whole, looks at more rows than a page or a count may, or sorts more.
 */
const orders = 40_000;
const now = "2026-03-02T09:00:00.000Z";
const growing = ["orders", "task", "timer", "effect", "event", "command", "stream_head", "subject_key"];

let urls: TestDatabase;
let database: Database;
const keys = workspaceKeys("main", { workspaceKey: Buffer.alloc(32, 7), identityKey: Buffer.alloc(32, 8) });
beforeAll(async () => {
  urls = await testDatabase();
  await seedOpenOrders({ ownerUrl: urls.databaseOwnerUrl, workspace: "main", orders, now });
  // A log beside them, as large as theirs would be: without one the planner would read its empty table whole.
  await withClient(urls.databaseOwnerUrl, async (client) => {
    await client.query(
      `INSERT INTO event (workspace, pos, stream, version, body, type, actor, occurred_at, recorded_at)
       SELECT 'main', row_number() OVER (), 'order/' || order_id, n,
         '{"actor":{"type":"system","id":"nobody"},"data":{}}', CASE n WHEN 1 THEN 'orderReceived' ELSE 'taskClaimed' END,
         'somebody', received_at, received_at
       FROM orders, generate_series(1, 5) n`,
    );
    await client.query(
      "INSERT INTO subject_key SELECT 'main', 'other/' || n, '' FROM generate_series(1, 40000) n",
    );
    await client.query("VACUUM (ANALYZE) event, subject_key");
  });
  await seedFindableNumbers(urls.databaseOwnerUrl, "main", keys);
  database = openDatabase(urls.databaseUrl, 2);
}, 180_000);
afterAll(async () => {
  await database.$disconnect();
  await urls.drop();
});

/** Runs a query with every statement of it explained first. */
async function plansOf(ask: Reading): Promise<PlanNode[]> {
  const { database: noting, plans } = explaining(database);
  await ask({ database: noting, keys });
  return plans;
}

const given = (plan: PlanNode) => plan["Actual Rows"] * plan["Actual Loops"];

/** What is wrong with a plan, in words; empty when nothing is. At most `sorted_max` rows may be sorted. */
function faultsOf(plan: PlanNode, sorted_max: number): string[] {
  const faults: string[] = [];
  for (const node of nodesOf(plan)) {
    const table = node["Relation Name"];
    if (node["Node Type"] === "Seq Scan" && table && growing.includes(table))
      faults.push(`reads ${table} whole`);
    const looked =
      given(node) +
      ((node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0)) *
        node["Actual Loops"];
    // An incremental sort looks a little further, to see where rows of one instant end.
    if (table && growing.includes(table) && looked > looked_max + lines_per_page)
      faults.push(`${node["Node Type"]} looks at ${looked} rows of ${table}`);
    if (node["Node Type"] === "Sort") {
      const sorted = Math.max(...(node.Plans ?? []).map(given));
      if (sorted > sorted_max) faults.push(`sorts ${sorted} rows`);
    }
  }
  return faults;
}

/** The plan as a failing test shows it. */
function inShort(plan: PlanNode, depth = 0): string {
  const { "Node Type": type, "Relation Name": table = "", "Index Name": index = "" } = plan;
  const line = `\n${"  ".repeat(depth)}${type} ${table} ${index} (${given(plan)} rows)`;
  return line + (plan.Plans ?? []).map((child) => inShort(child, depth + 1)).join("");
}

const bounded = (sorted_max: number) => async (ask: Reading) => {
  const plans = await plansOf(ask);
  expect(plans.length).toBeGreaterThan(0);
  for (const plan of plans) expect(faultsOf(plan, sorted_max), inShort(plan)).toEqual([]);
};
const isCount = ([name]: [string, Reading]) => name.startsWith("counts");

describe("every list is a walk of a bounded length, and sorts no more than a page", () => {
  // One more than fits is read, to know whether there is a next page.
  // Those that are sorted otherwise have a bound of their own, in `queue-sort.db.test.ts`.
  const lists = Object.entries(listsOf("main", now)).filter(
    (list) => !isCount(list) && !list[0].startsWith(sortedList),
  );
  test.for(lists)("%s", ([, ask]) => bounded(lines_per_page + 1)(ask));
});

describe("every count is a walk of a bounded length", () => {
  // At this instant many are due, and many too late.
  const counts = Object.entries(listsOf("main", "2026-04-20T09:00:00.000Z")).filter(isCount);
  test.for(counts)("%s", ([, ask]) => bounded(lines_per_page + count_max)(ask));
});
