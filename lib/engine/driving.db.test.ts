import { afterEach, describe, expect, it, vi } from "vitest";
import type { Database } from "#lib/db";
import type { CommandOf } from "#lib/domain/commands";
import { isRejection } from "#lib/domain/rejection";
import { defineWorkflow } from "#lib/domain/workflow";
import { orderFulfilment } from "#lib/domain/workflows/order-fulfilment";
import type { Doubt, EffectAdapter, EffectOutcome, ProbeOutcome } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";
import { encodeBody } from "#lib/log/body";
import { withClient } from "#scripts/embedded-postgres";
import { expectVerified } from "#scripts/testing/verified";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { type AppendCommand, Appender } from "./append";
import { openRuntime, type Runtime } from "./runtime";

const opened: TestWorkspace[] = [];
const fresh = async (options?: Parameters<typeof testWorkspace>[0]) => {
  const workspace = await testWorkspace(options);
  opened.push(workspace);
  return workspace;
};
afterEach(async () => {
  for (const workspace of opened.splice(0)) await workspace.close();
});

/** An order that no person need look at: its customer is known by an earlier one. */
async function passing(workspace: TestWorkspace): Promise<string> {
  await workspace.receive();
  return workspace.receive({ total: { amount: 5_000, currency: "GBP" } });
}

/** Adapters that answer what `answer` says and note every call. */
function scripted(
  calls: string[],
  answer: (key: string) => Promise<EffectOutcome> | EffectOutcome,
): EffectAdapter[] {
  return instantAdapters().map((adapter) => ({
    ...adapter,
    async perform(_input, key) {
      calls.push(key);
      return answer(key);
    },
  }));
}

const typesOf = async (workspace: TestWorkspace, order: string) =>
  (await workspace.log(`order/${order}`)).map(({ type }) => type);

