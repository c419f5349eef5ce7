import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { orderFulfilment } from "#lib/domain/workflows/order-fulfilment";
import type { EffectAdapter } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";
import { billed } from "#scripts/testing/billed";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { answerEffect, type ReportedAnswer } from "./callbacks";

let workspace: TestWorkspace;
/** What happens at the provider between the call and its response. */
let meanwhile = async (_effectKey: string): Promise<unknown> => undefined;
beforeAll(async () => {
  const billing: EffectAdapter = {
    name: "http.call.billing.invoice",
    timeout_ms: 2_000,
    doubt: { kind: "neither" },
    concurrency_max: 8,
    async perform(_input, effectKey) {
      await meanwhile(effectKey);
      return { kind: "pending", reference: "I-1" };
    },
  };
  const adapters = instantAdapters().map((adapter) =>
    adapter.name === "carrier.proofOfDelivery"
      ? { ...adapter, perform: async () => ({ kind: "pending", reference: "P-1" }) as const }
      : adapter,
  );
  workspace = await testWorkspace({
    adapters: [...adapters, billing],
    definitions: [orderFulfilment, billed],
  });
});
afterAll(() => workspace.close());

type Pending = { order: string; effectKey: string };

async function pendingOf(order: string): Promise<Pending> {
  await workspace.runtime.dispatcher.idle();
  const { effectKey } = await workspace.database.effectRow.findFirstOrThrow({
    where: { orderId: order, state: "PENDING" },
  });
  return { order, effectKey };
}

async function dispatched(): Promise<Pending> {
  const order = await workspace.receive();
  await workspace.decide(workspace.person("ana"), order, "approve");
  return pendingOf(order);
}

const reported = (effectKey: string, more: Partial<ReportedAnswer> = {}): ReportedAnswer => ({
  effectKey,
  outcome: { kind: "confirmed", receipt: { reference: "TRACK-1", deliveredAt: "2026-03-02T08:00:00.000Z" } },
  messageId: `message-${effectKey}`,
  occurredAt: "2026-03-02T08:00:00.000Z",
  personal: { receivedBy: "A. Mason" },
  ...more,
});

const answer = (given: ReportedAnswer) => answerEffect(workspace.runtime.engine, given);

test("the carrier's report ends the wait, once, however often it comes", async () => {
  const { order, effectKey } = await dispatched();
  expect(await answer(reported(effectKey))).toMatchObject({ rejected: false, repeated: false });
  expect((await workspace.order(order)).status).toBe("completed");
  const log = await workspace.log(`order/${order}`);
  expect(log.at(-1)?.type).toBe("effectConfirmed");
  expect(JSON.stringify(log.at(-1))).not.toContain("Mason");

  expect(await answer(reported(effectKey))).toMatchObject({ rejected: false, repeated: true });
  expect(await workspace.log(`order/${order}`)).toHaveLength(log.length);
});

test("a report about nothing of ours is told so and leaves nothing", async () => {
  const before = await workspace.log();
  expect(await answer(reported("A".repeat(43)))).toMatchObject({ rejected: true, code: "notFound" });
  expect(await workspace.log()).toHaveLength(before.length);
});

describe("a connection of http.call", () => {
  const invoiced = async () => pendingOf(await workspace.receive({ workflow: "billed@1" }));
  const report = (effectKey: string, more: Partial<ReportedAnswer> = {}): ReportedAnswer => ({
    connection: "billing",
    effectKey,
    outcome: { kind: "confirmed", receipt: { reference: "INV-1" } },
    messageId: `message-${effectKey}`,
    occurredAt: "2026-03-02T08:00:00.000Z",
    ...more,
  });
  const typesOf = async (order: string) => (await workspace.log(`order/${order}`)).map(({ type }) => type);
  /** Who the order's last event is from, as it stands in the log. */
  async function lastFrom(order: string) {
    const [row] = await workspace.database.$queryRawUnsafe<{ body: string }[]>(
      `SELECT convert_from(body, 'UTF8') AS body FROM event
       WHERE workspace = $1 AND stream = $2 ORDER BY version DESC LIMIT 1`,
      workspace.name,
      `order/${order}`,
    );
    const { actor, command } = JSON.parse(row!.body);
    return { actor, source: command.source };
  }

  test("says once that it is done, however often it says so, and in its own name", async () => {
    const { order, effectKey } = await invoiced();
    expect(await answer(report(effectKey))).toMatchObject({ rejected: false, repeated: false });
    const state = await workspace.order(order);
    expect(state.status).toBe("completed");
    expect(state.effects[effectKey]?.receipt).toEqual({ reference: "INV-1" });
    expect(await lastFrom(order)).toEqual({
      actor: { type: "system", id: "connection" },
      source: "callback.billing",
    });
    const length = (await workspace.log()).length;
    expect(await answer(report(effectKey))).toMatchObject({ rejected: false, repeated: true });
    expect(await workspace.log()).toHaveLength(length);
  });

  test("says that it will not be done: somebody has to look", async () => {
    const { order, effectKey } = await invoiced();
    const outcome = { kind: "rejected", reason: "No such account" } as const;
    expect(await answer(report(effectKey, { outcome }))).toMatchObject({ rejected: false });
    expect((await typesOf(order)).slice(-2)).toEqual(["effectFailed", "orderNeedsAttention"]);
    expect((await workspace.order(order)).effects[effectKey]?.status).toBe("FAILED");
  });

  test("may be faster than its own response", async () => {
    meanwhile = (effectKey) => answer(report(effectKey));
    const order = await workspace.receive({ workflow: "billed@1" });
    await workspace.runtime.dispatcher.idle();
    meanwhile = async () => undefined;
    expect((await workspace.order(order)).status).toBe("completed");
    expect((await typesOf(order)).slice(-2)).toEqual(["effectConfirmed", "effectAnswered"]);
  });

  test("numbers its messages by itself: the carrier's same number is another message", async () => {
    const messageId = "message-1";
    const [proof, invoice] = [await dispatched(), await invoiced()];
    expect(await answer(reported(proof.effectKey, { messageId }))).toMatchObject({ rejected: false });
    expect(await answer(report(invoice.effectKey, { messageId }))).toMatchObject({
      rejected: false,
      repeated: false,
    });
  });

  test("answers for its own calls only: another's key is as good as none, and leaves nothing", async () => {
    const [proof, invoice] = [await dispatched(), await invoiced()];
    const length = (await workspace.log()).length;
    const unknown = await answer(report("A".repeat(43)));
    expect(unknown).toMatchObject({ rejected: true, code: "notFound" });
    expect(await answer(report(invoice.effectKey, { connection: "stock" }))).toEqual(unknown);
    expect(await answer(report(invoice.effectKey, { connection: undefined }))).toEqual(unknown);
    expect(await answer(report(proof.effectKey))).toEqual(unknown);
    expect(await workspace.log()).toHaveLength(length);
    expect((await workspace.order(invoice.order)).effects[invoice.effectKey]?.status).toBe("PENDING");
  });
});
