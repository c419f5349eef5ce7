import { afterAll, beforeAll, expect, test } from "vitest";
import { evidenceOf } from "#lib/domain/order";
import type { EffectOutcome } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";
import { isOverBacklog } from "#lib/engine/backlog";
import type { Engine } from "#lib/engine/execute";
import { toldAnswers } from "#scripts/testing/told-answers";
import { start, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { measure, type Operations, operations } from "./operations";
import { NotAllowedToReadError } from "./permission";

let workspace: TestWorkspace;
const answers: EffectOutcome[] = [];

beforeAll(async () => {
  workspace = await testWorkspace({ adapters: toldAnswers(answers) });
});
afterAll(() => workspace.close());

const measured = (): Promise<Operations> =>
  measure(workspace.database, workspace.name, { now: workspace.clock.now(), backlog_max: 2 });
const counts = ({ depths }: Operations) =>
  Object.fromEntries(Object.entries(depths).map(([name, { count }]) => [name, count]));

async function dispatched(...next: EffectOutcome[]): Promise<string> {
  answers.splice(0, answers.length, ...next);
  const order = await workspace.receive();
  await workspace.decide(workspace.person("ana"), order, "approve");
  await workspace.runtime.dispatcher.idle();
  return order;
}

const confirmed: EffectOutcome = { kind: "confirmed", receipt: { reference: "T-1" } };
const none = {
  tasksOpen: 0,
  tasksBreached: 0,
  timersDue: 0,
  effectsInDoubt: 0,
  effectsFailed: 0,
  ordersNeedingAttention: 0,
};

test("each thing that waits is counted where it belongs, with the oldest of them", async () => {
  expect(await measured()).toEqual({
    at: start,
    depths: Object.fromEntries(
      Object.keys(none).map((name) => [name, { count: 0, more: false, oldestAt: null }]),
    ),
    effects: [],
    backlog: { waiting: 0, most: 2 },
  });

  await workspace.receive();
  workspace.clock.advance_minutes(1);
  await workspace.receive();
  let now = await measured();
  expect(counts(now)).toEqual({ ...none, tasksOpen: 2 });
  expect(now.depths.tasksOpen.oldestAt).toBe(start);

  await dispatched();
  const rejected = await dispatched({ kind: "rejected", reason: "Unknown postcode" });
  await dispatched({ kind: "retryable", reason: "Busy" });
  await dispatched(confirmed, { kind: "pending", reference: "P-1" });
  now = await measured();
  expect(counts(now)).toEqual({
    ...none,
    tasksOpen: 2,
    effectsInDoubt: 1,
    effectsFailed: 1,
    ordersNeedingAttention: 2,
  });
  const at = workspace.clock.now();
  expect(now.effects).toEqual([
    { effect: "carrier.dispatch", state: "INTENDED", count: 1, more: false, oldestAt: at },
    { effect: "carrier.dispatch", state: "IN_DOUBT", count: 1, more: false, oldestAt: at },
    { effect: "carrier.dispatch", state: "FAILED", count: 1, more: false, oldestAt: at },
    { effect: "carrier.proofOfDelivery", state: "PENDING", count: 1, more: false, oldestAt: at },
  ]);
  expect(now.backlog).toEqual({ waiting: 1, most: 2 });

  workspace.clock.advance_minutes(125);
  now = await measured();
  expect(counts(now)).toMatchObject({ tasksOpen: 2, tasksBreached: 2, timersDue: 3 });

  // What a cancelled order has given up waits for nobody.
  await workspace.ask(workspace.person("sam"), { type: "order.cancel", order: rejected, reason: "Given up" });
  now = await measured();
  expect(counts(now)).toMatchObject({ effectsFailed: 0, ordersNeedingAttention: 1 });
  expect(now.effects).toContainEqual(expect.objectContaining({ state: "FAILED", count: 1 }));
});

test("the backlog is the one by which intake sends clients away", async () => {
  const before = (await measured()).backlog.waiting;
  expect(await isOverBacklog(engine(), before)).toBe(false);
  await dispatched({ kind: "retryable", reason: "Busy" });
  expect((await measured()).backlog.waiting).toBe(before + 1);
  expect(await isOverBacklog(engine(), before)).toBe(true);
});

// Its answer is kept for a moment by engine: another object is another engine.
const engine = () =>
  ({ streams: workspace.runtime.engine.streams, workspace: workspace.name }) as unknown as Engine;

test("an effect in doubt that is still asked about waits for nobody", async () => {
  const probe = async () => ({ kind: "unknown" as const, reason: "503" });
  const other = await workspace.another(
    instantAdapters().map((adapter) => ({
      ...adapter,
      doubt: { kind: "probe", lag_ms: 60_000, probe } as const,
      perform: async () => ({ kind: "inDoubt" as const, reason: "The connection broke" }),
    })),
  );
  const before = (await measured()).depths.effectsInDoubt.count;
  const order = await workspace.receive();
  const { step, visit } = await workspace.task(order);
  await workspace.ask(
    workspace.person("ana"),
    {
      type: "task.decide",
      order,
      step,
      visit,
      verdict: "approve",
      evidence: evidenceOf(await workspace.order(order), step),
      undo_ms: 0,
    },
    undefined,
    other,
  );
  await other.dispatcher.idle();
  const inDoubt = (await measured()).effects.find(({ state }) => state === "IN_DOUBT");
  expect(inDoubt?.count).toBeGreaterThan(before);
  expect((await measured()).depths.effectsInDoubt.count).toBe(before);
});

test("is read by supervisors and admins alone", async () => {
  const measuring = { now: workspace.clock.now(), backlog_max: 2 };
  for (const who of ["sam", "root"])
    expect(await operations(workspace.person(who), workspace, measuring)).toEqual(await measured());
  for (const who of ["ana", "rita", "ada", "stranger"])
    await expect(operations(workspace.person(who), workspace, measuring), who).rejects.toThrow(
      NotAllowedToReadError,
    );
});
