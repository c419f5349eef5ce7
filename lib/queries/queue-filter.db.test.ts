import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "#lib/db";
import { type AuthorizedActor, mintActor } from "#lib/domain/authority";
import { amount_minor_max } from "#lib/domain/money";
import { seeded, seedOpenOrders } from "#scripts/seed/open-orders";
import { type TestDatabase, testDatabase } from "#scripts/testing/database";
import { explaining, nodesOf, unbounded } from "#scripts/testing/explained";
import { signedIn } from "#scripts/testing/signed-in";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { lines_per_page, looked_max } from "./page";
import { NotAllowedToReadError } from "./permission";
import {
  type AmountRange,
  claimants,
  countCuts,
  countMatching,
  type QueueCut,
  type QueueFilter,
  queue,
  queueOf,
  queueViews,
} from "./queue";
import type { Store } from "./store";
import type { TaskLine } from "./task-list";

let workspace: TestWorkspace;
const orders: { [name: string]: string } = {};
beforeAll(async () => {
  workspace = await testWorkspace();
  const { ask, person, receive } = workspace;
  const claim = (who: string, order: string) =>
    ask(person(who), { type: "task.claim", order, step: "manual.review", visit: 1 });
  // The first of a customer, and one more that is over the limit alone.
  orders.first = await receive({ customer: { reference: "A" } });
  await workspace.decide(person("ana"), orders.first, "approve");
  await workspace.runtime.dispatcher.idle();
  orders.known = await receive({ customer: { reference: "A" } });
  workspace.clock.advance_ms(1_000);
  orders.bens = await receive({ customer: { reference: "B" } });
  workspace.clock.advance_ms(1_000);
  orders.anas = await receive({ customer: { reference: "C" } });
  await claim("ben", orders.bens);
  await claim("ana", orders.anas);
});
afterAll(() => workspace.close());

const cut = async (question: QueueCut) =>
  (await queue(workspace.person("ana"), workspace, workspace.clock.now(), question)).lines.map(
    ({ order }) => Object.keys(orders).find((name) => orders[name] === order) ?? order,
  );

test("a cut is narrowed to what a rule asked a person for", async () => {
  expect(await cut({ view: "all", reason: "firstTimeCustomer@1" })).toEqual(["bens", "anas"]);
  expect(await cut({ view: "all", reason: "limit@1" })).toEqual(["known", "bens", "anas"]);
  expect(await cut({ view: "unclaimed", reason: "firstTimeCustomer@1" })).toEqual([]);
  expect(await cut({ view: "all", reason: "nothing@1" })).toEqual([]);
});

test("to what somebody has claimed, in every cut", async () => {
  expect(await cut({ view: "all", claimedBy: "ben" })).toEqual(["bens"]);
  expect(await cut({ view: "mine", claimedBy: "ben" })).toEqual([]);
  expect(await cut({ view: "mine", claimedBy: "ana" })).toEqual(["anas"]);
  expect(await cut({ view: "unclaimed", claimedBy: "ben" })).toEqual([]);
  expect(await cut({ view: "breached", claimedBy: "ben" })).toEqual([]);
  workspace.clock.advance_minutes(100);
  expect(await cut({ view: "atRisk", claimedBy: "ben" })).toEqual(["bens"]);
  workspace.clock.advance_minutes(30);
  expect(await cut({ view: "breached", claimedBy: "ben", reason: "limit@1" })).toEqual(["bens"]);
  expect(await cut({ view: "atRisk", claimedBy: "ben" })).toEqual([]);
  expect(await cut({ view: "waiting", claimedBy: "ben" })).toEqual([]);
});

test("what changed is looked for in the narrowed cut, and is counted there", async () => {
  const [ana, now] = [workspace.person("ana"), workspace.clock.now()];
  const changed = await queueOf(ana, workspace, now, {
    view: "all",
    claimedBy: "ben",
    orders: Object.values(orders),
  });
  expect(changed.map(({ order }) => order)).toEqual([orders.bens]);
  const counted = await countCuts(ana, workspace, now, [
    { view: "all" },
    { view: "all", claimedBy: "ben" },
    { view: "all", reason: "firstTimeCustomer@1" },
  ]);
  expect(counted.map(({ count }) => count)).toEqual([3, 1, 2]);
  expect(await claimants(ana, workspace)).toEqual([
    { person: "ana", name: "ana" },
    { person: "ben", name: "ben" },
  ]);
});

