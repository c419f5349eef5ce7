import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "#lib/db";
import { seeded, seedOpenOrders } from "#scripts/seed/open-orders";
import { type TestDatabase, testDatabase } from "#scripts/testing/database";
import { explaining, nodesOf, unbounded } from "#scripts/testing/explained";
import { signedIn } from "#scripts/testing/signed-in";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { lines_per_page, looked_max } from "./page";
import { NotAllowedToReadError } from "./permission";
import { claimants, countCuts, type QueueCut, queue, queueOf, queueViews } from "./queue";

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

test("who may not read the queue counts none of it and learns of nobody's claims", async () => {
  const rita = workspace.person("rita");
  await expect(countCuts(rita, workspace, workspace.clock.now(), [])).rejects.toThrow(NotAllowedToReadError);
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

  const filters = [
    { reason: "firstTimeCustomer@1" },
    { reason: "nothing@1" },
    { claimedBy: "seed-reviewer-7" },
    { claimedBy: "nobody", reason: "limit@1" },
  ];
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
  });
});