describe("a tick", () => {
  it("fires a rung once with two schedulers, says how late it was, and is done", async () => {
    const workspace = await fresh();
    const other = await workspace.another();
    const orders = [await workspace.receive(), await workspace.receive(), await workspace.receive()];
    expect(await workspace.runtime.tick()).toMatchObject({ escalated: 0, settled: 0, more: false });
    workspace.clock.advance_minutes(125);
    const reports = await Promise.all([workspace.runtime.tick(), other.tick(), workspace.runtime.tick()]);
    expect(reports.reduce((sum, { escalated }) => sum + escalated, 0)).toBe(3);
    expect(Math.max(...reports.map(({ lateBy_ms }) => lateBy_ms))).toBe(5 * 60_000);
    for (const order of orders) {
      const rungs = (await workspace.log(`order/${order}`)).filter(({ type }) => type === "taskEscalated");
      expect(rungs.map(({ data }) => data)).toMatchObject([
        { rung: 1, to: "supervisor", lateBy_ms: 5 * 60_000 },
      ]);
    }
    workspace.clock.advance_minutes(600);
    expect(await other.tick()).toMatchObject({ escalated: 0 });
  });

  it("settles a decision once its 8 s are over, and not before", async () => {
    const workspace = await fresh();
    const other = await workspace.another();
    const order = await workspace.receive();
    await workspace.decide(workspace.person("ana"), order, "approve", { undo_ms: 8_000 });
    workspace.clock.advance_ms(7_999);
    expect(await workspace.runtime.tick()).toMatchObject({ settled: 0 });
    workspace.clock.advance_ms(1);
    const reports = await Promise.all([other.tick(), workspace.runtime.tick()]);
    expect(reports.reduce((sum, { settled }) => sum + settled, 0)).toBe(1);
    await other.dispatcher.idle();
    await workspace.runtime.dispatcher.idle();
    expect((await typesOf(workspace, order)).filter((type) => type === "decisionSettled")).toHaveLength(1);
  });

  it("leaves what another one has claimed until that one's lease is over", async () => {
    const workspace = await fresh();
    const order = await workspace.receive();
    workspace.clock.advance_minutes(121);
    const until = new Date(Date.parse(workspace.clock.now()) + 30_000);
    await withClient(workspace.urls.databaseOwnerUrl, (client) =>
      client.query("UPDATE timer SET claimed_until = $1", [until]),
    );
    expect(await workspace.runtime.tick()).toMatchObject({ escalated: 0 });
    workspace.clock.advance_ms(30_000);
    expect(await workspace.runtime.tick()).toMatchObject({ escalated: 1 });
    expect((await workspace.task(order)).escalated).toBe(true);
  });

  it("tries a failed effect again when it is due, under the same key, by whoever ticks", async () => {
    const calls: string[] = [];
    let up = false;
    const answer = (key: string): EffectOutcome =>
      up ? { kind: "confirmed", receipt: { reference: `R-${key}` } } : { kind: "retryable", reason: "Busy" };
    const workspace = await fresh({ adapters: scripted(calls, answer) });
    const other = await workspace.another(scripted(calls, answer));
    const order = await passing(workspace);
    await workspace.runtime.dispatcher.idle();
    expect(await other.tick()).toMatchObject({ attempted: 0 });
    workspace.clock.advance_ms(1_000);
    await other.tick();
    await other.dispatcher.idle();
    up = true;
    workspace.clock.advance_minutes(1);
    await Promise.all([workspace.runtime.tick(), other.tick()]);
    await Promise.all([workspace.runtime.dispatcher.idle(), other.dispatcher.idle()]);
    const types = await typesOf(workspace, order);
    expect(types.filter((type) => type === "effectAttempted")).toHaveLength(2);
    expect(types.filter((type) => type === "effectConfirmed")).toHaveLength(2);
    expect(new Set(calls).size).toBe(2);
    expect(calls).toHaveLength(4);
  });

  it("in a process without the adapter leaves effects alone, and gives up no attempt of another", async () => {
    const workspace = await fresh({ adapters: scripted([], () => new Promise(() => {})) });
    const without = await workspace.another([]);
    const order = await passing(workspace);
    workspace.clock.advance_minutes(60);
    expect(await without.tick()).toMatchObject({ expired: 0, attempted: 0 });
    expect(Object.values((await workspace.order(order)).effects)[0]).toMatchObject({ status: "ATTEMPTED" });
    const elsewhere = await without.engine.execute(
      { type: "task.claim", order, step: "manual.review", visit: 1 },
      { actor: workspace.person("ada"), source: "test", id: "x" },
    );
    expect(isRejection(elsewhere)).toBe(true);
    opened.splice(opened.indexOf(workspace), 1);
    await workspace.database.$disconnect();
    await workspace.urls.drop();
  });

  it("without any adapter leaves effects INTENDED, and the order goes on once there is one", async () => {
    const workspace = await fresh({ adapters: [] });
    const order = await passing(workspace);
    await workspace.runtime.tick();
    expect(Object.values((await workspace.order(order)).effects)[0]).toMatchObject({
      status: "INTENDED",
      attempts: 0,
    });
    const withAdapters = await workspace.another();
    await withAdapters.tick();
    await withAdapters.dispatcher.idle();
    expect((await workspace.order(order, withAdapters)).status).toBe("completed");
  });
});

describe("an event of a type nobody knows", () => {
  it("stops its stream, names itself, and nothing else stops", async () => {
    const workspace = await fresh();
    const [poisoned, healthy] = [await workspace.receive(), await workspace.receive()];
    await insertUnknown(workspace, `order/${poisoned}`);
    const restarted = await workspace.another();
    workspace.clock.advance_minutes(125);
    expect(await restarted.tick()).toMatchObject({ escalated: 1 });
    const claim = { type: "task.claim" as const, step: "manual.review", visit: 1 };
    const ana = workspace.person("ana");
    const stopped = await workspace.ask(ana, { ...claim, order: poisoned }, undefined, restarted);
    expect(stopped).toMatchObject({ code: "unavailable" });
    expect((stopped as { message: string }).message).toMatch(
      /does not know events of type noteWritten, schema 1/,
    );
    expect(await workspace.ask(ana, { ...claim, order: healthy }, undefined, restarted)).toMatchObject({
      rejected: false,
    });
  });

  it("in a person's stream stops that person, whatever rights came before it", async () => {
    const workspace = await fresh();
    const order = await workspace.receive();
    await insertUnknown(workspace, "person/ana");
    const restarted = await workspace.another();
    const claim = { type: "task.claim" as const, order, step: "manual.review", visit: 1 };
    const before = restarted.engine.transactions;
    expect(await workspace.ask(workspace.person("ana"), claim, undefined, restarted)).toMatchObject({
      code: "unavailable",
    });
    expect(restarted.engine.transactions).toBe(before);
    expect(await workspace.ask(workspace.person("ben"), claim, undefined, restarted)).toMatchObject({
      rejected: false,
    });
  });
});

