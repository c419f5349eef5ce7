/**
 * `npm run bench:lists [-- --json] [--small 1000] [--large 1000000] [--rounds 200]`: every list, search and count at two
 * sizes of a workspace, on a throwaway cluster.
 *
 * Two databases are seeded with open orders (see `npm run seed`: rows without a log, so no customer is decrypted and names
 * are ids) and with the numbers the search finds them by. Each query is asked as the pages ask it, in turns of the two sizes,
 * by one connection; the first quarter warms connections and caches and is left out. `ratio` is p50 at the large size by p50
 * at the small one. `rows` says how much each answer held; only where both held as much (`alike`) does the ratio speak of the
 * size alone.
 */
import { parseArgs } from "node:util";
import { wallClock } from "#lib/clock";
import { type Database, openDatabase } from "#lib/db";
import { workspaceKeys } from "#lib/log/keys";
import { ensureDatabase } from "./embedded-postgres";
import { migrate } from "./migrations";
import { seedFindableNumbers } from "./seed/findable-numbers";
import { seedOpenOrders } from "./seed/open-orders";
import { startThrowawayCluster } from "./testing/cluster";
import { listsOf, type Reading } from "./testing/console-lists";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    small: { type: "string", default: "1000" },
    large: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "200" },
  },
});

type Size = "small" | "large";
type Figures = { p50_ms: number; p95_ms: number; rows: number };

const sizes: readonly Size[] = ["small", "large"];
const rounds = Number(values.rounds);
const ordersAt = { small: Number(values.small), large: Number(values.large) };
const workspace = "main";
const keys = workspaceKeys(workspace, {
  workspaceKey: Buffer.alloc(32, 1),
  identityKey: Buffer.alloc(32, 2),
});

const cluster = await startThrowawayCluster({}, true);
try {
  const now = wallClock.now();
  const databases = {} as { [size in Size]: Database };
  const seconds: { [size: string]: number } = {};
  for (const size of sizes) {
    const { databaseUrl, databaseOwnerUrl } = await ensureDatabase(cluster, size);
    await migrate(databaseOwnerUrl);
    const begun = performance.now();
    await seedOpenOrders({ ownerUrl: databaseOwnerUrl, workspace, orders: ordersAt[size], now });
    await seedFindableNumbers(databaseOwnerUrl, workspace, keys);
    seconds[size] = Number(((performance.now() - begun) / 1_000).toFixed(1));
    databases[size] = openDatabase(databaseUrl, 1);
  }
  if (!values.json) console.log("orders:", ordersAt);
  if (!values.json) console.log("seeded, seconds:", seconds);
  const results: { [list: string]: { small: Figures; large: Figures; ratio: number; alike: boolean } } = {};
  for (const [name, ask] of Object.entries(listsOf(workspace, now))) {
    const { small, large } = await measured(ask, databases);
    const ratio = Number((large.p50_ms / small.p50_ms).toFixed(2));
    const alike = small.rows === large.rows;
    results[name] = { small, large, ratio, alike };
    if (!values.json)
      console.log(
        name.padEnd(64),
        `p50 at ${ordersAt.small}: ${small.p50_ms} ms, at ${ordersAt.large}: ${large.p50_ms} ms, ratio ${ratio},`,
        `p95 ${small.p95_ms} → ${large.p95_ms} ms, rows ${small.rows} → ${large.rows}`,
      );
  }
  if (values.json) console.log(JSON.stringify({ orders: ordersAt, seededSeconds: seconds, lists: results }));
  for (const size of sizes) await databases[size].$disconnect();
} finally {
  await cluster.discard();
}

async function measured(ask: Reading, databases: { [size in Size]: Database }) {
  const taken: { [size in Size]: number[] } = { small: [], large: [] };
  const rows: { [size in Size]: number } = { small: 0, large: 0 };
  for (let round = 0; round < rounds; round++)
    for (const size of sizes) {
      const begun = performance.now();
      rows[size] = await ask({ database: databases[size], keys });
      if (round >= rounds / 4) taken[size].push(performance.now() - begun);
    }
  const figures = (size: Size): Figures => ({
    p50_ms: quantile(taken[size], 0.5),
    p95_ms: quantile(taken[size], 0.95),
    rows: rows[size],
  });
  return { small: figures("small"), large: figures("large") };
}

function quantile(taken: number[], share: number): number {
  const sorted = taken.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2));
}
