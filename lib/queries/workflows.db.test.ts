import { afterAll, beforeAll, expect, test } from "vitest";
import { workflows as definitions } from "#lib/domain/workflows/registry";
import type { EffectOutcome } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";
import { systemActor } from "#lib/engine/system-actor";
import { start, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { NotAllowedToReadError } from "./permission";
import { workflowList, workflowView } from "./workflows";

let workspace: TestWorkspace;
let answer: EffectOutcome = { kind: "pending", reference: "P-1" };
beforeAll(async () => {
  const adapters = instantAdapters().map((adapter) => ({ ...adapter, perform: async () => answer }));
  workspace = await testWorkspace({ adapters });
});
afterAll(() => workspace.close());

const name = "order-fulfilment";
const as = (who: string) => workspace.person(who);
const view = async (who = "ana") => (await workflowView(as(who), workspace, name))!;
const now = async () =>
  Object.fromEntries((await view()).steps.map(({ id, now }) => [id, now && [now.count, now.more]]));

test("each order is counted at the step where it is, and steps where none stays are not counted", async () => {
  const none = { "policy.check": null, delivered: null, rejected: null };
  expect(await now()).toEqual({
    ...none,
    "manual.review": [0, false],
    "dispatch.execute": [0, false],
    "pod.capture": [0, false],
  });

  const [open, claimed, sentBack, approved, rejected] = [
    await workspace.receive(),
    await workspace.receive(),
    await workspace.receive(),
    await workspace.receive(),
    await workspace.receive(),
  ];
  const { step, visit } = await workspace.task(claimed!);
  await workspace.ask(as("ben"), { type: "task.claim", order: claimed!, step, visit });
  await workspace.decide(as("ana"), sentBack!, "sendBack", { note: "Which address?" });
  expect((await now())["manual.review"], "open, claimed, sent back and two more").toEqual([5, false]);

  await workspace.decide(as("ana"), approved!, "approve");
  await workspace.runtime.dispatcher.idle();
  expect(await now()).toMatchObject({ "manual.review": [4, false], "dispatch.execute": [1, false] });

  answer = { kind: "rejected", reason: "Unknown postcode" };
  await workspace.decide(as("ana"), rejected!, "approve");
  await workspace.runtime.dispatcher.idle();
  expect((await now())["dispatch.execute"], "failed, and needs attention").toEqual([2, false]);
  await workspace.ask(as("sam"), { type: "order.cancel", order: rejected!, reason: "Given up" });
  expect((await now())["dispatch.execute"], "given up").toEqual([1, false]);

  await workspace.decide(as("ana"), open!, "reject");
  expect(await now()).toMatchObject({ "manual.review": [2, false], rejected: null });
});

test("a number is bounded, and says so", async () => {
  for (let n = 0; n < 205; n++) await workspace.receive();
  expect((await now())["manual.review"]).toMatchObject([expect.any(Number), true]);
});

test("another workflow's orders are none of its", async () => {
  expect(await workflowView(as("ana"), workspace, "no-such")).toBeNull();
  expect((await view()).edges).toContainEqual({
    from: "policy.check",
    to: "manual.review",
    label: "Needs a person",
  });
});

test("versions and every sentence of the policy say since when and by whom", async () => {
  const { versions, policy } = await view();
  const first = { by: "The operator", at: start };
  expect(versions).toEqual([{ version: 1, hash: definitions[0]!.hash, published: first, current: true }]);
  expect(policy).toEqual([
    {
      rule: "limit@1",
      sentence: "In GBP, up to £1,000.00 passes without a person.",
      since: first,
    },
    { rule: "limit@1", sentence: "In any other currency a person decides.", since: first },
    {
      rule: "firstTimeCustomer@1",
      sentence: "A customer's first order is decided by a person.",
      since: first,
    },
    {
      rule: "possibleDuplicate@1",
      sentence:
        "Two orders of one customer with the same total within 24 hours look alike: a person decides.",
      since: first,
    },
    {
      rule: "restrictedCountry@1",
      sentence: "An order from Belarus, Iran, North Korea, Russia or Syria is decided by a person.",
      since: first,
    },
    {
      rule: "missingCustomer@1",
      sentence: "An order that names no customer is decided by a person.",
      since: first,
    },
  ]);

  const publish = (limits: { GBP: number; EUR?: number }) =>
    workspace.ask(as("root"), {
      type: "policy.publish",
      workflow: name,
      parameters: { limits, restrictedCountries: [], duplicateWithin_hours: 24 },
    });
  workspace.clock.advance_minutes(5);
  const second = { by: "root", at: workspace.clock.now() };
  expect(await publish({ GBP: 100_000, EUR: 50_000 })).toMatchObject({ rejected: false });
  workspace.clock.advance_minutes(5);
  const third = { by: "root", at: workspace.clock.now() };
  await publish({ GBP: 90_000, EUR: 50_000 });
  const changed = (await workflowList(as("ada"), workspace))[0]!.policy;
  expect(changed.map(({ sentence, since }) => [sentence, since])).toEqual([
    ["In EUR, up to €500.00 passes without a person.", second],
    ["In GBP, up to £900.00 passes without a person.", third],
    ["In any other currency a person decides.", second],
    ["A customer's first order is decided by a person.", first],
    ["Two orders of one customer with the same total within 24 hours look alike: a person decides.", first],
    ["No country is restricted.", second],
    ["An order that names no customer is decided by a person.", first],
  ]);
});

test("reviewers, supervisors, auditors and admins read it, and nobody else", async () => {
  for (const who of ["ana", "sam", "ada", "root"])
    expect(await workflowList(as(who), workspace), who).toHaveLength(1);
  for (const who of ["rita", "stranger"]) {
    await expect(workflowList(as(who), workspace), who).rejects.toThrow(NotAllowedToReadError);
    await expect(workflowView(as(who), workspace, name), who).rejects.toThrow(NotAllowedToReadError);
  }
  await expect(workflowView(systemActor("main", "operator"), workspace, name)).rejects.toThrow();
});