async function insertUnknown(workspace: TestWorkspace, stream: string): Promise<void> {
  const [head] = await workspace.database.$queryRawUnsafe<{ version: number; leaf: string; next: bigint }[]>(
    `SELECT s.version, encode(s.leaf, 'hex') AS leaf, h.next_pos AS next
     FROM stream_head s JOIN workspace_head h USING (workspace) WHERE s.workspace = $1 AND s.stream = $2`,
    workspace.name,
    stream,
  );
  const now = workspace.clock.now();
  const body = encodeBody({
    v: 1,
    workspace: workspace.name,
    stream,
    version: head!.version + 1,
    prevHash: head!.leaf,
    salt: "0".repeat(32),
    type: "noteWritten",
    schema: 1,
    occurredAt: now,
    recordedAt: now,
    actor: { type: "system", id: "operator" },
    command: { source: "future", id: stream, mac: "c".repeat(64) },
    data: {},
  });
  await withClient(workspace.urls.superuserUrl, async (client) => {
    await client.query(
      `INSERT INTO event (workspace, pos, stream, version, body, type, actor, occurred_at, recorded_at)
       VALUES ($1, $2, $3, $4, convert_to($5, 'UTF8'), 'noteWritten', 'operator', $6, $6)`,
      [workspace.name, head!.next, stream, head!.version + 1, body, now],
    );
    await client.query(
      `UPDATE stream_head s SET version = e.version, leaf = e.leaf FROM event e
       WHERE e.workspace = s.workspace AND e.stream = s.stream AND e.version = s.version + 1 AND s.stream = $1`,
      [stream],
    );
    await client.query("UPDATE workspace_head SET next_pos = next_pos + 1 WHERE workspace = $1", [
      workspace.name,
    ]);
  });
}

