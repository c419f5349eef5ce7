import { afterEach, beforeEach, expect, it } from "vitest";
import { workflows } from "#lib/domain/workflows/registry";
import type { EffectAdapter } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { openRuntime, type Runtime } from "./runtime";

/** A process that is held sends nothing, whatever was begun before, and goes on with everything else. */
let workspace: TestWorkspace;
let runtime: Runtime;
let held: string | null;
let called: string[];
let asked: string[];
let answer: () => Promise<void>;

beforeEach(async () => {
  // The workspace's own process has no adapter, so that only the one below touches the outside.
  workspace = await testWorkspace({ adapters: [] });
  held = null;
  called = [];
  asked = [];
  answer = async () => {};
  const adapters = instantAdapters().map(
    (adapter): EffectAdapter => ({
      ...adapter,
      concurrency_max: 1,
      doubt: {
        kind: "probe",
        lag_ms: 0,
        probe: async (_input, key) => {
          asked.push(key);
          return { kind: "absent" };
        },
      },
      async perform(_input, key) {
        called.push(key);
        await answer();
        return { kind: "inDoubt", reason: "No answer." };
      },
    }),
  );
  runtime = openRuntime({
    database: workspace.database,
    keys: workspace.keys,
    clock: workspace.clock,
    adapters: { byName: new Map(adapters.map((each) => [each.name, each])), missing: "" },
    definitions: workflows,
    held: () => held,
  });
});

afterEach(async () => {
  await runtime.stop();
  await workspace.close();
});

const statusOf = async (order: string) =>
  Object.values((await workspace.order(order, runtime)).effects).map(({ status }) => status);

/** Two orders whose dispatch is due, and one that waits for a review until its time is up. */
async function orders(): Promise<{ due: string[]; reviewed: string }> {
  const reviewed = await workspace.receive();
  const due = [1, 2].map((n) => workspace.receive({ total: { amount: n, currency: "GBP" } }));
  return { due: await Promise.all(due), reviewed };
}

async function tick(minutes: number): Promise<Awaited<ReturnType<Runtime["tick"]>>> {
  workspace.clock.advance_minutes(minutes);
  const report = await runtime.tick();
  await runtime.dispatcher.idle();
  return report;
}

it("attempts nothing and asks nothing, while deadlines pass as ever; let go, it does what is due", async () => {
  const { due } = await orders();
  held = "restored";
  expect(await tick(125)).toMatchObject({ attempted: 0, probed: 0, expired: 0, escalated: 1 });
  expect(runtime.dispatcher.adapters).toEqual({ byName: new Map(), missing: "restored" });
  for (const order of due) expect(await statusOf(order)).toEqual(["INTENDED"]);
  held = null;
  expect(await tick(1)).toMatchObject({ attempted: 2 });
  expect(called).toHaveLength(2);

  held = "restored";
  expect(await tick(60)).toMatchObject({ probed: 0, attempted: 0 });
  expect(asked).toEqual([]);
  held = null;
  expect((await tick(60)).probed).toBeGreaterThan(0);
  expect(asked.length).toBeGreaterThan(0);
});

it("begins no call that waited for its turn: its effect is INTENDED again, and not in doubt", async () => {
  const { due } = await orders();
  let release = () => {};
  answer = () =>
    new Promise((resolve) => {
      release = () => {
        answer = async () => {};
        resolve();
      };
    });
  workspace.clock.advance_minutes(1);
  expect(await runtime.tick()).toMatchObject({ attempted: 2 });
  expect(called).toHaveLength(1);
  held = "restored";
  release();
  await runtime.dispatcher.idle();
  expect(called).toHaveLength(1);
  const statuses = (await Promise.all(due.map(statusOf))).flat().sort();
  expect(statuses).toEqual(["INTENDED", "IN_DOUBT"]);
});
