import { afterAll, beforeAll, expect, test } from "vitest";
import { instantAdapters } from "#lib/effects/instant";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { answerEffect, type ReportedAnswer } from "./callbacks";

let workspace: TestWorkspace;
beforeAll(async () => {
  const adapters = instantAdapters().map((adapter) =>
    adapter.name === "carrier.proofOfDelivery"
      ? { ...adapter, perform: async () => ({ kind: "pending", reference: "P-1" }) as const }
      : adapter,
  );
  workspace = await testWorkspace({ adapters });
});
afterAll(() => workspace.close());

async function dispatched(): Promise<{ order: string; effectKey: string }> {
  const order = await workspace.receive();
  await workspace.decide(workspace.person("ana"), order, "approve");
  await workspace.runtime.dispatcher.idle();
  const { effectKey } = await workspace.database.effectRow.findFirstOrThrow({
    where: { orderId: order, state: "PENDING" },
  });
  return { order, effectKey };
}

const reported = (effectKey: string, more: Partial<ReportedAnswer> = {}): ReportedAnswer => ({
  effectKey,
  outcome: { kind: "confirmed", receipt: { reference: "TRACK-1", deliveredAt: "2026-03-02T08:00:00.000Z" } },
  messageId: `message-${effectKey}`,
  occurredAt: "2026-03-02T08:00:00.000Z",
  personal: { receivedBy: "A. Mason" },
  ...more,
});

test("the carrier's report ends the wait, once, however often it comes", async () => {
  const { order, effectKey } = await dispatched();
  const { engine } = workspace.runtime;
  expect(await answerEffect(engine, reported(effectKey))).toMatchObject({ rejected: false, repeated: false });
  expect((await workspace.order(order)).status).toBe("completed");
  const log = await workspace.log(`order/${order}`);
  expect(log.at(-1)?.type).toBe("effectConfirmed");
  expect(JSON.stringify(log.at(-1))).not.toContain("Mason");

  expect(await answerEffect(engine, reported(effectKey))).toMatchObject({ rejected: false, repeated: true });
  expect(await workspace.log(`order/${order}`)).toHaveLength(log.length);
});

test("a report about nothing of ours is told so and leaves nothing", async () => {
  const before = await workspace.log();
  const answered = await answerEffect(workspace.runtime.engine, reported("A".repeat(43)));
  expect(answered).toMatchObject({ rejected: true, code: "notFound" });
  expect(await workspace.log()).toHaveLength(before.length);
});
