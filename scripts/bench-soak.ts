/**
 * `npm run bench:soak [-- --minutes 30] [--rate 20] [--filling 5000] [--json]`: a built console with the shipped carrier and
 * its scheduler under mixed load, on a throwaway database with fsync on. What a leak is, a minute does not show.
 *
 * Orders come in over HTTP at a fixed rate, whether or not earlier ones were answered: `--rate` a second one by one, and 25 in
 * one request every ten seconds. Half of them are over the limit; with those people do what scripts/bench/people.ts says. The
 * others go to the carrier at once. Every second somebody signed in looks at a page: queue, order, escalations, operations,
 * requests.
 *
 * Before the time begins `--filling` orders come to their end, in requests of 100: the console keeps the latest thousand of
 * those in memory, and a cache that fills is no leak and would look like one.
 *
 * A line a minute: what came in, what requests and pages took, the console's memory (the least of six readings, since what
 * lies between two collections is no growth), the database, what waits. At the end a line through each figure of the second
 * half. Exit code 1 when, of these, the memory rises by more than 5 % of its mean or a 99th percentile by more than 50 %, noise
 * taken off (scripts/bench/trend.ts); when a request, a page or a deed failed; or when `verify` has a finding.
 */
import { setTimeout as after } from "node:timers/promises";
import { parseArgs } from "node:util";
import { verifyWorkspace } from "#lib/audit/verify";
import { env } from "#lib/env";
import { type BenchConsole, withConsole } from "./bench/console";
import { quantile, seconds } from "./bench/figures";
import { type Intake, intakeOver } from "./bench/intake";
import { cast, dealWith } from "./bench/people";
import { Standstills } from "./bench/standstills";
import { grows, type Trend, trendOf } from "./bench/trend";
import { each, largeOrder } from "./bench/workload";

const batch_orders = 25;
const batchEvery_ms = 10_000;
const pageEvery_ms = 1_000;
const readingEvery_ms = 10_000;
const failures_told_max = 20;
const filling_orders = 1_000;
/** While more than this waits for the carrier, no more is filled in. */
const fillingBacklog_max = 200;
/** Later than this, what was missed is not caught up with. */
const late_ms_max = 1_000;
const memory_share_max = 0.05;
const latency_share_max = 0.5;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    rate: { type: "string", default: "20" },
    filling: { type: "string", default: "5000" },
    json: { type: "boolean", default: false },
  },
});

if (Number(values.minutes) < 6) throw new Error("Six minutes are the least whose second half is a trend.");

type Minute = {
  minute: number;
  ordersPerSecond: number;
  requestP50Ms: number;
  requestP99Ms: number;
  pageP50Ms: number;
  pageP99Ms: number;
  slowestPage: string;
  consoleRssMb: number;
  consoleHeapMb: number;
  /** What the heap holds outside of itself, buffers above all. */
  consoleExternalMb: number;
  /** Spent in collections of the whole heap. */
  majorCollectionsMs: number;
  databaseMb: number;
  backlog: number;
  tasksOpen: number;
};

type Failure = { at_ms: number; what: string };
const failures: Failure[] = [];
const standstills = new Standstills();

/** What is going on in the present minute. */
let present = begin();
let sent = Number(values.filling);
let orders = 0;
let newest: string | undefined;
/** Spent in collections of the whole heap until the last minute ended. */
let collected_s = 0;
const underWay = new Set<Promise<void>>();

const sound = await withConsole({ carrier: true, connections: 64 }, soak);
process.exit(sound ? 0 : 1);

async function soak(bench: BenchConsole): Promise<boolean> {
  for (const [id, role] of Object.entries(cast)) await bench.addPerson(id, role);
  const intake = intakeOver(bench.pool, await bench.apiKey("rita"));
  const cookies = {
    ana: await bench.signIn("ana"),
    sam: await bench.signIn("sam"),
    rita: await bench.signIn("rita"),
  };
  await fill(bench, intake, Number(values.filling));

  const minutes: Minute[] = [];
  const until = performance.now() + Number(values.minutes) * 60_000;
  const every = (period_ms: number, work: (n: number) => Promise<void>) => keepPace(period_ms, until, work);
  await Promise.all([
    every(1_000 / Number(values.rate), () => one(bench, intake)),
    every(batchEvery_ms, () => many(bench, intake)),
    pages(bench, cookies, every),
    every(readingEvery_ms, async () => void (await read(bench))),
    every(60_000, async (n) => {
      if (n === 0) return;
      minutes.push(await minuteOf(bench, minutes.length + 1));
      tell(minutes.at(-1)!);
    }),
  ]);
  minutes.push(await minuteOf(bench, minutes.length + 1));
  tell(minutes.at(-1)!);
  await Promise.all(underWay);
  return conclude(minutes);
}

