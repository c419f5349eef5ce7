/**
 * `npm run bench [-- --json] [--orders 3000] [--runs 5] [--idle 200]`: workload W on a throwaway cluster with fsync on.
 *
 * Received → policy → parked at review → approved → dispatch → proof of delivery → completed, undo window 0, in-process
 * instant adapter, 64 in flight, encryption counted. All orders are parked first, then all are approved. Two runs
 * warm connections, plans and code and are left out, as a console is started once and runs for weeks; each figure is the
 * median over the runs that follow; idle latencies are of one order at a time, from asking for the approval to the commit of the last
 * event. Everything goes in by the one door; PostgreSQL runs with the settings `npm start` gives it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { wallClock } from "#lib/clock";
import { openDatabase } from "#lib/db";
import { type AuthorizedActor, mintActor } from "#lib/domain/authority";
import type { Command } from "#lib/domain/commands";
import { evidenceOf, type OrderState } from "#lib/domain/order";
import { isRejection } from "#lib/domain/rejection";
import { workflows } from "#lib/domain/workflows/registry";
import { instantAdapters } from "#lib/effects/instant";
import type { Accepted } from "#lib/engine/job";
import { openRuntime, type Runtime } from "#lib/engine/runtime";
import { systemActor } from "#lib/engine/system-actor";
import { workspaceKeys } from "#lib/log/keys";
import { ensureDatabase, removeCluster, startCluster, withClient } from "./embedded-postgres";
import { migrate } from "./migrations";

const inFlight = 64;
const warmUps = 2;

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    orders: { type: "string", default: "3000" },
    runs: { type: "string", default: "5" },
    idle: { type: "string", default: "200" },
  },
});

type Run = {
  parkedOrdersPerSecond: number;
  completedOrdersPerSecond: number;
  overallOrdersPerSecond: number;
  eventsPerOrder: number;
  transactionsPerOrder: number;
};

const folder = mkdtempSync(join(tmpdir(), "holdpoint-bench-"));
const dataDirectory = join(folder, "postgres");
const cluster = await startCluster({ dataDirectory, fsync: true });
try {
  const { databaseUrl, databaseOwnerUrl } = await ensureDatabase(cluster, "bench");
  await migrate(databaseOwnerUrl);
  const runs: Run[] = [];
  for (let run = 0; run < warmUps + Number(values.runs); run++) {
    const figures = await workload(databaseUrl, databaseOwnerUrl, `run-${run}`, Number(values.orders));
    if (run >= warmUps) runs.push(figures);
    if (!values.json) console.log(run < warmUps ? "warming up" : `run ${run - warmUps + 1}`, figures);
  }
  const idle = await idleLatency(databaseUrl, databaseOwnerUrl, Number(values.idle));
  const median = (name: keyof Run) =>
    quantile(
      runs.map((run) => run[name]),
      0.5,
    );
  const result = {
    parkedOrdersPerSecond: Math.round(median("parkedOrdersPerSecond")),
    completedOrdersPerSecond: Math.round(median("completedOrdersPerSecond")),
    overallOrdersPerSecond: Math.round(median("overallOrdersPerSecond")),
    idleSignalToCompletedMs: idle,
    eventsPerOrder: median("eventsPerOrder"),
    transactionsPerOrder: Number(median("transactionsPerOrder").toFixed(3)),
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await cluster.stop();
  await removeCluster(dataDirectory);
  rmSync(folder, { recursive: true, force: true });
}

type Bench = {
  runtime: Runtime;
  requester: AuthorizedActor;
  reviewer: AuthorizedActor;
  completed(order: string): Promise<void>;
  close(): Promise<void>;
};

async function open(databaseUrl: string, ownerUrl: string, workspace: string): Promise<Bench> {
  await withClient(ownerUrl, (client) =>
    client.query("INSERT INTO workspace_head (workspace) VALUES ($1)", [workspace]),
  );
  const database = openDatabase(databaseUrl, 4);
  const waiting = new Map<string, () => void>();
  const keys = workspaceKeys(workspace, {
    workspaceKey: Buffer.alloc(32, 1),
    identityKey: Buffer.alloc(32, 2),
  });
  const adapters = instantAdapters();
  const runtime = openRuntime({
    database,
    keys,
    clock: wallClock,
    definitions: workflows,
    adapters: { byName: new Map(adapters.map((adapter) => [adapter.name, adapter])), missing: "" },
    watch(events) {
      for (const { recorded } of events)
        if (recorded.type === "effectConfirmed" && recorded.data.next.some(({ ends }) => ends))
          waiting.get(recorded.stream.slice("order/".length))?.();
    },
  });
  await runtime.publish();
  const operator = systemActor(workspace, "operator");
  const person = async (id: string, role: "requester" | "reviewer") => {
    await accepted(runtime, operator, `person/${id}`, {
      type: "person.add",
      person: id,
      name: id,
      email: `${id}@example.org`,
      roles: [role],
    });
    return mintActor({ workspace, type: "person", id, person: id, account: id, session: id, roles: [role] });
  };
  return {
    runtime,
    requester: await person("requester", "requester"),
    reviewer: await person("reviewer", "reviewer"),
    completed: (order) =>
      new Promise((resolve) => {
        waiting.set(order, () => {
          waiting.delete(order);
          resolve();
        });
      }),
    async close() {
      await runtime.stop();
      await database.$disconnect();
    },
  };
}

async function workload(
  databaseUrl: string,
  ownerUrl: string,
  workspace: string,
  count: number,
): Promise<Run> {
  const bench = await open(databaseUrl, ownerUrl, workspace);
  const transactionsBefore = bench.runtime.engine.transactions;
  const numbers = Array.from({ length: count }, (_, n) => n);
  const orders: string[] = [];
  const parking = await seconds(() => each(numbers, async (n) => void orders.push(await receive(bench, n))));
  const approving = await seconds(() => each(orders, (order) => approve(bench, order)));
  const transactions = bench.runtime.engine.transactions - transactionsBefore;
  const events = await withClient(ownerUrl, async (client) => {
    const { rows } = await client.query(
      `SELECT count(*)::int AS events FROM event WHERE workspace = $1 AND stream LIKE 'order/%'`,
      [workspace],
    );
    return rows[0].events as number;
  });
  await bench.close();
  return {
    parkedOrdersPerSecond: count / parking,
    completedOrdersPerSecond: count / approving,
    overallOrdersPerSecond: count / (parking + approving),
    eventsPerOrder: events / count,
    transactionsPerOrder: transactions / count,
  };
}

async function idleLatency(databaseUrl: string, ownerUrl: string, count: number) {
  const bench = await open(databaseUrl, ownerUrl, "idle");
  const taken: number[] = [];
  // The first tenth warms connections and code; it is measured like the rest and left out.
  for (let n = 0; n < count * 1.1; n++) {
    const order = await receive(bench, n);
    taken.push((await seconds(() => approve(bench, order))) * 1000);
  }
  await bench.close();
  const counted = taken.slice(taken.length - count);
  const at = (share: number) => Number(quantile(counted, share).toFixed(2));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

async function receive(bench: Bench, n: number): Promise<string> {
  const { stream } = await accepted(bench.runtime, bench.requester, `order-${n}`, {
    type: "order.receive",
    workflow: "order-fulfilment@1",
    source: "bench",
    businessKey: `order-${n}`,
    requestedBy: "requester",
    total: { amount: 150_000 + n, currency: "GBP" },
    customer: { reference: `customer-${n % 500}`, name: "A Customer", address: "1 High Street, Anytown" },
    orderedOn: "2026-01-31",
  });
  return stream.slice("order/".length);
}

async function approve(bench: Bench, order: string): Promise<void> {
  const { engine } = bench.runtime;
  const held = await engine.streams.acquire(`order/${order}`);
  const evidence = evidenceOf(held.current.state as OrderState, "manual.review");
  engine.streams.release(held);
  const completed = bench.completed(order);
  await accepted(bench.runtime, bench.reviewer, `approve-${order}`, {
    type: "task.decide",
    order,
    step: "manual.review",
    visit: 1,
    verdict: "approve",
    evidence,
    undo_ms: 0,
  });
  await completed;
}

async function accepted(
  runtime: Runtime,
  actor: AuthorizedActor,
  id: string,
  command: Command,
): Promise<Accepted> {
  const result = await runtime.engine.execute(command, { actor, source: "bench", id });
  if (isRejection(result)) throw new Error(`${command.type}: ${result.message}`);
  return result;
}

async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
