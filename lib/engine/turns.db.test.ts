import { afterEach, expect, test } from "vitest";
import { orderFulfilment } from "#lib/domain/workflows/order-fulfilment";
import { instantAdapters } from "#lib/effects/instant";
import { branching } from "#scripts/simulation/branching";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/** What waits for room at an outside goes in turns: by age within a workflow, and one workflow after the other. */
let workspace: TestWorkspace;
let called: string[];
let open: () => void;
afterEach(() => workspace.close());

async function withRoomFor(concurrency_max: number): Promise<void> {
  called = [];
  let gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const adapters = instantAdapters().map((adapter) => ({
    ...adapter,
    concurrency_max,
    async perform(...asked: Parameters<typeof adapter.perform>) {
      if (adapter.name === "carrier.dispatch") {
        called.push(String(asked[0].businessKey));
        await gate;
      }
      return adapter.perform(...asked);
    },
  }));
  workspace = await testWorkspace({ adapters, definitions: [orderFulfilment, branching] });
  const opened = open;
  open = () => {
    opened();
    gate = Promise.resolve();
  };
}

let amount = 1_000;
/** An order that is dispatched without a person: its customer is known, and its amount is nobody else's. */
const passing = (workflow: string, businessKey: string) => {
  workspace.clock.advance_ms(1);
  return workspace.receive({ workflow, businessKey, total: { amount: ++amount, currency: "GBP" } });
};

test("a flood of one workflow leaves the others their share, and within a workflow who came first is first", async () => {
  // One call at a time: of two that run at once either may be the first to reach the outside.
  await withRoomFor(1);
  await workspace.receive({ businessKey: "makes the customer known" });
  for (let n = 0; n < 60; n++) await passing("order-fulfilment@1", `flood-${n}`);
  workspace.clock.advance_ms(1_000);
  for (let n = 0; n < 2; n++) await passing("branching@1", `other-${n}`);
  // The lane holds one that runs and a few that wait for it. Everything else is INTENDED.
  expect(called).toHaveLength(1);
  open();
  await workspace.runtime.dispatcher.idle();
  const before = called.length;
  expect(called).toEqual(Array.from({ length: before }, (_, n) => `flood-${n}`));
  await workspace.runtime.tick(0);
  await workspace.runtime.dispatcher.idle();
  const turn = called.slice(before);
  expect(turn.filter((key) => key.startsWith("other-"))).toEqual(["other-0", "other-1"]);
  const oldest = Array.from({ length: turn.length - 2 }, (_, n) => `flood-${before + n}`);
  expect(turn.filter((key) => key.startsWith("flood-"))).toEqual(oldest);
});

test("an order that is decided while others wait goes behind them, although there is room at that moment", async () => {
  await withRoomFor(1);
  await workspace.receive({ businessKey: "makes the customer known" });
  for (let n = 0; n < 12; n++) await passing("order-fulfilment@1", `early-${n}`);
  open();
  await workspace.runtime.dispatcher.idle();
  const before = called.length;
  expect(before).toBeLessThan(8);
  // The tick takes as many as there is room for; the others are left.
  await workspace.runtime.tick(0);
  await passing("order-fulfilment@1", "late");
  await workspace.runtime.dispatcher.idle();
  expect(called).not.toContain("late");
  for (let n = 0; n < 8; n++) {
    await workspace.runtime.tick();
    await workspace.runtime.dispatcher.idle();
  }
  expect(called).toEqual([...Array.from({ length: 12 }, (_, n) => `early-${n}`), "late"]);
});