describe("a connection that is cut", () => {
  it("under load loses no acknowledged command and doubles none, and the engine goes on", async () => {
    const workspace = await fresh({ adapters: [] });
    const rita = workspace.person("rita");
    const acknowledged: string[] = [];
    let cuts = 0;
    let running = true;
    const cutting = withClient(workspace.urls.superuserUrl, async (client) => {
      while (running) {
        const { rows } = await client.query(
          `SELECT count(pg_terminate_backend(pid))::int AS cut FROM pg_stat_activity
           WHERE datname = current_database() AND usename = 'holdpoint_app'`,
        );
        cuts += rows[0].cut;
        await new Promise((resolve) => setTimeout(resolve, 80));
      }
    });
    const ask = async (n: number) => {
      const command: CommandOf<"order.receive"> = {
        type: "order.receive",
        workflow: "order-fulfilment@1",
        source: "shop",
        businessKey: `cut-${n}`,
        requestedBy: "rita",
        total: { amount: 150_000, currency: "GBP" },
        note: "Handle with care",
      };
      try {
        const result = await workspace.ask(rita, command, `cut-${n}`);
        if (!isRejection(result)) acknowledged.push(`cut-${n}`);
      } catch {
        // Not acknowledged: it may be in the log or not, but not twice.
      }
    };
    for (let round = 0; round < 6; round++)
      await Promise.all(Array.from({ length: 25 }, (_, n) => ask(round * 25 + n)));
    running = false;
    await cutting;
    expect(cuts).toBeGreaterThan(3);
    expect(acknowledged.length).toBeGreaterThan(20);

    const rows = await workspace.database.$queryRawUnsafe<{ id: string }[]>(
      "SELECT convert_from(body, 'UTF8')::jsonb #>> '{command,id}' AS id FROM event WHERE type = 'orderReceived'",
    );
    const received = rows.map(({ id }) => id);
    expect(new Set(received).size).toBe(received.length);
    expect(acknowledged.filter((id) => !received.includes(id))).toEqual([]);
    await workspace.receive();
    await expectVerified(workspace);
  });

  const attempt = (workspace: TestWorkspace, salt: string): AppendCommand => {
    const now = workspace.clock.now();
    const [source, id, mac] = ["attempt", "key/2", "c".repeat(64)];
    const body = encodeBody({
      v: 1,
      workspace: workspace.name,
      stream: "policy/attempts",
      version: 1,
      prevHash: null,
      salt: salt.repeat(32),
      type: "policyPublished",
      schema: 1,
      occurredAt: now,
      recordedAt: now,
      actor: { type: "system", id: "timer" },
      command: { source, id, mac },
      data: {},
    });
    return {
      source,
      id,
      mac,
      stream: "policy/attempts",
      base: 0,
      opening: `${body.slice(0, body.indexOf(',"data":'))}}`,
      occurredAt: now,
      recordedAt: now,
      events: [{ type: "policyPublished", schema: 1, body }],
      guards: [],
      subjectKey: null,
    };
  };
  const noRows = () => Array<null>(6).fill(null);
  const withPool = (
    { database }: TestWorkspace,
    query: (query: { name: string; text: string; values: unknown[] }) => Promise<never>,
  ) => Object.create(database, { pool: { value: { query } } }) as Database;

  it("does not make another process's same command its own", async () => {
    const workspace = await fresh();
    const cut = withPool(workspace, async (query) => {
      await new Appender(workspace.database, workspace.name).append([attempt(workspace, "b")], noRows);
      throw new Error(`Connection terminated unexpectedly before ${query.name}`);
    });
    const verdicts = await new Appender(cut, workspace.name).append([attempt(workspace, "a")], noRows);
    expect(verdicts).toMatchObject([{ kind: "known", firstVersion: 1 }]);
  });

  it("recognises what it wrote itself before the answer was lost", async () => {
    const workspace = await fresh();
    const cut = withPool(workspace, async (query) => {
      await workspace.database.pool.query(query);
      throw new Error("Connection terminated unexpectedly");
    });
    const verdicts = await new Appender(cut, workspace.name).append([attempt(workspace, "a")], noRows);
    expect(verdicts).toEqual([{ kind: "written", firstPos: null }]);
  });
});

