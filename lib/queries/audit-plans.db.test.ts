import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "#lib/db";
import { mintActor } from "#lib/domain/authority";
import { workspaceKeys } from "#lib/log/keys";
import { withClient } from "#scripts/embedded-postgres";
import { type TestDatabase, testDatabase } from "#scripts/testing/database";
import { explaining, nodesOf, type PlanNode } from "#scripts/testing/explained";
import { events_per_batch, positions_per_batch, sealedLog } from "./audit-export";
import {
  log_lines_per_page,
  log_news_max,
  logCount,
  logNews,
  logPage,
  positions_counted_max,
  positions_per_page_max,
} from "./audit-log";
import { logActors, logSearch } from "./audit-search";
import type { WalkFilter } from "./audit-walk";
import type { Store } from "./store";

/**
 * Every way to search the log, explained and run on one three times as long as a page looks down: no plan reads the log
 * whole, sorts more than the pages of the streams that are named, or looks at more than a page may.
 */
const events = 300_000;
const streams = 30_000;

let urls: TestDatabase;
let database: Database;
const keys = workspaceKeys("main", { workspaceKey: Buffer.alloc(32, 7), identityKey: Buffer.alloc(32, 8) });
const auditor = mintActor({
  workspace: "main",
  type: "person",
  id: "ada",
  person: "ada",
  account: "ada",
  session: "ada",
  roles: ["auditor"],
});

beforeAll(async () => {
  urls = await testDatabase();
  await withClient(urls.databaseOwnerUrl, async (client) => {
    await client.query("INSERT INTO workspace_head (workspace, next_pos) VALUES ('main', $1)", [events]);
    await client.query(
      `INSERT INTO event (workspace, pos, stream, version, body, type, actor, occurred_at, recorded_at)
       SELECT 'main', n, 'order/' || n % $2, n / $2 + 1, '{"actor":{"id":"ana","type":"person"},"data":{}}',
         CASE WHEN n % 1000 = 7 THEN 'taskEscalated' ELSE 'taskClaimed' END, CASE WHEN n % 3 = 0 THEN 'timer' ELSE 'ana' END,
         now() - ($1 - n) * interval '1 minute', now() - ($1 - n) * interval '1 minute'
       FROM generate_series(0, $1 - 1) n`,
      [events, streams],
    );
    await client.query(
      `INSERT INTO orders (workspace, generation, order_id, workflow, status, at_steps, source, business_key, requested_by,
         received_at, occurred_at, reasons, changes_requested, version)
       SELECT 'main', 1, n::text, 'order-fulfilment@1', 'open', '{}', 'web', 'SO-' || n, 'rita', now(), now(), '{}', false, 1
       FROM generate_series(0, $1 - 1) n`,
      [streams],
    );
    await client.query("VACUUM (ANALYZE) event, orders, workspace_head");
  });
  database = openDatabase(urls.databaseUrl, 2);
}, 180_000);
afterAll(async () => {
  await database.$disconnect();
  await urls.drop();
});

/** Runs a query with every statement of it explained first. */
async function plansOf(ask: (store: Store) => Promise<unknown>): Promise<PlanNode[]> {
  const { database: noting, plans } = explaining(database);
  await ask({ database: noting, keys });
  return plans;
}

/** How many rows of the log or of the orders were looked at, and whether any was by reading all of them. */
function effortOf(plans: readonly PlanNode[]): {
  looked: number;
  whole: string[];
  sorted: number;
  indexes: string[];
} {
  const nodes = plans.flatMap(nodesOf);
  const large = nodes.filter((node) => ["event", "orders"].includes(node["Relation Name"] ?? ""));
  return {
    // Means over loops are given with two decimals.
    looked: Math.floor(
      large.reduce(
        (sum, node) =>
          sum +
          (node["Actual Rows"] +
            (node["Rows Removed by Filter"] ?? 0) +
            (node["Rows Removed by Index Recheck"] ?? 0)) *
            node["Actual Loops"],
        0,
      ),
    ),
    whole: large.filter((node) => node["Node Type"] === "Seq Scan").map((node) => node["Relation Name"]!),
    sorted: Math.max(
      0,
      ...nodes
        .filter((node) => node["Node Type"].includes("Sort"))
        .flatMap((node) => (node.Plans ?? []).map((below) => below["Actual Rows"] * below["Actual Loops"])),
    ),
    indexes: nodes.flatMap((node) => node["Index Name"] ?? []),
  };
}

