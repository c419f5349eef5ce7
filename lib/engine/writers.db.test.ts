import { createHash, randomBytes, randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { mintActor } from "#lib/domain/authority";
import type { CommandOf } from "#lib/domain/commands";
import { evidenceOf, type OrderState } from "#lib/domain/order";
import { isRejection } from "#lib/domain/rejection";
import { workflows } from "#lib/domain/workflows/registry";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { commandKey } from "./append";
import { openRuntime } from "./runtime";

const opened: TestWorkspace[] = [];
const fresh = async (options?: Parameters<typeof testWorkspace>[0]) => {
  const workspace = await testWorkspace(options);
  opened.push(workspace);
  return workspace;
};
afterEach(async () => {
  for (const workspace of opened.splice(0)) await workspace.close();
});

/** Positions and versions without gaps, each event chained to the one before, each command's events in one piece. */
async function expectSound(workspace: TestWorkspace): Promise<void> {
  const rows = await workspace.database.$queryRawUnsafe<
    { pos: bigint; stream: string; version: number; body: Uint8Array }[]
  >("SELECT pos, stream, version, body FROM event WHERE workspace = $1 ORDER BY pos", workspace.name);
  expect(rows.map(({ pos }) => Number(pos))).toEqual(rows.map((_, n) => n));
  const heads = new Map<string, { version: number; leaf: string }>();
  const written = new Map<string, number>();
  for (const { stream, version, body } of rows) {
    const before = heads.get(stream);
    const { prevHash, command } = JSON.parse(Buffer.from(body).toString("utf8"));
    expect(version).toBe((before?.version ?? 0) + 1);
    expect(prevHash).toBe(before?.leaf ?? null);
    heads.set(stream, { version, leaf: createHash("sha256").update("\u0000").update(body).digest("hex") });
    written.set(commandKey(command), (written.get(commandKey(command)) ?? 0) + 1);
  }
  const commands = await workspace.database.$queryRawUnsafe<{ source: string; id: string; count: number }[]>(
    "SELECT source, id, count FROM command WHERE workspace = $1",
    workspace.name,
  );
  expect(new Map(commands.map((command) => [commandKey(command), command.count]))).toEqual(written);
  const held = await workspace.database.$queryRawUnsafe<{ stream: string; version: number; leaf: string }[]>(
    "SELECT stream, version, encode(leaf, 'hex') AS leaf FROM stream_head WHERE workspace = $1",
    workspace.name,
  );
  expect(new Map(held.map(({ stream, ...head }) => [stream, head]))).toEqual(heads);
}

function verdictOn(order: OrderState, verdict: string): CommandOf<"task.decide"> {
  return {
    type: "task.decide",
    order: order.id,
    step: "manual.review",
    visit: 1,
    verdict,
    evidence: evidenceOf(order, "manual.review"),
    undo_ms: 8_000,
  };
}

describe("two writers", () => {
  it("of one task: one wins, the other is told who did, and of two verdicts exactly one is in the log", async () => {
    const workspace = await fresh();
    const other = await workspace.another();
    for (let round = 0; round < 12; round++) {
      const id = await workspace.receive();
      const seen = await workspace.order(id);
      // Both processes have the order in memory as it is before either decides.
      expect(await workspace.order(id, other)).toEqual(seen);
      const results = await Promise.all([
        workspace.ask(workspace.person("ana"), verdictOn(seen, "approve")),
        workspace.ask(workspace.person("ben"), verdictOn(seen, "reject"), undefined, other),
        workspace.ask(workspace.person("ben"), verdictOn(seen, "reject")),
        workspace.ask(workspace.person("ana"), verdictOn(seen, "approve"), undefined, other),
      ]);
      expect(results.filter((result) => !isRejection(result))).toHaveLength(1);
      for (const loser of results.filter(isRejection)) {
        expect(["stale", "wrongState"]).toContain(loser.code);
        expect(loser.authority).toBeUndefined();
      }
      const decisions = (await workspace.log(`order/${id}`)).filter(({ type }) => type === "decisionMade");
      expect(decisions).toHaveLength(1);
    }
    expect(await workspace.log("access/ana")).toEqual([]);
    await expectSound(workspace);
  });

  it("of many orders: everything both were told is written is there, once, and nobody fails", async () => {
    const workspace = await fresh();
    const other = await workspace.another();
    const rita = workspace.person("rita");
    const results = await Promise.all(
      Array.from({ length: 120 }, (_, n) =>
        workspace.ask(
          rita,
          {
            type: "order.receive",
            workflow: "order-fulfilment@1",
            source: "shop",
            // Every third key comes twice, from the two processes.
            businessKey: `order-${n - (n % 3 === 2 ? 1 : 0)}`,
            requestedBy: "rita",
            total: { amount: 150_000, currency: "GBP" },
            customer: { reference: "17850" },
          },
          `order-${n}`,
          n % 2 === 0 ? workspace.runtime : other,
        ),
      ),
    );
    for (const result of results) if (isRejection(result)) expect(result.code).toBe("alreadyReceived");
    expect(results.filter((result) => !isRejection(result))).toHaveLength(80);
    await expectSound(workspace);
  });
});

describe("a process that remembers what another one has changed", () => {
  it("reads a stream's events and its key as of one moment, while another one is writing both", async () => {
    const workspace = await fresh();
    const [rita, businessKey] = [workspace.person("rita"), "meanwhile"];
    const order = {
      type: "order.receive",
      workflow: "order-fulfilment@1",
      source: "shop",
      businessKey,
      requestedBy: "rita",
      total: { amount: 150_000, currency: "GBP" },
      customer: { reference: "17850" },
    } as const;
    let written: Promise<unknown> = Promise.resolve();
    // A statement about the events alone runs after the order was written, one about the keys before it; none is answered before.
    const database = new Proxy(workspace.database, {
      get(target, member) {
        const value = Reflect.get(target, member, target);
        if (member !== "$queryRawUnsafe") return typeof value === "function" ? value.bind(target) : value;
        return async (text: string, ...values: unknown[]) => {
          if (/FROM event\b/.test(text) && !/FROM subject_key\b/.test(text)) await written;
          const rows = await target.$queryRawUnsafe(text, ...values);
          await written;
          return rows;
        };
      },
    });
    const slow = openRuntime({
      database,
      keys: workspace.keys,
      clock: workspace.clock,
      adapters: { byName: new Map(), missing: "not in this test" },
      definitions: workflows,
      randomBytes,
    });
    const late = workspace.ask(rita, order, "second", slow);
    written = workspace.ask(rita, order, "first");
    expect(await written).toMatchObject({ rejected: false });
    expect(await late).toMatchObject({ code: "alreadyReceived" });
  });

  it("refuses nothing for what was true only before", async () => {
    const workspace = await fresh();
    const other = await workspace.another();
    const id = await workspace.receive();
    const [ana, ben] = [workspace.person("ana"), workspace.person("ben")];
    const task = { order: id, step: "manual.review", visit: 1 };
    await workspace.ask(ana, { type: "task.claim", ...task }, undefined, other);
    expect((await workspace.order(id, other)).tasks["manual.review#1"]?.owner).toBe("ana");
    await workspace.ask(ana, { type: "task.release", ...task });
    expect(await workspace.ask(ben, { type: "task.claim", ...task }, undefined, other)).toMatchObject({
      rejected: false,
    });
  });

  it("knows a role from the moment it was given, and an order from the moment it was received", async () => {
    const workspace = await fresh();
    const other = await workspace.another();
    const ada = workspace.person("ada");
    const businessKey = "later";
    const id = workspace.runtime.engine.orderId("test", businessKey);
    const claim = { type: "task.claim", order: id, step: "manual.review", visit: 1 } as const;
    expect(await workspace.ask(ada, claim, undefined, other)).toMatchObject({ code: "notFound" });
    await workspace.receive({ businessKey });
    expect(await workspace.ask(ada, claim, undefined, other)).toMatchObject({ authority: "role" });
    await workspace.ask(workspace.person("root"), { type: "person.grant", person: "ada", role: "reviewer" });
    expect(await workspace.ask(ada, claim, undefined, other)).toMatchObject({ rejected: false });
  });

  it("amends an order it had only ever missed", async () => {
    const workspace = await fresh();
    const other = await workspace.another();
    const businessKey = "amended-elsewhere";
    const id = workspace.runtime.engine.orderId("test", businessKey);
    const rita = workspace.person("rita");
    const cancel = { type: "order.cancel", order: id, reason: "Not there yet" } as const;
    expect(await workspace.ask(rita, cancel, undefined, other)).toMatchObject({ code: "notFound" });
    await workspace.receive({ businessKey });
    await workspace.decide(workspace.person("ana"), id, "sendBack", { note: "Which?" });
    expect(
      await workspace.ask(
        rita,
        { type: "order.amend", order: id, total: { amount: 7, currency: "GBP" } },
        undefined,
        other,
      ),
    ).toMatchObject({ rejected: false });
  });

  it("settles a decision the other one was stopped before settling", async () => {
    const workspace = await fresh();
    const other = await workspace.another();
    const id = await workspace.receive();
    expect((await workspace.order(id, other)).tasks["manual.review#1"]?.status).toBe("READY");
    await workspace.decide(workspace.person("ana"), id, "reject", { undo_ms: 8_000 });
    workspace.clock.advance_ms(8_000);
    expect(await other.tick()).toMatchObject({ settled: 1, lateBy_ms: 0 });
    expect((await workspace.order(id, other)).status).toBe("rejected");
  });
});

describe("a right that is taken away", () => {
  it("by another process before the verdict is written refuses the verdict, and the refusal is on record", async () => {
    const workspace = await fresh();
    const other = await workspace.another();
    const id = await workspace.receive();
    const ana = workspace.person("ana");
    await workspace.ask(ana, { type: "task.claim", order: id, step: "manual.review", visit: 1 });
    const operator = workspace.person("root");
    await workspace.ask(
      operator,
      { type: "person.revoke", person: "ana", role: "reviewer" },
      undefined,
      other,
    );
    expect(await workspace.decide(ana, id, "approve")).toMatchObject({ authority: "role" });
    expect((await workspace.log(`order/${id}`)).map(({ type }) => type)).not.toContain("decisionMade");
    expect((await workspace.log("access/ana")).map(({ type }) => type)).toEqual(["accessRefused"]);
  });

  it("in the same batch as the verdict refuses it, in whichever order they are written", async () => {
    const workspace = await fresh();
    const root = workspace.person("root");
    for (let round = 0; round < 6; round++) {
      const id = await workspace.receive();
      const verdict = verdictOn(await workspace.order(id), "reject");
      const [, decided] = await Promise.all([
        workspace.ask(root, { type: "person.revoke", person: "ana", role: "reviewer" }),
        workspace.ask(workspace.person("ana"), verdict),
      ]);
      const log = await workspace.log();
      const revokedAt = log.findLast(({ type }) => type === "roleRevoked")!.pos;
      const decidedAt = log.find(
        ({ stream, type }) => stream === `order/${id}` && type === "decisionMade",
      )?.pos;
      if (isRejection(decided)) expect(decided.authority).toBe("role");
      else expect(decidedAt).toBeLessThan(revokedAt);
      await workspace.ask(root, { type: "person.grant", person: "ana", role: "reviewer" });
    }
  });

  it("at the very version this process is about to write itself is gone all the same", async () => {
    const workspace = await fresh();
    const other = await workspace.another();
    const root = workspace.person("root");
    // This process knows rita as she was before the other one disables her.
    await workspace.receive();
    await workspace.ask(root, { type: "person.disable", person: "rita" }, undefined, other);
    const [granted, received] = await Promise.all([
      workspace.ask(root, { type: "person.grant", person: "rita", role: "supervisor" }),
      workspace.receive({ businessKey: "late" }).catch((error) => error),
    ]);
    expect(granted).toMatchObject({ rejected: false, firstVersion: 3 });
    expect(received).toMatchObject({ message: expect.stringContaining("disabled") });
    expect((await workspace.log("access/rita")).map(({ type }) => type)).toEqual(["accessRefused"]);
    await expectSound(workspace);
  });

  it("with an API key ends what the key may do, also for whoever was let in with it before", async () => {
    const workspace = await fresh();
    const root = workspace.person("root");
    await workspace.ask(root, { type: "apiKey.create", person: "rita", apiKey: "shop" });
    const key = { ...workspace.person("rita"), type: "apiKey" as const, id: "shop" };
    const shop = mintActor({ ...key, account: undefined, session: undefined });
    const receive = (businessKey: string) => ({
      type: "order.receive" as const,
      workflow: "order-fulfilment@1",
      source: "shop",
      businessKey,
      requestedBy: "rita",
      total: { amount: 5, currency: "GBP" as const },
    });
    expect(await workspace.ask(shop, receive("1"))).toMatchObject({ rejected: false });
    await workspace.ask(root, { type: "apiKey.revoke", person: "rita", apiKey: "shop" });
    expect(await workspace.ask(shop, receive("2"))).toMatchObject({ authority: "disabled" });
  });
});

describe("one batch", () => {
  it("carries what many ask at once in far fewer transactions than there are commands", async () => {
    const workspace = await fresh();
    const cold = await workspace.another();
    const before = cold.engine.transactions;
    const results = await Promise.all(
      Array.from({ length: 200 }, () =>
        workspace.ask(
          workspace.person("rita"),
          {
            type: "order.receive",
            workflow: "order-fulfilment@1",
            source: "shop",
            businessKey: randomUUID(),
            requestedBy: "rita",
            total: { amount: 150_000, currency: "GBP" },
            customer: { reference: "17850" },
          },
          undefined,
          cold,
        ),
      ),
    );
    expect(results.filter(isRejection)).toEqual([]);
    expect(cold.engine.transactions - before).toBeLessThanOrEqual(20);
    await expectSound(workspace);
  });

  it("makes a person and grants a role together, though both carry what only the first can", async () => {
    const workspace = await fresh();
    const root = workspace.person("root");
    const [added, granted] = await Promise.all([
      workspace.ask(root, {
        type: "person.add",
        person: "new",
        name: "New",
        email: "new@example.org",
        roles: ["reviewer"],
      }),
      workspace.ask(root, { type: "person.grant", person: "new", role: "supervisor" }),
    ]);
    expect([added, granted]).toMatchObject([{ rejected: false }, { rejected: false }]);
    await expectSound(workspace);
  });

  it("in which one command fails by a fault carries the others, and the stream of the fault goes on", async () => {
    const workspace = await fresh();
    let faultAt = Number.POSITIVE_INFINITY;
    const faulty = openRuntime({
      database: workspace.database,
      keys: workspace.keys,
      clock: workspace.clock,
      adapters: { byName: new Map(), missing: "not in this test" },
      definitions: workflows,
      randomBytes(count) {
        if (--faultAt === 0) throw new Error("no randomness left");
        return randomBytes(count);
      },
    });
    const id = await workspace.receive();
    const task = { order: id, step: "manual.review", visit: 1 };
    const ana = workspace.person("ana");
    await workspace.order(id, faulty);
    faultAt = 2;
    const [claimed, failed] = await Promise.allSettled([
      workspace.ask(ana, { type: "task.claim", ...task }, undefined, faulty),
      workspace.ask(ana, { type: "task.release", ...task }, undefined, faulty),
    ]);
    expect(claimed).toMatchObject({ value: { rejected: false } });
    expect(failed).toMatchObject({ status: "rejected", reason: { message: "no randomness left" } });
    expect(
      await workspace.ask(ana, verdictOn(await workspace.order(id, faulty), "approve"), undefined, faulty),
    ).toMatchObject({ rejected: false });
    await expectSound(workspace);
  });
});
