import { afterEach, describe, expect, it } from "vitest";
import { openDatabase } from "#lib/db";
import { workflows } from "#lib/domain/workflows/registry";
import type { EffectAdapter } from "#lib/effects/adapter";
import { withClient } from "#scripts/embedded-postgres";
import { RepeatingProvider } from "#scripts/testing/repeating-provider";
import { until } from "#scripts/testing/until";
import { expectVerified } from "#scripts/testing/verified";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { openRuntime, type Runtime } from "./runtime";

/**
 * Several workers and an outside that ignores keys, so that a call too many is work done twice. What was done is counted
 * there and not in our own log.
 */
const opened: { close(): Promise<void> }[] = [];
const fresh = async (options?: Parameters<typeof testWorkspace>[0]) => {
  const workspace = await testWorkspace(options);
  opened.push(workspace);
  return workspace;
};
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

/** Orders that no person need look at, each with an effect to be sent. Their customer is known by an earlier one. */
async function passing(workspace: TestWorkspace, count: number): Promise<string[]> {
  await workspace.receive();
  const totals = Array.from({ length: count }, (_, n) => ({ amount: 5_000 + n, currency: "GBP" }) as const);
  return Promise.all(totals.map((total) => workspace.receive({ total })));
}

/** Another process: its own engine over connections of its own. */
function worker(workspace: TestWorkspace, adapters: EffectAdapter[]): Runtime {
  const database = openDatabase(workspace.urls.databaseUrl);
  const runtime = openRuntime({
    database,
    keys: workspace.keys,
    clock: workspace.clock,
    adapters: { byName: new Map(adapters.map((adapter) => [adapter.name, adapter])), missing: "" },
    definitions: workflows,
  });
  opened.push({
    async close() {
      await runtime.stop();
      await database.$disconnect();
    },
  });
  return runtime;
}

describe("a worker slower than its lease", () => {
  const timeout_ms = 60_000;
  const lease_ms = timeout_ms * 2 + 5_000;

  /** One call that is not answered yet, and one behind it that waits for its turn with its attempt in the log. */
  async function oneWaiting() {
    const provider = new RepeatingProvider();
    let answerFirst = () => {};
    const first = new Promise<void>((resolve) => {
      answerFirst = resolve;
    });
    provider.answerAfter = () => first;
    const declared = { timeout_ms, concurrency_max: 1 };
    const workspace = await fresh({ adapters: provider.adapters("slow", declared) });
    const [called, waiting] = (await passing(workspace, 2)) as [string, string];
    const key = Object.keys((await workspace.order(waiting)).effects)[0]!;
    expect(Object.values((await workspace.order(waiting)).effects)).toMatchObject([{ status: "ATTEMPTED" }]);
    await until("the first is called", () => provider.done.length === 1);
    return { workspace, provider, declared, called, waiting, key, answerFirst };
  }

  const timesDone = ({ done }: RepeatingProvider, key: string) => done.filter((one) => one.key === key);

  it("begins no call that another worker may begin too: the work is done once, by the other", async () => {
    const { workspace, provider, declared, waiting, key, answerFirst } = await oneWaiting();
    workspace.clock.advance_ms(lease_ms);
    const other = worker(workspace, provider.adapters("other", { ...declared, concurrency_max: 8 }));
    provider.answerAfter = async () => {};
    expect(await other.tick()).toMatchObject({ expired: 2 });
    workspace.clock.advance_minutes(1);
    expect(await other.tick()).toMatchObject({ attempted: 2 });
    await other.dispatcher.idle();
    expect(timesDone(provider, key)).toEqual([{ worker: "other", key }]);

    // Only now the slow one gets to it.
    answerFirst();
    await workspace.runtime.dispatcher.idle();
    expect(timesDone(provider, key)).toEqual([{ worker: "other", key }]);
    const said = (await workspace.log(`order/${waiting}`)).filter(({ data }) => data.key === key);
    expect(said.map(({ type }) => type)).toEqual([
      "effectIntended",
      "effectDoubted",
      "effectAttempted",
      "effectConfirmed",
      // That it was not begun there is heard too, and changes nothing.
      "effectAnswered",
    ]);
    await expectVerified(workspace);
  });

  it("still begins a call whose lease outlives the adapter's time-out, and none that is a millisecond short", async () => {
    for (const [late_ms, calls] of [
      [lease_ms - timeout_ms, 1],
      [lease_ms - timeout_ms + 1, 0],
    ] as const) {
      const { workspace, provider, waiting, key, answerFirst } = await oneWaiting();
      workspace.clock.advance_ms(late_ms);
      provider.answerAfter = async () => {};
      answerFirst();
      await until("the waiting call is over", async () =>
        ["CONFIRMED", "INTENDED"].includes((await workspace.order(waiting)).effects[key]!.status),
      );
      expect(timesDone(provider, key)).toHaveLength(calls);
      if (calls === 1) continue;
      // It was not begun for certain: it is due again, under the same key, and done then.
      workspace.clock.advance_minutes(1);
      await workspace.runtime.tick();
      await workspace.runtime.dispatcher.idle();
      expect(timesDone(provider, key)).toHaveLength(1);
    }
  });
});