/** Calls `work` on time, however long the calls take, until the end. */
async function keepPace(
  period_ms: number,
  until_ms: number,
  work: (n: number) => Promise<void>,
): Promise<void> {
  let due_ms = performance.now();
  for (let n = 0; due_ms < until_ms; n++) {
    const early_ms = due_ms - performance.now();
    if (early_ms < -late_ms_max) due_ms -= early_ms;
    await after(Math.max(0, early_ms));
    track(work(n));
    due_ms += period_ms;
  }
}

function track(work: Promise<void>): void {
  const tracked = work
    .catch(({ message }: Error) => void failures.push({ at_ms: performance.now(), what: message }))
    .finally(() => underWay.delete(tracked));
  underWay.add(tracked);
}

async function fill(bench: BenchConsole, intake: Intake, count: number): Promise<void> {
  const taken_s = await seconds(async () => {
    for (let from = 0; from < count; from += filling_orders) {
      const requests = Array.from({ length: filling_orders / 100 }, (_, request) =>
        Array.from({ length: 100 }, (_, n) => from + request * 100 + n).map((n) =>
          content(`filling-${n}`, n, false),
        ),
      );
      await each(2, requests, async (some) => void (await intake.many(some)));
      while (((await bench.metrics()).get("holdpoint_backlog") ?? 0) > fillingBacklog_max) await after(250);
    }
  });
  if (!values.json) console.log(`filled with ${count} orders in ${taken_s.toFixed(0)} s`);
}

/** Of each customer the first order is reviewed, and then those over the limit: no two of one customer are alike. */
function content(businessKey: string, n: number, isLarge: boolean) {
  const order = largeOrder(businessKey, n);
  const amount = isLarge ? order.total.amount : 1 + (n % 100_000);
  return { ...order, requestedBy: "rita", total: { ...order.total, amount } };
}

async function one(bench: BenchConsole, intake: Intake): Promise<void> {
  const n = sent++;
  const { order, taken_ms } = await intake.one(content(`one-${n}`, n, n % 2 === 0));
  present.request_ms.push(taken_ms);
  received(bench, order, n);
}

async function many(bench: BenchConsole, intake: Intake): Promise<void> {
  const numbers = Array.from({ length: batch_orders }, () => sent++);
  const answered = await intake.many(
    numbers.map((number) => content(`many-${number}`, number, number % 2 === 0)),
  );
  present.request_ms.push(answered.taken_ms);
  for (const [at, order] of answered.orders.entries()) received(bench, order, numbers[at]!);
}

function received(bench: BenchConsole, order: string, n: number): void {
  orders++;
  present.orders++;
  newest = order;
  track(dealWith(bench, order, n >> 1));
}

type Cookies = { [who in "ana" | "sam" | "rita"]: string };