describe("narrowed to amounts of one currency", () => {
  const euros: { [name: string]: string } = {};
  beforeAll(async () => {
    for (const [name, total] of Object.entries({
      small: { amount: 100_000, currency: "EUR" },
      large: { amount: 100_001, currency: "EUR" },
      huge: { amount: amount_minor_max, currency: "EUR" },
      pounds: { amount: 100_001, currency: "GBP" },
    } as const)) {
      euros[name] = await workspace.receive({ total, customer: { reference: "E" } });
      workspace.clock.advance_ms(1_000);
    }
  });
  const ana = () => workspace.person("ana");
  const fitting = async (amount: AmountRange) =>
    (await queue(ana(), workspace, workspace.clock.now(), { amount })).lines.flatMap(({ order }) =>
      Object.keys(euros).filter((name) => euros[name] === order),
    );

  test.each<[AmountRange, string[]]>([
    [{ currency: "EUR" }, ["small", "large", "huge"]],
    [{ currency: "EUR", from_minor: 100_001 }, ["large", "huge"]],
    [{ currency: "EUR", to_minor: 100_000 }, ["small"]],
    [{ currency: "EUR", from_minor: 100_000, to_minor: 100_001 }, ["small", "large"]],
    [{ currency: "EUR", from_minor: amount_minor_max }, ["huge"]],
    [{ currency: "EUR", to_minor: Number.MAX_SAFE_INTEGER }, ["small", "large", "huge"]],
    [{ currency: "GBP", from_minor: 100_001, to_minor: 100_001 }, ["pounds"]],
    [{ currency: "JPY" }, []],
  ])("%o", async (amount, expected) => expect(await fitting(amount)).toEqual(expected));

  test("together with everything else, in what changed and in the count", async () => {
    const [now, amount] = [workspace.clock.now(), { currency: "EUR", to_minor: 100_001 } as const];
    const claim = { type: "task.claim", order: euros.large!, step: "manual.review", visit: 1 } as const;
    await workspace.ask(workspace.person("ben"), claim);
    const orders = Object.values(euros);
    const changed = async (cut: QueueCut) =>
      (await queueOf(ana(), workspace, now, { ...cut, orders })).map(({ order }) => order);
    expect(await changed({ view: "all", amount })).toEqual([euros.small, euros.large]);
    expect(await changed({ view: "unclaimed", amount })).toEqual([euros.small]);
    expect(await changed({ view: "all", amount, claimedBy: "ben" })).toEqual([euros.large]);
    expect(await changed({ view: "all", amount, reason: "nothing@1" })).toEqual([]);
    const counted = await countCuts(ana(), workspace, now, [
      { view: "all", amount },
      { view: "all", amount: { currency: "EUR" } },
      { view: "unclaimed", amount },
    ]);
    expect(counted.map(({ count }) => count)).toEqual([2, 3, 1]);
  });
});

test("who may not read the queue counts none of it and learns of nobody's claims", async () => {
  const rita = workspace.person("rita");
  const now = workspace.clock.now();
  await expect(countCuts(rita, workspace, now, [])).rejects.toThrow(NotAllowedToReadError);
  await expect(
    countMatching(rita, workspace, now, { view: "all", step: "manual.review", asOf: now }),
  ).rejects.toThrow(NotAllowedToReadError);
  await expect(claimants(rita, workspace)).rejects.toThrow(NotAllowedToReadError);
});

