import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "#lib/db";
import { mintActor } from "#lib/domain/authority";
import { instantAdapters } from "#lib/effects/instant";
import { findable, seedFindableNumbers } from "#scripts/seed/findable-numbers";
import { seeded, seedOpenOrders } from "#scripts/seed/open-orders";
import { type TestDatabase, testDatabase } from "#scripts/testing/database";
import { explaining, nodesOf, unbounded } from "#scripts/testing/explained";
import { signedIn } from "#scripts/testing/signed-in";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { findOrders, found_max, onlyOne, ordersNamed } from "./find";
import { lines_per_page, looked_max } from "./page";
import { NotAllowedToReadError } from "./permission";

let workspace: TestWorkspace;
/** The number the carrier gives to what is dispatched next. */
let tracking = "T-0";

beforeAll(async () => {
  const adapters = instantAdapters().map((adapter) => ({
    ...adapter,
    perform: async () =>
      adapter.name === "carrier.dispatch"
        ? { kind: "confirmed" as const, receipt: { reference: tracking } }
        : { kind: "pending" as const, reference: `proof of ${tracking}` },
  }));
  workspace = await testWorkspace({ adapters });
});
afterAll(() => workspace.close());

/** What a text finds for somebody: the kinds of number, each with the orders. */
async function found(text: string, who = "ana"): Promise<{ [by: string]: string[] }> {
  const groups = await findOrders(workspace.person(who), workspace, text);
  return Object.fromEntries(groups.map(({ by, orders }) => [by, orders.map(({ order }) => order)]));
}

async function dispatched(number: string): Promise<string> {
  workspace.clock.advance_minutes(2);
  tracking = number;
  const order = await workspace.receive({ customer: { reference: "of what is dispatched" } });
  await workspace.decide(workspace.person("ana"), order, "approve");
  await workspace.runtime.dispatcher.idle();
  return order;
}

test("an order is found by its id, with dashes or without", async () => {
  const order = await workspace.receive();
  expect(await found(order)).toEqual({ orderId: [order] });
  expect(await found(` ${order.replaceAll("-", "").toUpperCase()} `)).toEqual({ orderId: [order] });
});

test("by its number, whole or begun, as typed or in capitals; the whole one first", async () => {
  const [one, twelve, other] = [
    await workspace.receive({ businessKey: "PO-1" }),
    await workspace.receive({ businessKey: "PO-12" }),
    await workspace.receive({ businessKey: "PX-1" }),
  ];
  expect(await found("PO-1")).toEqual({ orderNumber: [one], numberBegins: [twelve] });
  expect(await found("po-")).toEqual({ numberBegins: [one, twelve] });
  expect(await found("P_-1")).toEqual({});
  expect(await found("O-1")).toEqual({});
  expect(await found("px-1")).toEqual({ orderNumber: [other] });
});

test("by the carrier's tracking number and by what else the outside called it", async () => {
  const order = await dispatched("ZX 44/Ü");
  await dispatched("ZX 44");
  expect(await found("ZX 44/Ü")).toEqual({ trackingNumber: [order] });
  expect(await found("proof of ZX 44/Ü")).toEqual({ outsideReference: [order] });
  expect(await found("ZX 4")).toEqual({});
});

test("by the longest number that anybody outside may give", async () => {
  const longest = "Ü".repeat(100);
  const order = await dispatched(longest);
  expect(await found(longest)).toEqual({ trackingNumber: [order] });
  expect(await found(longest.slice(1))).toEqual({});
});

test("by the customer's reference, which stands nowhere in plain, the newest first", async () => {
  const first = await workspace.receive({ customer: { reference: "C-77" } });
  workspace.clock.advance_minutes(1);
  const second = await workspace.receive({ customer: { reference: "C-77" } });
  expect(await found("c-77")).toEqual({ customerReference: [second, first] });
});

test("a kind of number shows so many, and says when there are others", async () => {
  for (let n = 0; n <= found_max; n++) await workspace.receive({ customer: { reference: "busy" } });
  const [group] = await findOrders(workspace.person("ana"), workspace, "busy");
  expect(group?.orders).toHaveLength(found_max);
  expect(group?.more).toBe(true);
});

