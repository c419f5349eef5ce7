import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { openDatabase } from "#lib/db";
import type { CommandOf } from "#lib/domain/commands";
import { isRejection } from "#lib/domain/rejection";
import { workflows } from "#lib/domain/workflows/registry";
import { readiness } from "#lib/queries/health";
import { type Cluster, ensureDatabase, startCluster, withClient } from "#scripts/embedded-postgres";
import { migrate } from "#scripts/migrations";
import { startThrowawayCluster } from "#scripts/testing/cluster";
import { FaultProxy } from "#scripts/testing/fault-proxy";
import { RepeatingProvider } from "#scripts/testing/repeating-provider";
import { until } from "#scripts/testing/until";
import { expectVerified } from "#scripts/testing/verified";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { type Driver, startDriver, type Told } from "./driver";
import { openRuntime } from "./runtime";

/** A database that is killed, falls silent, or takes no writes: what is true afterwards, and who has to do something. */
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function fresh(options?: Parameters<typeof testWorkspace>[0]): Promise<TestWorkspace> {
  const workspace = await testWorkspace(options);
  opened.push(() => workspace.close());
  return workspace;
}

/** Drives the workspace as the console does, and keeps what it said. */
function driven({ runtime, urls }: TestWorkspace): { driver: Driver; told: Told[] } {
  const told: Told[] = [];
  const driver = startDriver(runtime, urls.databaseUrl, (one) => told.push(one));
  opened.push(() => driver.stop());
  return { driver, told };
}

const troubles = (told: Told[]) => told.flatMap((one) => (one.what === "trouble" ? [one.during] : []));

/** An order that goes on without a person: its customer is known. */
function order(businessKey: string): CommandOf<"order.receive"> {
  return {
    type: "order.receive",
    workflow: "order-fulfilment@1",
    source: "shop",
    businessKey,
    requestedBy: "rita",
    // No two of them are alike.
    total: { amount: 5_000 + Number(businessKey.split("-")[1]), currency: "GBP" },
    customer: { reference: "17850" },
  };
}

const received = async (workspace: TestWorkspace): Promise<string[]> =>
  (
    await workspace.database.$queryRawUnsafe<{ id: string }[]>(
      "SELECT convert_from(body, 'UTF8')::jsonb #>> '{command,id}' AS id FROM event WHERE type = 'orderReceived'",
    )
  ).map(({ id }) => id);

async function openOrders({ database }: TestWorkspace): Promise<number> {
  const [open] = await database.$queryRawUnsafe<{ count: number }[]>(
    "SELECT count(*)::int AS count FROM orders WHERE status <> 'completed'",
  );
  return open!.count;
}

