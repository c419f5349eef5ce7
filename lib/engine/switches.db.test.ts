import { afterEach, beforeEach, expect, test } from "vitest";
import { isRejection } from "#lib/domain/rejection";
import { instantAdapters } from "#lib/effects/instant";
import { expectVerified } from "#scripts/testing/verified";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/** Dispatch is paused and intake stopped for the whole workspace, on record, whichever process is asked. */
let workspace: TestWorkspace;
let called: string[];

beforeEach(async () => {
  called = [];
  const adapters = instantAdapters().map((adapter) => ({
    ...adapter,
    perform(...asked: Parameters<typeof adapter.perform>) {
      called.push(adapter.name);
      return adapter.perform(...asked);
    },
  }));
  workspace = await testWorkspace({ adapters });
});
afterEach(async () => {
  await expectVerified(workspace);
  await workspace.close();
});

const throwSwitch = (
  who: string,
  type: "dispatch.pause" | "dispatch.resume" | "intake.stop" | "intake.open",
  on = workspace.runtime,
) => workspace.ask(workspace.person(who), { type, reason: "The depot is flooded" }, undefined, on);

const approved = async () => {
  const order = await workspace.receive();
  expect(await workspace.decide(workspace.person("ana"), order, "approve")).toMatchObject({
    rejected: false,
  });
  await workspace.runtime.dispatcher.idle();
  return order;
};
const statuses = async (order: string) =>
  Object.values((await workspace.order(order)).effects).map(({ status }) => status);

test("while dispatch is paused people decide, effects stay INTENDED without an attempt, and afterwards they are sent", async () => {
  expect(await throwSwitch("sam", "dispatch.pause")).toMatchObject({ rejected: false });
  const order = await approved();
  workspace.clock.advance_minutes(1);
  expect(await workspace.runtime.tick()).toMatchObject({ attempted: 0 });
  expect(await statuses(order)).toEqual(["INTENDED"]);
  expect((await workspace.order(order)).effects).toMatchObject({
    [Object.keys((await workspace.order(order)).effects)[0]!]: { attempts: 0 },
  });
  expect(called).toEqual([]);
  expect(await throwSwitch("sam", "dispatch.resume")).toMatchObject({ rejected: false });
  expect(await workspace.runtime.tick()).toMatchObject({ attempted: 1 });
  await workspace.runtime.dispatcher.idle();
  expect(await statuses(order)).toEqual(["CONFIRMED", "CONFIRMED"]);
});

test("a pause by one process holds in another that knew of none: not even the next command begins an attempt", async () => {
  const other = await workspace.another();
  const order = await workspace.receive();
  await other.tick();
  await throwSwitch("sam", "dispatch.pause", other);
  // This process has decided nothing and looked at nothing since.
  expect(await workspace.decide(workspace.person("ana"), order, "approve")).toMatchObject({
    rejected: false,
  });
  await workspace.runtime.dispatcher.idle();
  expect(await statuses(order)).toEqual(["INTENDED"]);
  expect(called).toEqual([]);
  await throwSwitch("sam", "dispatch.resume", other);
  await workspace.runtime.tick();
  await workspace.runtime.dispatcher.idle();
  expect(await statuses(order)).toEqual(["CONFIRMED", "CONFIRMED"]);
});

test("while intake is stopped a new order is refused, one that is known gets its answer, the past is taken", async () => {
  const known = { businessKey: "known", total: { amount: 5_000, currency: "GBP" as const } };
  const order = await workspace.receive(known, "first");
  await throwSwitch("root", "intake.stop");
  const receive = (more: object, id?: string) =>
    workspace.ask(
      workspace.person("rita"),
      {
        type: "order.receive",
        workflow: "order-fulfilment@1",
        source: "test",
        requestedBy: "rita",
        customer: { reference: "17850" },
        ...known,
        ...more,
      },
      id,
    );
  expect(await receive({ businessKey: "new" })).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("Intake is stopped"),
    retryAfter_s: 60,
  });
  expect(await receive({})).toMatchObject({ code: "alreadyReceived", order });
  expect(await receive({}, "first")).toMatchObject({ repeated: true });
  expect(
    await receive({ businessKey: "old", past: { occurredAt: "2025-01-01T00:00:00.000Z" } }),
  ).toMatchObject({ rejected: false });
  await throwSwitch("root", "intake.open");
  expect(await receive({ businessKey: "new" })).toMatchObject({ rejected: false });
});

test("only a supervisor or an administrator may throw a switch, and who tried is on record in his own stream", async () => {
  for (const who of ["ana", "rita", "ada"]) {
    expect(await throwSwitch(who, "dispatch.pause")).toMatchObject({ authority: "role" });
    expect((await workspace.log(`access/${who}`)).map(({ type }) => type)).toEqual(["accessRefused"]);
  }
  expect(await workspace.log(`workspace/${workspace.name}`)).toEqual([]);
  expect(isRejection(await throwSwitch("sam", "dispatch.resume"))).toBe(true);
  for (const type of ["dispatch.pause", "intake.stop"] as const) {
    expect(await throwSwitch("sam", type)).toMatchObject({ rejected: false });
    expect(await throwSwitch("root", type)).toMatchObject({ code: "wrongState" });
  }
  const events = await workspace.log(`workspace/${workspace.name}`);
  expect(events.map(({ type }) => type)).toEqual(["dispatchPaused", "intakeStopped"]);
  expect(JSON.stringify(events)).not.toContain("flooded");
});