test("what a whole number of its own names alone is the one that is meant", async () => {
  const order = await workspace.receive({ businessKey: "ONLY-1", customer: { reference: "C-88" } });
  await workspace.receive({ businessKey: "ONLY-12" });
  const named = async (text: string) =>
    onlyOne(await findOrders(workspace.person("ana"), workspace, text))?.order;
  expect(await named("ONLY-1")).toBe(order);
  expect(await named("C-88")).toBeUndefined();
  expect(await named("ONLY")).toBeUndefined();
  await workspace.receive({ businessKey: "ONLY-1", source: "another" });
  expect(await named("ONLY-1")).toBeUndefined();
});

describe("who may not read every order", () => {
  test("finds the own ones alone, by every number", async () => {
    tracking = "T-remy";
    const [own, others] = [
      await workspace.receive({
        businessKey: "MINE-1",
        requestedBy: "rita",
        customer: { reference: "C-99" },
      }),
      await workspace.receive({
        businessKey: "MINE-2",
        requestedBy: "remy",
        customer: { reference: "C-99" },
      }),
    ];
    await workspace.decide(workspace.person("ana"), others, "approve");
    await workspace.runtime.dispatcher.idle();
    expect(await found("MINE-1", "rita")).toEqual({ orderNumber: [own] });
    expect(await found("MINE", "rita")).toEqual({ numberBegins: [own] });
    expect(await found("C-99", "rita")).toEqual({ customerReference: [own] });
    for (const number of ["MINE-2", others, "T-remy"]) {
      expect(await found(number, "rita")).toEqual({});
      expect(Object.values(await found(number, "ada")).flat()).toEqual([others]);
    }
    const named = async (who: string) =>
      (await ordersNamed(workspace.person(who), workspace, [others, own])).map(({ order }) => order);
    expect(await named("rita")).toEqual([own]);
    expect(await named("ada")).toEqual([others, own]);
  });

  test("and who has no role at all finds nothing", async () => {
    const nobody = mintActor({
      workspace: workspace.name,
      type: "person",
      id: "nobody",
      person: "nobody",
      account: "nobody",
      session: "nobody",
      roles: [],
    });
    await expect(findOrders(nobody, workspace, "PO-1")).rejects.toThrow(NotAllowedToReadError);
    await expect(ordersNamed(nobody, workspace, [])).rejects.toThrow(NotAllowedToReadError);
  });
});

describe("among many orders every number is a range of an index", () => {
  let urls: TestDatabase;
  beforeAll(async () => {
    urls = await testDatabase();
    await seedOpenOrders({
      ownerUrl: urls.databaseOwnerUrl,
      workspace: "main",
      orders: 40_000,
      now: "2026-03-02T09:00:00.000Z",
    });
    await seedFindableNumbers(urls.databaseOwnerUrl, "main", workspace.keys);
  }, 120_000);
  afterAll(() => urls.drop());

  test("and finds the seeded order by each, whoever measures it", async () => {
    const database = openDatabase(urls.databaseUrl, 1);
    const store = { database, keys: workspace.keys };
    const by = async (text: string) =>
      (await findOrders(signedIn("main", seeded.reviewer, "reviewer"), store, text)).map(({ by, orders }) => [
        by,
        orders.length,
        orders[0]?.businessKey,
      ]);
    const { orderNumber, trackingNumber } = findable;
    expect(await by(orderNumber)).toEqual([["orderNumber", 1, orderNumber]]);
    expect(await by(trackingNumber)).toEqual([["trackingNumber", 1, orderNumber]]);
    expect(await by(findable.orderId("main"))).toEqual([["orderId", 1, orderNumber]]);
    expect(await by(findable.customerReference)).toEqual([
      ["customerReference", found_max, expect.any(String)],
    ]);
    await database.$disconnect();
  });

  test.each([
    ["T-S-00000500", "event_by_reference"],
    ["S-00000500", "orders_by_business_key"],
    ["S-0000", "orders_by_business_key"],
    ["S-", "orders_by_business_key"],
    ["nothing is called this", "orders_by_customer"],
  ])("%s by %s, for who sees all and for who sees the own", async (text, index) => {
    const real = openDatabase(urls.databaseUrl, 2);
    const { database, plans } = explaining(real);
    const store = { database, keys: workspace.keys };
    for (const [person, role] of [
      [seeded.reviewer, "reviewer"],
      [seeded.requester, "requester"],
    ] as const)
      await findOrders(signedIn("main", person, role), store, text);
    await real.$disconnect();
    expect(
      unbounded(plans, ["orders", "event", "effect", "subject_key"], looked_max + lines_per_page),
    ).toEqual([]);
    expect(plans.flatMap(nodesOf).map((node) => node["Index Name"])).toContain(index);
  });
});
