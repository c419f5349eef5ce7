import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemActor } from "#lib/engine/system-actor";
import { start, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { ordersPage } from "./orders";
import { NotAllowedToReadError } from "./permission";
import { dueWithin, letThroughSince, nextDeadline, ownOrders, peopleCounts, refusalsSince } from "./start";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const as = (who: string) => workspace.person(who);
const now = () => workspace.clock.now();
const exactly = (count: number) => ({ count, more: false });

test("the next deadline is of what this person may decide and is not late already", async () => {
  const next = (who: string) => nextDeadline(as(who), workspace, now());
  expect(await next("ana")).toBeNull();
  await workspace.receive();
  workspace.clock.advance_minutes(30);
  await workspace.receive({ requestedBy: "remy" });
  expect(await next("ana")).toBe("2026-03-02T11:00:00.000Z");
  expect(await next("remy"), "of the order of somebody else").toBe("2026-03-02T11:00:00.000Z");
  workspace.clock.advance_minutes(95);
  expect(await next("ana"), "the first is late now").toBe("2026-03-02T11:30:00.000Z");
  expect(await next("remy"), "the own one is not remy's to decide").toBeNull();
});

test("what will be late within the hour is not late yet", async () => {
  const soon = (minutes: number) => dueWithin(as("sam"), workspace, now(), minutes);
  expect(await soon(60)).toEqual(exactly(1));
  expect(await soon(20)).toEqual(exactly(0));
});

test("a requester's orders: those sent back, and all that are open", async () => {
  const own = (who: string) => ownOrders(as(who), workspace);
  expect(await own("rita")).toEqual({ toChange: exactly(0), open: exactly(1) });
  const order = await workspace.receive();
  await workspace.decide(as("ana"), order, "sendBack", { note: "Which address?" });
  expect(await own("rita")).toEqual({ toChange: exactly(1), open: exactly(2) });
  await workspace.ask(as("rita"), { type: "order.cancel", order, reason: "Not needed" });
  expect(await own("rita")).toEqual({ toChange: exactly(0), open: exactly(1) });
  expect(await own("remy")).toEqual({ toChange: exactly(0), open: exactly(1) });
});

describe("what policy let through without a person", () => {
  const alone = async () =>
    (await ordersPage(as("ada"), workspace, { policyAlone: true })).lines.map(({ order }) => order);
  const since = (at: string) => letThroughSince(as("ada"), workspace, at);

  test("is what no rule asked about, whatever became of it", async () => {
    expect(await alone()).toEqual([]);
    // A customer's first order asks for a person; the next ones, small enough, do not.
    const small = { total: { amount: 5_000, currency: "GBP" } as const, customer: { reference: "known" } };
    const first = await workspace.receive(small);
    await workspace.decide(as("ana"), first, "approve");
    workspace.clock.advance_minutes(25 * 60);
    const passed = await workspace.receive({ ...small, total: { amount: 6_000, currency: "GBP" } });
    await workspace.runtime.dispatcher.idle();
    expect(await alone()).toEqual([passed]);
    expect(await since(start)).toEqual(exactly(1));
    expect(await since(now())).toEqual(exactly(1));
    workspace.clock.advance_ms(1);
    expect(await since(now())).toEqual(exactly(0));
  });

  test("is not what a person decided after it was changed so that no rule asks any more", async () => {
    const large = { total: { amount: 200_000, currency: "GBP" } as const, customer: { reference: "known" } };
    const order = await workspace.receive(large);
    await workspace.decide(as("ana"), order, "sendBack", { note: "Smaller, please" });
    await workspace.ask(as("rita"), {
      type: "order.amend",
      order,
      total: { amount: 7_000, currency: "GBP" },
      customer: { reference: "known" },
    });
    const { policy } = await workspace.order(order);
    expect(policy?.results.every(({ result }) => result === "pass")).toBe(true);
    expect(await alone()).not.toContain(order);
  });

  test("is not what was brought in from the past, which is only recorded", async () => {
    const before = await alone();
    const past = (businessKey: string, occurredAt: string) =>
      workspace.ask(systemActor("main", "import"), {
        type: "order.receive",
        workflow: "order-fulfilment@1",
        source: "old-shop",
        businessKey,
        requestedBy: "rita",
        total: { amount: 100, currency: "GBP" },
        customer: { reference: "known" },
        past: { occurredAt },
      });
    await past("1", "2020-01-01T00:00:00.000Z");
    await past("2", "2021-01-01T00:00:00.000Z");
    const rows = await workspace.database.orderRow.findMany({
      where: { source: "old-shop", businessKey: "2" },
    });
    expect(rows).toMatchObject([{ status: "recorded", reasons: [] }]);
    expect(await alone()).toEqual(before);
  });
});

test("refusals are counted with those that were only counted, since an instant", async () => {
  const refusals = (at: string) => refusalsSince(as("ada"), workspace, at);
  const before = await refusals(start);
  const order = await workspace.receive();
  for (let n = 0; n < 5; n++) await workspace.decide(as("ada"), order, "approve");
  await workspace.decide(as("rita"), order, "approve");
  expect(await refusals(start)).toEqual(exactly(before.count + 4));
  workspace.clock.advance_minutes(61);
  await workspace.runtime.engine.countDenials();
  expect(await refusals(start)).toEqual(exactly(before.count + 6));
  workspace.clock.advance_minutes(1);
  expect(await refusals(now())).toEqual(exactly(0));
});

test("people are counted by whether they may sign in", async () => {
  const counts = () => peopleCounts(as("root"), workspace);
  expect(await counts()).toEqual({ enabled: exactly(7), disabled: exactly(0) });
  await workspace.ask(as("root"), { type: "person.disable", person: "ben" });
  expect(await counts()).toEqual({ enabled: exactly(6), disabled: exactly(1) });
});

test("each number is for who may read the list it is about", async () => {
  const at = now();
  const allowed: [string, string[], (who: string) => Promise<unknown>][] = [
    ["next deadline", ["ana", "remy", "sam"], (who) => nextDeadline(as(who), workspace, at)],
    ["due soon", ["sam", "root"], (who) => dueWithin(as(who), workspace, at, 60)],
    ["own orders", ["ana", "rita", "remy", "sam", "ada", "root"], (who) => ownOrders(as(who), workspace)],
    ["let through", ["ana", "remy", "sam", "ada", "root"], (who) => letThroughSince(as(who), workspace, at)],
    ["refusals", ["ada", "root"], (who) => refusalsSince(as(who), workspace, at)],
    ["people", ["sam", "ada", "root"], (who) => peopleCounts(as(who), workspace)],
  ];
  for (const [what, may, read] of allowed)
    for (const who of ["ana", "rita", "remy", "sam", "ada", "root", "stranger"])
      if (may.includes(who)) await expect(read(who), `${what}, ${who}`).resolves.not.toThrow();
      else await expect(read(who), `${what}, ${who}`).rejects.toThrow(NotAllowedToReadError);
});
