import { afterAll, beforeAll, expect, test } from "vitest";
import type { EffectOutcome } from "#lib/effects/adapter";
import { toldAnswers } from "#scripts/testing/told-answers";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { operations } from "./operations";
import { NotAllowedToReadError } from "./permission";
import { dueWithin } from "./start";
import { waitingFor } from "./waiting";

let workspace: TestWorkspace;
const answers: EffectOutcome[] = [];

beforeAll(async () => {
  workspace = await testWorkspace({ adapters: toldAnswers(answers) });
});
afterAll(() => workspace.close());

const as = (who: string) => workspace.person(who);
const exactly = (count: number) => ({ count, more: false });
async function counted(who: string) {
  const now = workspace.clock.now();
  const [{ escalated }, { depths }, dueSoon] = await Promise.all([
    waitingFor(as(who), workspace),
    operations(as(who), workspace, { now, backlog_max: 100 }),
    dueWithin(as(who), workspace, now, 60),
  ]);
  return {
    overdue: escalated,
    dueSoon,
    inDoubt: depths.effectsInDoubt,
    failed: depths.effectsFailed,
    standingStill: depths.ordersNeedingAttention,
  };
}

async function dispatched(...next: EffectOutcome[]): Promise<void> {
  answers.splice(0, answers.length, ...next);
  const order = await workspace.receive();
  await workspace.decide(as("ana"), order, "approve");
  await workspace.runtime.dispatcher.idle();
}

async function several(count: number, once: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n++) await once();
}

test("who sees the page of escalations is told of all that stands on it, supervisor or admin", async () => {
  // Each number is another one, so that none can stand for another.
  await several(2, () => workspace.receive());
  workspace.clock.advance_minutes(125);
  await workspace.runtime.tick();
  await several(3, () => workspace.receive());
  workspace.clock.advance_minutes(65);
  await dispatched();
  await several(4, () => dispatched({ kind: "rejected", reason: "Unknown postcode" }));
  for (const who of ["sam", "root"])
    expect(await counted(who), who).toMatchObject({
      overdue: exactly(2),
      dueSoon: exactly(3),
      inDoubt: exactly(1),
      failed: exactly(4),
      standingStill: exactly(5),
    });
});

test.each(["rita", "ana", "ada"])("%s, who has no such page, learns nothing of it", async (who) => {
  await expect(counted(who)).rejects.toThrow(NotAllowedToReadError);
});