describe("an outside that cannot be trusted with a key", () => {
  const answering = (doubt: Doubt, answers: EffectOutcome[], more: Partial<EffectAdapter> = {}) =>
    instantAdapters().map((adapter) => ({
      ...adapter,
      doubt,
      ...more,
      perform: async () => answers.shift() ?? { kind: "inDoubt" as const, reason: "The connection broke" },
    }));
  const onWay = async (workspace: TestWorkspace, order: string, minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      workspace.clock.advance_minutes(1);
      await workspace.runtime.tick();
      await workspace.runtime.dispatcher.idle();
    }
    return typesOf(workspace, order);
  };

  it("is asked what became of a lost answer, and not for the work again", async () => {
    const probes: string[] = [];
    const found: ProbeOutcome[] = [
      { kind: "unknown", reason: "503" },
      { kind: "confirmed", receipt: { reference: "T-1" } },
    ];
    const probe = async (_input: object, key: string) => {
      probes.push(key);
      return found.shift() ?? { kind: "unknown" as const, reason: "Nobody asks any more" };
    };
    const workspace = await fresh({ adapters: answering({ kind: "probe", lag_ms: 60_000, probe }, []) });
    const order = await passing(workspace);
    await workspace.runtime.dispatcher.idle();
    const types = await onWay(workspace, order, 6);
    expect(types.slice(2, 7)).toEqual([
      "effectIntended",
      "effectDoubted",
      "effectDoubted",
      "effectConfirmed",
      "effectIntended",
    ]);
    const [key] = Object.keys((await workspace.order(order)).effects);
    expect(probes.slice(0, 2)).toEqual([key, key]);
    await expectVerified(workspace);
  });

  it("that knows nothing of it is sent the same key again", async () => {
    const probe = async () => ({ kind: "absent" as const });
    const done: EffectOutcome = { kind: "confirmed", receipt: { reference: "T-1" } };
    const lost: EffectOutcome = { kind: "inDoubt", reason: "The connection broke" };
    const adapters = answering({ kind: "probe", lag_ms: 1_000, probe }, [lost, done, done]);
    const workspace = await fresh({ adapters });
    const order = await passing(workspace);
    await workspace.runtime.dispatcher.idle();
    const types = await onWay(workspace, order, 4);
    expect(types.slice(2)).toEqual([
      "effectIntended",
      "effectDoubted",
      "effectFailed",
      "effectAttempted",
      "effectConfirmed",
      "effectIntended",
      "effectConfirmed",
    ]);
    await expectVerified(workspace);
  });

  it("that can neither be asked nor trusted leaves it to a supervisor, who has it done anew under a key of its own", async () => {
    const workspace = await fresh({ adapters: answering({ kind: "neither" }, []) });
    const order = await passing(workspace);
    await workspace.runtime.dispatcher.idle();
    expect((await onWay(workspace, order, 30)).slice(2)).toEqual([
      "effectIntended",
      "effectDoubted",
      "orderNeedsAttention",
    ]);
    const [key] = Object.keys((await workspace.order(order)).effects) as [string];
    const settled = await workspace.ask(workspace.person("sam"), {
      type: "effect.settle",
      order,
      key,
      attempt: 1,
      finding: { kind: "notDone", issueAgain: true },
      reason: "Rang the depot",
    });
    expect(settled).toMatchObject({ rejected: false });
    await workspace.runtime.dispatcher.idle();
    const { effects } = await workspace.order(order);
    expect(Object.values(effects)).toMatchObject([
      { key, issue: 1, status: "OBSOLETE" },
      { issue: 2, status: "IN_DOUBT" },
    ]);
    await expectVerified(workspace);
  });

  it("and promises an answer that does not come is asked again when it is overdue", async () => {
    const later: EffectOutcome = { kind: "pending", reference: "P-1" };
    const done: EffectOutcome = { kind: "confirmed", receipt: { reference: "T-1" } };
    const adapters = answering({ kind: "honoursKey", keyRetention_ms: 86_400_000 }, [later, done, done], {
      answersWithin_ms: 600_000,
    });
    const workspace = await fresh({ adapters });
    const order = await passing(workspace);
    await workspace.runtime.dispatcher.idle();
    expect((await onWay(workspace, order, 9)).slice(2)).toEqual(["effectIntended", "effectPending"]);
    expect((await onWay(workspace, order, 5)).slice(4)).toEqual([
      "effectDoubted",
      "effectAttempted",
      "effectConfirmed",
      "effectIntended",
      "effectConfirmed",
    ]);
    await expectVerified(workspace);
  });
});