async function pages(
  bench: BenchConsole,
  cookies: Cookies,
  every: (period_ms: number, work: (n: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const visits: [keyof Cookies, () => string][] = [
    ["ana", () => "/queue"],
    ["ana", () => `/orders/${newest}`],
    ["sam", () => "/escalations"],
    ["sam", () => "/operations"],
    ["rita", () => "/requests"],
  ];
  await every(pageEvery_ms, async (n) => {
    const [who, path] = visits[n % visits.length]!;
    if (newest === undefined) return;
    const begun = performance.now();
    const { statusCode, body } = await bench.pool.request({
      method: "GET",
      path: path(),
      headers: { cookie: cookies[who] },
    });
    await body.text();
    if (statusCode !== 200) throw new Error(`${path()} answered ${statusCode}`);
    const taken_ms = performance.now() - begun;
    if (taken_ms > Math.max(0, ...present.page_ms)) present.slowestPage = path().split("/")[1]!;
    present.page_ms.push(taken_ms);
  });
}

function begin() {
  return {
    since_ms: performance.now(),
    orders: 0,
    request_ms: [] as number[],
    page_ms: [] as number[],
    slowestPage: "",
    rss_bytes: Number.POSITIVE_INFINITY,
    heap_bytes: Number.POSITIVE_INFINITY,
    external_bytes: Number.POSITIVE_INFINITY,
  };
}

async function read(bench: BenchConsole): Promise<Map<string, number>> {
  const metrics = await bench.metrics();
  const { rss_bytes, heap_bytes, external_bytes } = present;
  const measured = (name: string) => metrics.get(name) ?? Number.NaN;
  present.rss_bytes = Math.min(rss_bytes, measured("process_resident_memory_bytes"));
  present.heap_bytes = Math.min(heap_bytes, measured("nodejs_heap_size_used_bytes"));
  present.external_bytes = Math.min(external_bytes, measured("nodejs_external_memory_bytes"));
  return metrics;
}

async function minuteOf(bench: BenchConsole, minute: number): Promise<Minute> {
  const metrics = await read(bench);
  const done = present;
  present = begin();
  const [size] = await bench.context.database.$queryRawUnsafe<{ bytes: bigint }[]>(
    "SELECT pg_database_size(current_database()) AS bytes",
  );
  const whole = (numbers: readonly number[], share: number) => Number(quantile(numbers, share).toFixed(1));
  const mib = (bytes: number) => Math.round(bytes / 1024 / 1024);
  return {
    minute,
    ordersPerSecond: Number((done.orders / ((present.since_ms - done.since_ms) / 1_000)).toFixed(1)),
    requestP50Ms: whole(done.request_ms, 0.5),
    requestP99Ms: whole(done.request_ms, 0.99),
    pageP50Ms: whole(done.page_ms, 0.5),
    pageP99Ms: whole(done.page_ms, 0.99),
    slowestPage: done.slowestPage,
    consoleRssMb: mib(done.rss_bytes),
    consoleHeapMb: mib(done.heap_bytes),
    consoleExternalMb: mib(done.external_bytes),
    majorCollectionsMs: collectedSince(metrics),
    databaseMb: mib(Number(size?.bytes)),
    backlog: metrics.get("holdpoint_backlog") ?? Number.NaN,
    tasksOpen: metrics.get('holdpoint_depth{what="tasks_open"}') ?? Number.NaN,
  };
}

/** Milliseconds spent in collections of the whole heap since the last asking. */
function collectedSince(metrics: Map<string, number>): number {
  const before_s = collected_s;
  collected_s = metrics.get('nodejs_gc_duration_seconds_sum{kind="major"}') ?? 0;
  return Math.round((collected_s - before_s) * 1_000);
}

function tell(minute: Minute): void {
  console.log(
    values.json
      ? JSON.stringify(minute)
      : Object.entries(minute)
          .map(([name, value]) => `${name} ${value}`)
          .join("  "),
  );
}

async function conclude(minutes: readonly Minute[]): Promise<boolean> {
  const second = minutes.slice(Math.floor(minutes.length / 2));
  const figures = ["consoleRssMb", "consoleHeapMb", "requestP99Ms", "pageP99Ms"] as const;
  const trends = Object.fromEntries(
    figures.map((name) => [name, trendOf(second.map((minute) => minute[name]))]),
  ) as Record<(typeof figures)[number], Trend>;
  const growing = [
    ...(grows(trends.consoleRssMb, memory_share_max) ? ["consoleRssMb"] : []),
    ...(grows(trends.requestP99Ms, latency_share_max) ? ["requestP99Ms"] : []),
    ...(grows(trends.pageP99Ms, latency_share_max) ? ["pageP99Ms"] : []),
  ];
  const { events, findings, findingsTotal } = await verifyWorkspace({
    databaseUrl: env("DATABASE_URL"),
    workspace: env("HOLDPOINT_WORKSPACE"),
  });
  const own = failures.filter(({ at_ms }) => !standstills.explain(at_ms));
  const result = {
    orders,
    events,
    secondHalf: trends,
    growing,
    failed: own.length,
    failures: own.slice(0, failures_told_max).map(({ what }) => what),
    standstills: standstills.count,
    failedAfterStandstill: failures.length - own.length,
    findingsTotal,
    findings,
  };
  standstills.stop();
  console.log(values.json ? JSON.stringify(result) : result);
  return growing.length === 0 && own.length === 0 && findingsTotal === 0;
}
