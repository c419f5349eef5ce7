import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { wallClock } from "#lib/clock";
import { type Database, openDatabase } from "#lib/db";
import { mintActor, type Role } from "#lib/domain/authority";
import type { Command } from "#lib/domain/commands";
import { evidenceOf, type OrderState } from "#lib/domain/order";
import { isRejection } from "#lib/domain/rejection";
import { workflows } from "#lib/domain/workflows/registry";
import { workspaceKeys } from "#lib/log/keys";
import { withClient } from "#scripts/embedded-postgres";
import { type TestDatabase, testDatabase } from "#scripts/testing/database";
import { RepeatingProvider } from "#scripts/testing/repeating-provider";
import { expectVerified } from "#scripts/testing/verified";
import { openRuntime, type Runtime } from "./runtime";
import { systemActor } from "./system-actor";

/**
 * A live workspace, whose clock is nobody's to play: the database holds its writers within 5 s of its own. The clock of
 * the process jumps here, and the database's does not.
 */
const name = "live";
const hour_ms = 3_600_000;
const tolerance_ms = 5_000;
const clock = {
  offBy_ms: 0,
  now: () => new Date(Date.parse(wallClock.now()) + clock.offBy_ms).toISOString(),
};
const provider = new RepeatingProvider();
let urls: TestDatabase;
let database: Database;
let runtime: Runtime;
let begun: string;

beforeAll(async () => {
  urls = await testDatabase();
  begun = wallClock.now();
  await withClient(urls.databaseOwnerUrl, (client) =>
    client.query("INSERT INTO workspace_head (workspace) VALUES ($1)", [name]),
  );
  database = openDatabase(urls.databaseUrl);
  runtime = openRuntime({
    database,
    keys: workspaceKeys(name, { workspaceKey: Buffer.alloc(32, 7), identityKey: Buffer.alloc(32, 8) }),
    clock,
    adapters: {
      byName: new Map(provider.adapters().map((adapter) => [adapter.name, adapter])),
      missing: "not in this test",
    },
    definitions: workflows,
  });
  await runtime.publish();
  for (const [person, role] of [
    ["rita", "requester"],
    ["ana", "reviewer"],
  ] as const)
    await ask(systemActor(name, "operator"), {
      type: "person.add",
      person,
      name: person,
      email: `${person}@example.org`,
      roles: [role],
    });
});
afterEach(() => {
  clock.offBy_ms = 0;
});
afterAll(async () => {
  await runtime.stop();
  await database.$disconnect();
  await urls.drop();
});

const person = (id: string, role: Role) =>
  mintActor({
    workspace: name,
    type: "person",
    id,
    person: id,
    account: `credentials:${id}`,
    session: "s",
    roles: [role],
  });
const ask = (actor: ReturnType<typeof person>, command: Command, id: string = randomUUID()) =>
  runtime.engine.execute(command, { actor, source: "test", id });
const receive = (businessKey: string) =>
  ask(
    person("rita", "requester"),
    {
      type: "order.receive",
      workflow: "order-fulfilment@1",
      source: "test",
      businessKey,
      requestedBy: "rita",
      total: { amount: 150_000, currency: "GBP" },
      customer: { reference: "17850" },
    },
    businessKey,
  );
const received = async (businessKey: string): Promise<string> => {
  const result = await receive(businessKey);
  if (isRejection(result)) throw new Error(result.message);
  return result.stream.slice("order/".length);
};
const claim = (type: "task.claim" | "task.release", order: string) =>
  ask(person("ana", "reviewer"), { type, order, step: "manual.review", visit: 1 });

async function approve(order: string, undo_ms: number) {
  const held = await runtime.engine.streams.acquire(`order/${order}`);
  runtime.engine.streams.release(held);
  return ask(person("ana", "reviewer"), {
    type: "task.decide",
    order,
    step: "manual.review",
    visit: 1,
    verdict: "approve",
    evidence: evidenceOf(held.current.state as OrderState, "manual.review"),
    undo_ms,
  });
}

async function recorded(): Promise<{ stream: string; type: string; at: string }[]> {
  const rows = await database.$queryRawUnsafe<{ stream: string; type: string; at: Date }[]>(
    "SELECT stream, type, recorded_at AS at FROM event WHERE workspace = $1 ORDER BY pos",
    name,
  );
  return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
}

/** Every time in the log is one of the moments this test took, give or take what is tolerated. */
async function expectRightTimes(): Promise<void> {
  const [from, to] = [Date.parse(begun) - tolerance_ms, Date.parse(wallClock.now()) + tolerance_ms];
  for (const { stream, type, at } of await recorded())
    if (!(Date.parse(at) >= from && Date.parse(at) <= to))
      throw new Error(`${type} of ${stream} is recorded at ${at}`);
  await expectVerified({ name, urls });
}

const inWords = {
  code: "unavailable",
  message:
    "This server's clock does not agree with the database's, so nothing was done. It has to be set right.",
};

describe("a clock that jumps", () => {
  for (const [where, offBy_ms] of [
    ["forward", hour_ms],
    ["back", -hour_ms],
    ["just beyond what is tolerated", tolerance_ms + 1_000],
  ] as const)
    it(`${where} has new orders refused in words, and taken once it is right again`, async () => {
      await received(`before ${where}`);
      const before = await recorded();
      clock.offBy_ms = offBy_ms;
      for (const result of await Promise.all([receive(`one ${where}`), receive(`two ${where}`)]))
        expect(result).toMatchObject(inWords);
      expect(await recorded()).toEqual(before);
      clock.offBy_ms = 0;
      expect(await receive(`one ${where}`)).toMatchObject({ rejected: false, repeated: false });
      await expectRightTimes();
    });

  it("within what is tolerated disturbs nobody", async () => {
    for (const offBy_ms of [tolerance_ms - 2_000, 2_000 - tolerance_ms]) {
      clock.offBy_ms = offBy_ms;
      expect(await receive(`tolerated ${offBy_ms}`)).toMatchObject({ rejected: false });
    }
    await expectRightTimes();
  });

  it("back lets an order that was just written go on at its own last instant, and none go back in time", async () => {
    const order = await received("in the middle");
    const last = (await recorded()).at(-1)!;
    clock.offBy_ms = -hour_ms;
    expect(await claim("task.claim", order)).toMatchObject({ rejected: false });
    expect((await recorded()).at(-1)).toEqual({ ...last, type: "taskClaimed" });
    await expectRightTimes();
  });

  it("forward begins nothing that is not due, and what is due comes in time once it is right again", async () => {
    const order = await received("decided");
    await approve(order, 3_000);
    const before = await recorded();
    clock.offBy_ms = hour_ms;
    await expect(runtime.tick()).rejects.toThrow(/more than 5000 ms from the database clock/);
    expect(await recorded()).toEqual(before);
    expect(provider.done).toEqual([]);

    // The 3 s are over, by a clock that may write.
    clock.offBy_ms = 4_000;
    await runtime.tick();
    await runtime.dispatcher.idle();
    const types = (await recorded()).filter(({ stream }) => stream === `order/${order}`);
    expect(types.map(({ type }) => type).slice(3)).toEqual([
      "decisionMade",
      "decisionSettled",
      "effectIntended",
      "effectConfirmed",
      "effectIntended",
      "effectConfirmed",
    ]);
    expect(provider.doubled()).toEqual([]);
    await expectRightTimes();
  });
});