describe("an outside that does not answer", () => {
  /** Of one known customer, and no two alike. */
  const different = (workspace: TestWorkspace, n: number) =>
    workspace.receive({ total: { amount: 5_000 + n, currency: "GBP" } });

  it("is left alone after five calls, tried again with one, and then gets all that waited", async () => {
    const calls: string[] = [];
    let away = true;
    const workspace = await fresh({
      adapters: scripted(calls, (key) =>
        away
          ? { kind: "retryable", reason: "Connection refused" }
          : { kind: "confirmed", receipt: { reference: `T-${key.slice(0, 8)}` } },
      ),
    });
    const { dispatcher } = workspace.runtime;
    await workspace.receive();
    const orders: string[] = [];
    for (let n = 0; n < 12; n++) {
      orders.push(await different(workspace, n));
      await dispatcher.idle();
    }
    expect(calls).toHaveLength(5);
    expect(dispatcher.lanes()).toMatchObject([{ effect: "carrier.dispatch", standing: "cooling" }]);
    // Still away: one call finds out, and no order is worse off for having waited.
    workspace.clock.advance_ms(6_000);
    await workspace.runtime.tick();
    await dispatcher.idle();
    expect(calls).toHaveLength(6);
    away = false;
    workspace.clock.advance_ms(11_000);
    for (let n = 0; n < 20; n++) {
      await workspace.runtime.tick();
      await dispatcher.idle();
      workspace.clock.advance_ms(1_000);
    }
    for (const order of orders) expect(await workspace.order(order)).toMatchObject({ status: "completed" });
    await expectVerified(workspace);
  });

  it("is called no faster than it can take", async () => {
    const calls: string[] = [];
    const slow = scripted(calls, () => ({ kind: "rejected", reason: "Unknown address" })).map((adapter) => ({
      ...adapter,
      calls_per_second_max: 3,
    }));
    const workspace = await fresh({ adapters: slow });
    await workspace.receive();
    await Promise.all(Array.from({ length: 10 }, (_, n) => different(workspace, n)));
    await workspace.runtime.dispatcher.idle();
    expect(calls).toHaveLength(3);
    for (const total of [6, 9, 10]) {
      workspace.clock.advance_ms(1_000);
      await workspace.runtime.tick();
      await workspace.runtime.dispatcher.idle();
      expect(calls).toHaveLength(total);
    }
  });
});

describe("a definition", () => {
  const open = (
    workspace: TestWorkspace,
    definitions: Parameters<typeof openRuntime>[0]["definitions"],
  ): Runtime =>
    openRuntime({
      database: workspace.database,
      keys: workspace.keys,
      clock: workspace.clock,
      adapters: { byName: new Map(), missing: "not in this test" },
      definitions,
    });
  const { hash: _, ...content } = orderFulfilment;
  const changed = (more: object) => defineWorkflow({ ...content, ...more } as never);

  it("that drifted from the one published under its name and version refuses to start", async () => {
    const workspace = await fresh();
    await expect(open(workspace, [changed({ title: "Quietly another" })]).publish()).rejects.toThrow(
      /order-fulfilment@1 was published with another content/,
    );
    await open(workspace, [orderFulfilment]).publish();
    await open(workspace, [orderFulfilment, changed({ title: "Another", version: 2 })]).publish();
  });

  it("that does not hold, or sends what nobody described, refuses to start", async () => {
    const workspace = await fresh();
    const retry = { attempts_max: 1, first_ms: 1, longest_ms: 1 };
    const steps = {
      send: { kind: "effect", effect: "carrier.teleport", to: "gone", retry },
      end: { kind: "end", outcome: "completed" },
    };
    expect(() => open(workspace, [changed({ start: "send", steps })])).toThrow(
      /gone: is named but not defined[\s\S]*nothing says what the effect carrier.teleport sends/,
    );
  });
});

describe("the engine of a process", () => {
  it("is one, however many bundles ask for it: what they ask shares one queue", async () => {
    const workspace = await fresh();
    vi.stubEnv("DATABASE_URL", workspace.urls.databaseUrl);
    vi.stubEnv("HOLDPOINT_WORKSPACE", "singleton");
    vi.stubEnv("HOLDPOINT_WORKSPACE_KEY", Buffer.alloc(32, 1).toString("base64"));
    vi.stubEnv("HOLDPOINT_IDENTITY_KEY", Buffer.alloc(32, 2).toString("base64"));
    await withClient(workspace.urls.databaseOwnerUrl, (client) =>
      client.query("INSERT INTO workspace_head (workspace) VALUES ('singleton')"),
    );
    const bundles = [];
    for (let n = 0; n < 3; n++) {
      vi.resetModules();
      bundles.push(await import("./process"));
    }
    const processes = await Promise.all(bundles.map(({ engineProcess }) => engineProcess()));
    expect(new Set(bundles).size).toBe(3);
    expect(new Set(processes.map(({ runtime }) => runtime.engine)).size).toBe(1);
    await processes[0]!.runtime.stop();
    const { database } = await import("../db");
    await database().$disconnect();
    vi.unstubAllEnvs();
  });
});