const filterOf = async (text: string): Promise<WalkFilter> => {
  const store = { database, keys };
  const { filter, problems } = await logSearch(auditor, store, text, await logActors(auditor, store));
  expect(problems, text).toEqual([]);
  return filter;
};
const byStream = ["SO-4711", "SO-4711 SO-12 type:taskEscalated", "stream:order/77 actor:timer"];
const byPosition = [
  "type:taskEscalated",
  "type:orderReceived",
  "actor:ana kind:person",
  "actor:nobody",
  "kind:api",
  "refused:yes",
  "from:2020-01-01 until:2020-01-02",
  "-type:taskClaimed -SO-7",
  "pos:10..290000 type:decisionMade",
];
/** Ten events a stream, and what is looked at to find a stream's name. */
const streams_looked_max = 100;

describe("a page", () => {
  test.each(byPosition)("of %s is a walk of a bounded length", async (text) => {
    const filter = await filterOf(text);
    const { looked, whole, sorted } = effortOf(await plansOf((store) => logPage(auditor, store, filter)));
    expect(whole).toEqual([]);
    expect(looked).toBeLessThanOrEqual(positions_per_page_max);
    expect(sorted).toBeLessThanOrEqual(log_lines_per_page + 1);
  });

  test.each(byStream)("of %s looks at that alone", async (text) => {
    const plans = await plansOf(async (store) => logPage(auditor, store, await filterOf(text)));
    const { looked, whole, indexes } = effortOf(plans);
    expect(whole).toEqual([]);
    expect(looked).toBeLessThanOrEqual(streams_looked_max);
    expect(indexes.join()).toContain("event_workspace_stream_version");
  });

  test.each(["", "pos:<150000"])("of “%s” reads no more than it shows", async (text) => {
    const filter = await filterOf(text);
    const { looked, whole } = effortOf(await plansOf((store) => logPage(auditor, store, filter)));
    expect([looked, whole]).toEqual([log_lines_per_page + 1, []]);
  });
});

test("the orders of numbers are found by their numbers", async () => {
  const { looked, whole } = effortOf(
    await plansOf((store) => logSearch(auditor, store, "SO-1 -SO-2 order:29999", [])),
  );
  expect(whole).toEqual([]);
  expect(looked).toBeLessThanOrEqual(6);
});

test.each([...byPosition, ...byStream])("the count of %s looks at no more than it says", async (text) => {
  const filter = await filterOf(text);
  const { looked, whole } = effortOf(await plansOf((store) => logCount(auditor, store, filter)));
  expect(whole).toEqual([]);
  expect(looked).toBeLessThanOrEqual(positions_counted_max);
});

test("what is new is found from the log's end", async () => {
  const filter = await filterOf("actor:ana");
  const { looked, whole } = effortOf(await plansOf((store) => logNews(auditor, store, filter, events - 300)));
  expect([looked, whole]).toEqual([300, []]);
  const late = effortOf(await plansOf((store) => logNews(auditor, store, filter, 0)));
  expect(late.looked).toBeLessThanOrEqual(2 * log_news_max);
});

test.each([...byPosition.slice(0, 2), ...byStream, ""])(
  "every batch of a file of “%s” is a walk of a bounded length",
  async (text) => {
    const filter = await filterOf(text);
    const batches = await plansOf(async (store) => {
      const sealed = await sealedLog(auditor, store, filter);
      for (let batch = 0; batch < 4; batch++) await sealed.next();
      await sealed.return(undefined);
    });
    for (const plan of batches) {
      const { looked, whole } = effortOf([plan]);
      expect(whole).toEqual([]);
      expect(looked).toBeLessThanOrEqual(text === "" ? events_per_batch : positions_per_batch);
    }
  },
);