describe("two schedulers in each of four workers over one backlog", () => {
  // More than three of them take, each with two schedulers that fill its queue at once.
  const orders_count = 60;
  const workers = ["one", "two", "three", "four"];

  async function backlog() {
    const provider = new RepeatingProvider();
    // Nobody is answered before everybody has called, so that no worker is done with it all before another wakes.
    provider.answerAfter = () =>
      until("every worker has called", () => workersOf(provider).size === workers.length);
    const workspace = await fresh({ adapters: [] });
    const orders = await passing(workspace, orders_count);
    const runtimes = workers.map((name) =>
      worker(workspace, provider.adapters(name, { concurrency_max: 2 })),
    );
    return { provider, workspace, orders, runtimes };
  }

  const workersOf = ({ done }: RepeatingProvider) => new Set(done.map(({ worker: name }) => name));

  async function drain({ runtimes, workspace }: Awaited<ReturnType<typeof backlog>>): Promise<void> {
    // The driver inside a process and the scheduled route may tick at once; so may processes.
    for (let left = true; left; ) {
      const reports = await Promise.all(runtimes.flatMap((runtime) => [runtime.tick(), runtime.tick()]));
      await Promise.all(runtimes.map(({ dispatcher }) => dispatcher.idle()));
      left = reports.some(({ attempted }) => attempted > 0);
      // What one tick claimed when another had filled the worker's queue is free again once the claim has run out.
      workspace.clock.advance_minutes(1);
    }
  }

  async function expectDoneOnce({ provider, workspace, orders }: Awaited<ReturnType<typeof backlog>>) {
    expect(provider.doubled()).toEqual([]);
    const counted = await workspace.database.$queryRawUnsafe<{ status: string; count: number }[]>(
      "SELECT status, count(*)::int AS count FROM orders WHERE order_id = ANY ($1::text[]) GROUP BY status",
      orders,
    );
    expect(counted).toEqual([{ status: "completed", count: orders_count }]);
    // Dispatch and proof of delivery.
    expect(provider.done).toHaveLength(orders_count * 2);
    expect(workersOf(provider).size).toBe(workers.length);
    expect(provider.underWay_max).toBeGreaterThanOrEqual(workers.length);
    await expectVerified(workspace);
  }

  it("does each effect once", async () => {
    const all = await backlog();
    await drain(all);
    await expectDoneOnce(all);
  });

  it("does each once also when no claim holds and everybody is handed everything", async () => {
    const all = await backlog();
    await withClient(all.workspace.urls.superuserUrl, (client) =>
      client.query(`
        CREATE SEQUENCE claims;
        GRANT USAGE, SELECT ON SEQUENCE claims TO PUBLIC;
        CREATE FUNCTION forget_claim() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM nextval('claims');
          NEW.claimed_until := NULL;
          RETURN NEW;
        END $$;
        CREATE TRIGGER forget_claim BEFORE UPDATE OF claimed_until ON effect
          FOR EACH ROW EXECUTE FUNCTION forget_claim();`),
    );
    await drain(all);
    const [claims] = await all.workspace.database.$queryRawUnsafe<{ count: bigint }[]>(
      "SELECT last_value AS count FROM claims",
    );
    expect(Number(claims!.count)).toBeGreaterThan(orders_count);
    await expectDoneOnce(all);
  });
});