describe("among many orders a narrowed cut is a walk of a bounded length", () => {
  const now = "2026-04-20T09:00:00.000Z";
  let urls: TestDatabase;
  beforeAll(async () => {
    urls = await testDatabase();
    await seedOpenOrders({
      ownerUrl: urls.databaseOwnerUrl,
      workspace: "main",
      orders: 40_000,
      now: "2026-03-02T09:00:00.000Z",
    });
  }, 120_000);
  afterAll(() => urls.drop());

  async function everyLine(actor: AuthorizedActor, store: Store, question: QueueFilter): Promise<TaskLine[]> {
    const found: TaskLine[] = [];
    let cursor: string | undefined;
    do {
      const { lines, next } = await queue(actor, store, now, { ...question, cursor });
      found.push(...lines);
      cursor = next ?? undefined;
    } while (cursor);
    return found;
  }

  test("narrowed to amounts, holds all that fit, page by page, and nothing else", async () => {
    const database = openDatabase(urls.databaseUrl, 2);
    const store = { database, keys: workspace.keys };
    const amount = { currency: "GBP", from_minor: 990_000, to_minor: 995_000 } as const;
    const reviewer = signedIn("main", seeded.reviewer, "reviewer");
    const lines = await everyLine(reviewer, store, { amount });
    for (const { total } of lines) expect(Math.abs(total.amount - 992_500)).toBeLessThanOrEqual(2_500);
    const found = lines.map(({ order }) => order);
    const [expected] = await database.$queryRawUnsafe<[{ count: bigint }]>(
      `SELECT count(*) FROM task t JOIN orders o USING (workspace, generation, order_id)
       WHERE t.roles @> '{reviewer}' AND t.state IN ('READY', 'RESERVED', 'IN_PROGRESS') AND NOT $3 = ANY (t.excluded)
         AND o.amount_minor BETWEEN $1 AND $2`,
      amount.from_minor,
      amount.to_minor,
      seeded.reviewer,
    );
    const told = await countMatching(reviewer, store, now, {
      view: "all",
      amount,
      step: "manual.review",
      asOf: now,
    });
    await database.$disconnect();
    expect(found.length).toBeGreaterThan(lines_per_page);
    expect(new Set(found).size).toBe(Number(expected.count));
    expect(found).toHaveLength(Number(expected.count));
    expect(told).toEqual({ count: found.length, more: false });
  });

  test("is counted for somebody of several roles as it is walked, each task once", async () => {
    const database = openDatabase(urls.databaseUrl, 2);
    const store = { database, keys: workspace.keys };
    const amount = { currency: "GBP", from_minor: 990_000, to_minor: 995_000 } as const;
    const several = mintActor({
      ...signedIn("main", seeded.reviewer, "reviewer"),
      roles: ["reviewer", "supervisor"],
    });
    const found = new Set((await everyLine(several, store, { amount })).map(({ order }) => order));
    const told = await countMatching(several, store, now, {
      view: "all",
      amount,
      step: "manual.review",
      asOf: now,
    });
    await database.$disconnect();
    expect(found.size).toBeGreaterThan(lines_per_page);
    expect(told).toEqual({ count: found.size, more: false });
  });

  const filters = [
    { reason: "firstTimeCustomer@1" },
    { reason: "nothing@1" },
    { claimedBy: "seed-reviewer-7" },
    { claimedBy: "nobody", reason: "limit@1" },
    { amount: { currency: "GBP", from_minor: 900_000 } },
    { amount: { currency: "GBP", from_minor: 200_000, to_minor: 200_100 } },
    { amount: { currency: "EUR" }, reason: "limit@1" },
  ] satisfies QueueFilter[];
  test.each(filters)("%o, first page, further down and counted", async (filter) => {
    const real = openDatabase(urls.databaseUrl, 2);
    const { database, plans } = explaining(real);
    const store = { database, keys: workspace.keys };
    const supervisor = signedIn("main", seeded.supervisor, "supervisor");
    const reviewer = signedIn("main", seeded.reviewer, "reviewer");
    for (const view of queueViews) {
      const { next } = await queue(reviewer, store, now, { view, ...filter });
      await queue(reviewer, store, now, { view, ...filter, cursor: next ?? undefined });
      await countCuts(supervisor, store, now, [{ view, ...filter }]);
      await countCuts(reviewer, store, now, [{ view, ...filter }]);
    }
    await claimants(reviewer, store);
    await real.$disconnect();
    expect(unbounded(plans, ["orders", "task", "event"], looked_max + lines_per_page)).toEqual([]);
    expect(plans.flatMap(nodesOf).some((node) => node["Index Name"] === "task_by_owner")).toBe(true);
    const sorted = plans.flatMap(nodesOf).filter((node) => node["Node Type"] === "Sort");
    expect(sorted.filter((node) => node["Actual Rows"] > lines_per_page + 1)).toEqual([]);
  });
});