describe("PostgreSQL killed under load and started again", () => {
  it("has everything that was acknowledged, and the engine goes on by itself", async () => {
    const cluster = await startThrowawayCluster({}, true);
    let server: Cluster = cluster;
    const urls = await ensureDatabase(cluster, "holdpoint").catch(async (error) => {
      await cluster.discard();
      throw error;
    });
    await migrate(urls.databaseOwnerUrl);
    const provider = new RepeatingProvider();
    const superuserUrl = cluster.superuserUrl("holdpoint");
    const workspace = await fresh({
      urls: { ...urls, superuserUrl, drop: () => cluster.discard() },
      adapters: provider.adapters(),
    });
    await workspace.receive();
    const { driver, told } = driven(workspace);
    let heard = 0;
    driver.subscribe(() => {
      heard++;
    });

    const acknowledged: string[] = [];
    const unanswered: string[] = [];
    let running = true;
    let next = 0;
    const clients = Array.from({ length: 16 }, async () => {
      while (running) {
        const id = `load-${next++}`;
        try {
          const result = await workspace.ask(workspace.person("rita"), order(id), id);
          if (isRejection(result)) throw new Error(result.message);
          acknowledged.push(id);
        } catch {
          unanswered.push(id);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    });
    const kills = 2;
    for (let kill = 1; kill <= kills; kill++) {
      const before = acknowledged.length;
      await until("orders are acknowledged", () => acknowledged.length > before + 40);
      await server.stop("immediate");
      await until("nobody is answered", () => unanswered.length >= 16 * kill);
      await until("the scheduler notices", () =>
        troubles(told).includes("the scheduler failed and tries again"),
      );
      const { dataDirectory, port } = cluster;
      server = await startCluster({ dataDirectory, port, fsync: true });
    }
    const after = acknowledged.length;
    const heardBefore = heard;
    await until("orders are acknowledged again", () => acknowledged.length > after + 40);
    await until("the driver is notified again", () => heard > heardBefore);
    running = false;
    await Promise.all(clients);
    // It was no orderly stop: the server had to recover from its own log, each time.
    const said = readFileSync(`${cluster.dataDirectory}.log`, "utf8");
    expect(said.match(/automatic recovery in progress/g)).toHaveLength(kills);

    const log = await received(workspace);
    expect(new Set(log).size).toBe(log.length);
    expect(acknowledged.filter((id) => !log.includes(id))).toEqual([]);
    // Who was not answered asks again under the same id.
    const again = await Promise.all(
      unanswered.map((id) => workspace.ask(workspace.person("rita"), order(id), id)),
    );
    expect(again.filter(isRejection)).toEqual([]);
    expect((await received(workspace)).length).toBe(acknowledged.length + unanswered.length + 1);

    // The driver alone brings every order to its end: the clock moves, and nobody calls anything.
    await until("every order is completed", async () => {
      workspace.clock.advance_ms(1_000);
      // The customer's first order waits for a person.
      return (await openOrders(workspace)) === 1;
    });
    expect(provider.doubled()).toEqual([]);
    await expectVerified(workspace);
  }, 120_000);
});

describe("COMMIT answered by silence", () => {
  const silence_ms_max = 400;

  /** A process that reaches the database by way of a proxy, with everything in memory that a claim needs. */
  async function listening(workspace: TestWorkspace, orders: string[]) {
    const proxy = await FaultProxy.open(workspace.urls.databaseUrl);
    const database = openDatabase(proxy.through(workspace.urls.databaseUrl), 10, silence_ms_max);
    const runtime = openRuntime({
      database,
      keys: workspace.keys,
      clock: workspace.clock,
      adapters: { byName: new Map(), missing: "not in this test" },
      definitions: workflows,
    });
    opened.push(async () => {
      await runtime.stop();
      await database.$disconnect();
      await proxy.close();
    });
    const ask = (type: "task.claim" | "task.release", id: string) =>
      workspace.ask(
        workspace.person("ana"),
        { type, order: id, step: "manual.review", visit: 1 },
        `${type}/${id}`,
        runtime,
      );
    for (const id of orders) expect(await ask("task.claim", id)).toMatchObject({ repeated: false });
    return { proxy, ask };
  }

  const releases = async (workspace: TestWorkspace) =>
    (await workspace.log()).filter(({ type }) => type === "taskReleased").length;

  it.each([1, 5])("has %i commands looked up: each is answered as done, and was done once", async (count) => {
    const workspace = await fresh();
    const orders = await Promise.all(Array.from({ length: count }, () => workspace.receive()));
    const { proxy, ask } = await listening(workspace, orders);
    const silence = proxy.arm("delayAnswer");
    const asked = Promise.all(orders.map((id) => ask("task.release", id)));
    // The server has committed and answered; nobody hears it, and the connection stays open.
    await silence;
    expect(await releases(workspace)).toBe(orders.length);
    for (const result of await asked)
      expect(result).toMatchObject({ rejected: false, repeated: false, count: 1 });
    expect(await releases(workspace)).toBe(orders.length);
    expect(await ask("task.claim", orders[0]!)).toMatchObject({ repeated: true });
    await expectVerified(workspace);
  });

  it("that is only late: who was told nothing asks again, and it was done once", async () => {
    const workspace = await fresh();
    const id = await workspace.receive();
    const { ask } = await listening(workspace, [id]);
    await withClient(workspace.urls.databaseOwnerUrl, async (client) => {
      // Whoever holds the head holds up every append, and so the answer to it.
      await client.query("BEGIN; SELECT FROM workspace_head FOR UPDATE");
      await expect(ask("task.release", id)).rejects.toThrow(/timeout/);
      expect(await releases(workspace)).toBe(0);
      await client.query("COMMIT");
    });
    await until("the late append is written", async () => (await releases(workspace)) === 1);
    expect(await ask("task.release", id)).toMatchObject({ rejected: false, repeated: true });
    expect(await releases(workspace)).toBe(1);
    await expectVerified(workspace);
  });
});

describe("a database that takes no writes", () => {
  async function setReadOnly({ urls }: TestWorkspace, readOnly: boolean): Promise<void> {
    await withClient(urls.superuserUrl, async (client) => {
      const setting = `DATABASE ${client.escapeIdentifier(client.database!)} SET default_transaction_read_only`;
      await client.query("SET default_transaction_read_only = off");
      await client.query(`ALTER ${setting} = ${readOnly ? "on" : "off"}`);
      // It holds for sessions that begin after it. What is open now is cut when it begins, and not when it ends.
      if (!readOnly) return;
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = 'holdpoint_app'",
        [client.database],
      );
    });
  }

  it("has every command refused in words, nothing begun, and goes on by itself once it takes them again", async () => {
    const provider = new RepeatingProvider();
    const workspace = await fresh({ adapters: provider.adapters() });
    const { told } = driven(workspace);
    const [rita, ana] = [workspace.person("rita"), workspace.person("ana")];
    const decided = await workspace.receive();
    await workspace.decide(ana, decided, "approve", { undo_ms: 8_000 });
    const ids = Array.from({ length: 12 }, (_, n) => `order-${n}`);
    expect(await readiness(workspace.database, workspace.name)).toMatchObject({ writable: true });

    const before = (await workspace.log()).length;
    await setReadOnly(workspace, true);
    await until("no connection is left that was cut", async () => {
      const asked = Array.from({ length: 10 }, () => readiness(workspace.database, workspace.name));
      return (await Promise.all(asked)).every((state) => state.ready && !state.writable);
    });
    const refused = await Promise.all(ids.map((id) => workspace.ask(rita, order(id), id)));
    for (const result of refused)
      expect(result).toMatchObject({
        code: "unavailable",
        message: "The database takes no writes at the moment, so nothing was done. Try again later.",
      });
    expect(await readiness(workspace.database, workspace.name)).toMatchObject({
      ready: true,
      writable: false,
    });
    // The decision is due now, and its parcel with it.
    workspace.clock.advance_ms(10_000);
    await until("the driver says so", () => troubles(told).some((during) => during.includes("scheduler")));
    expect((await workspace.log()).length).toBe(before);
    expect(provider.done).toEqual([]);

    await setReadOnly(workspace, false);
    await until("commands are accepted", async () => {
      const results = await Promise.all(ids.map((id) => workspace.ask(rita, order(id), id)));
      return results.every((result) => !isRejection(result));
    });
    expect(await readiness(workspace.database, workspace.name)).toMatchObject({ writable: true });
    await until("every order is completed", async () => {
      workspace.clock.advance_ms(1_000);
      return (await openOrders(workspace)) === 0;
    });
    expect(provider.doubled()).toEqual([]);
    expect(provider.done.length).toBe((ids.length + 1) * 2);
    await expectVerified(workspace);
  });

  it("because its disk is full is said to be that", async () => {
    const workspace = await fresh({ adapters: [] });
    const onSuperuser = (text: string) =>
      withClient(workspace.urls.superuserUrl, (client) => client.query(text));
    // No disk is filled here: this is the error PostgreSQL answers a write with when there is no room for it.
    await onSuperuser(`
      CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
      END $$;
      CREATE TRIGGER no_room BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION no_room();`);
    const before = (await workspace.log()).length;
    const ids = ["order-1", "order-2", "order-3"];
    const ask = () => Promise.all(ids.map((id) => workspace.ask(workspace.person("rita"), order(id), id)));
    for (const result of await ask())
      expect(result).toMatchObject({ code: "unavailable", message: expect.stringContaining("disk is full") });
    expect((await workspace.log()).length).toBe(before);
    await onSuperuser("DROP TRIGGER no_room ON event");
    for (const result of await ask()) expect(result).toMatchObject({ rejected: false, repeated: false });
    await expectVerified(workspace);
  });
});
