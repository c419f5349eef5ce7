import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mintActor, type Role } from "#lib/domain/authority";
import { workspaceKeys } from "#lib/log/keys";
import { withClient } from "#scripts/embedded-postgres";
import { seedOpenOrders } from "#scripts/seed/open-orders";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { attentionPage, escalatedPage } from "./escalations";
import type { OrderLine } from "./order-lines";
import { type OrderFilter, orderStandings, ordersPage } from "./orders";
import { NotAllowedToReadError } from "./permission";
import { unknownOutside } from "./possible";
import { queue, queueCounts, queueOf, queueViews } from "./queue";
import { needingChanges, requestsPage } from "./requests";
import { waitingFor } from "./waiting";

const rootKeys = { workspaceKey: Buffer.alloc(32, 7), identityKey: Buffer.alloc(32, 8) };
let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());
const person = (id: string) => workspace.person(id);
const waiting = (id: string) => waitingFor(person(id), workspace);

describe("the queue", () => {
  test("holds what one may decide, by time to breach, page by page without a gap or a repetition", async () => {
    const received: string[] = [];
    for (let n = 0; n < 60; n++) {
      received.push(await workspace.receive({ requestedBy: n === 30 ? "remy" : "rita" }));
      if (n % 2) workspace.clock.advance_ms(1_000);
    }
    const first = await queue(person("ana"), workspace, workspace.clock.now());
    expect(first.lines).toHaveLength(50);
    const second = await queue(person("ana"), workspace, workspace.clock.now(), { cursor: first.next ?? "" });
    expect(second.next).toBeNull();
    const lines = [...first.lines, ...second.lines];
    expect(lines.map(({ order }) => order).sort()).toEqual([...received].sort());
    const breaches = lines.map(({ breachAt }) => breachAt);
    expect(breaches).toEqual([...breaches].sort());
    expect(await waiting("ana")).toMatchObject({ decidable: { count: 60, more: false }, escalated: null });

    const own = await queue(person("remy"), workspace, workspace.clock.now());
    const rest = await queue(person("remy"), workspace, workspace.clock.now(), { cursor: own.next ?? "" });
    expect([...own.lines, ...rest.lines].map(({ order }) => order)).not.toContain(received[30]);
    expect(await waiting("remy")).toMatchObject({ decidable: { count: 59, more: false }, escalated: null });
    expect(await waiting("sam")).toMatchObject({
      decidable: { count: 0, more: false },
      escalated: { count: 0, more: false },
    });
  });

  test("a cursor somebody typed begins at the start, and never breaks the query", async () => {
    const start = await queue(person("ana"), workspace, workspace.clock.now());
    for (const typed of ["", "x", "~~~", "2026-13-45T99:99:99.999Z~a~b~1", "';drop table event~a~b~1"])
      expect(
        (await queue(person("ana"), workspace, workspace.clock.now(), { cursor: typed })).lines[0],
      ).toEqual(start.lines[0]);
  });

  test("says who holds a task, who asked for it and for which customer, and no customer who was erased", async () => {
    const order = await workspace.receive({ customer: { name: "Ada Byron" }, requestedBy: "remy" });
    await workspace.ask(person("ana"), { type: "task.claim", order, step: "manual.review", visit: 1 });
    const line = async () => {
      const all = await queue(person("ben"), workspace, workspace.clock.now());
      const rest = await queue(person("ben"), workspace, workspace.clock.now(), {
        cursor: all.next ?? undefined,
      });
      return [...all.lines, ...rest.lines].find((each) => each.order === order);
    };
    expect(await line()).toMatchObject({ customer: "Ada Byron", requestedBy: "remy", claimedBy: "ana" });
    await withClient(workspace.urls.databaseOwnerUrl, (client) =>
      client.query("DELETE FROM subject_key WHERE subject = $1", [`order/${order}`]),
    );
    expect(await line()).toMatchObject({ customer: undefined, requestedBy: "remy", claimedBy: "ana" });
  });

  test("is one statement a page, and so is what waits", async () => {
    await queue(person("ana"), workspace, workspace.clock.now());
    const asked: string[] = [];
    const counting = new Proxy(workspace.database, {
      get: (database, member) => {
        const value = Reflect.get(database, member);
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          asked.push(String(member));
          return Reflect.apply(value, database, given);
        };
      },
    });
    const store = { database: counting, keys: workspace.keys };
    expect((await queue(person("ana"), store, workspace.clock.now())).lines).toHaveLength(50);
    expect(asked).toEqual(["$queryRawUnsafe"]);
    await waitingFor(person("ana"), store);
    expect(asked).toHaveLength(2);
  });

  test("is cut by who has claimed what, by what is late or soon will be, and by what waits for others", async () => {
    const place = { step: "manual.review", visit: 1 };
    workspace.clock.advance_ms(86_400_000);
    const claimed = await workspace.receive();
    await workspace.ask(person("ben"), { type: "task.claim", order: claimed, ...place });
    const sentBack = await workspace.receive();
    await workspace.decide(person("ben"), sentBack, "sendBack", { note: "Which warehouse?" });
    const ofMine = async (view: (typeof queueViews)[number]) =>
      (
        await queueOf(person("ben"), workspace, workspace.clock.now(), { view, orders: [claimed, sentBack] })
      ).map(({ order }) => order);
    const cuts = async () =>
      Object.fromEntries(
        await Promise.all(queueViews.map(async (view) => [view, await ofMine(view)] as const)),
      );
    const fresh = {
      all: [claimed],
      mine: [claimed],
      unclaimed: [],
      atRisk: [],
      breached: [],
      waiting: [sentBack],
    };
    expect(await cuts()).toEqual(fresh);
    workspace.clock.advance_ms(91 * 60_000);
    expect(await cuts()).toEqual({ ...fresh, atRisk: [claimed] });
    workspace.clock.advance_ms(30 * 60_000);
    expect(await cuts()).toEqual({ ...fresh, breached: [claimed] });

    const now = workspace.clock.now();
    for (const view of queueViews) {
      const { lines } = await queue(person("ben"), workspace, now, { view });
      const { count } = (await queueCounts(person("ben"), workspace, now))[view];
      expect(Math.min(count, 50), view).toBe(lines.length);
    }
    expect(await queueOf(person("ana"), workspace, now, { view: "mine", orders: [claimed] })).toEqual([]);
  });

  test("is read by reviewers and supervisors alone", async () => {
    for (const who of ["rita", "ada", "root", "stranger"]) {
      const [actor, now] = [person(who), workspace.clock.now()];
      await expect(queueCounts(actor, workspace, now), who).rejects.toThrow(NotAllowedToReadError);
      await expect(queueOf(actor, workspace, now, { view: "all", orders: [] }), who).rejects.toThrow(
        NotAllowedToReadError,
      );
    }
    for (const who of ["rita", "ada", "root", "stranger"])
      await expect(queue(person(who), workspace, workspace.clock.now()), who).rejects.toThrow(
        NotAllowedToReadError,
      );
  });
});

describe("escalations", () => {
  const allEscalated = async (): Promise<string[]> => {
    const orders: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await escalatedPage(person("sam"), workspace, cursor);
      orders.push(...page.lines.map((line) => line.order));
      cursor = page.next ?? undefined;
    } while (cursor);
    return orders;
  };

  test("a task whose time was up stands there, also for who may not decide it, and then is the supervisor's too", async () => {
    const order = await workspace.receive();
    workspace.clock.advance_minutes(125);
    await workspace.runtime.tick();
    expect(await allEscalated()).toContain(order);
    const { decidable, escalated } = await waiting("sam");
    expect(escalated?.count).toBeGreaterThan(0);
    expect(decidable?.count).toBeGreaterThan(0);
    for (const who of ["ana", "rita", "ada"])
      await expect(escalatedPage(person(who), workspace), who).rejects.toThrow(NotAllowedToReadError);
  });

  test("one that waits for changes comes last and is still there on the page it belongs to", async () => {
    const order = await workspace.receive();
    workspace.clock.advance_minutes(125);
    await workspace.runtime.tick();
    await workspace.decide(person("ana"), order, "sendBack", { note: "Which warehouse?" });
    const orders = await allEscalated();
    expect(orders.at(-1)).toBe(order);
    expect(new Set(orders).size).toBe(orders.length);
  });

  test("nothing stands still where nothing failed", async () => {
    expect(
      (
        await attentionPage(person("sam"), workspace, {
          now: workspace.clock.now(),
          outside: unknownOutside,
        })
      ).lines,
    ).toEqual([]);
  });
});

describe("requests", () => {
  test("are one's own, newest first, and what waits for changes is found first", async () => {
    const mine = await workspace.receive({ requestedBy: "remy", customer: { name: "Ada Byron" } });
    await workspace.decide(person("ana"), mine, "sendBack", { note: "Which warehouse?" });
    workspace.clock.advance_ms(1_000);
    const newest = await workspace.receive({ requestedBy: "remy" });
    const page = await requestsPage(person("remy"), workspace);
    expect(page.lines[0]?.order).toBe(newest);
    expect(page.lines.map(({ order }) => order)).toContain(mine);
    expect(await needingChanges(person("remy"), workspace)).toMatchObject([
      { order: mine, customer: "Ada Byron", standing: "needsChanges" },
    ]);
    expect(await needingChanges(person("rita"), workspace)).not.toContainEqual(
      expect.objectContaining({ order: mine }),
    );

    expect(await waiting("remy")).toMatchObject({ name: "remy", asked: true });
    expect(await waiting("ben")).toMatchObject({ name: "ben", asked: false });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { lines, next } = await requestsPage(person("rita"), workspace, cursor);
      seen.push(...lines.map(({ order }) => order));
      cursor = next ?? undefined;
    } while (cursor);
    const [{ count }] = await workspace.database.$queryRawUnsafe<[{ count: bigint }]>(
      "SELECT count(*) FROM orders WHERE requested_by = 'rita'",
    );
    expect(new Set(seen).size).toBe(Number(count));
    expect(seen).toHaveLength(Number(count));
  });
});

describe("orders", () => {
  const all = async (filter: OrderFilter = {}) => {
    const lines: OrderLine[] = [];
    let cursor: string | undefined;
    do {
      const page = await ordersPage(person("ada"), workspace, filter, cursor);
      lines.push(...page.lines);
      cursor = page.next ?? undefined;
    } while (cursor);
    return lines;
  };

  test("are all there are, newest first, page by page, and each stands under its status alone", async () => {
    workspace.clock.advance_ms(1_000);
    const rejected = await workspace.receive();
    await workspace.decide(person("ana"), rejected, "reject", { note: "No." });
    const cancelled = await workspace.receive();
    await workspace.ask(person("rita"), { type: "order.cancel", order: cancelled, reason: "Twice" });
    const delivered = await workspace.receive();
    await workspace.decide(person("ana"), delivered, "approve");
    await workspace.runtime.dispatcher.idle();
    const lines = await all();
    const [{ count }] = await workspace.database.$queryRawUnsafe<[{ count: bigint }]>(
      "SELECT count(*) FROM orders",
    );
    expect(new Set(lines.map(({ order }) => order)).size).toBe(Number(count));
    expect(lines).toHaveLength(Number(count));
    const received = lines.map(({ receivedAt }) => receivedAt);
    expect(received).toEqual(received.toSorted().reverse());

    let found = 0;
    for (const standing of orderStandings) {
      const of = await all({ standing });
      expect(of).toEqual(lines.filter((line) => line.standing === standing));
      found += of.length;
    }
    expect(found).toBe(lines.length);
    for (const [order, standing] of [
      [rejected, "rejected"],
      [cancelled, "cancelled"],
      [delivered, "completed"],
    ] as const)
      expect((await all({ standing })).map((line) => line.order)).toContain(order);
  });

  test("are found by their whole number, with who asked and for whom, and before a day", async () => {
    const order = await workspace.receive({ businessKey: "WS-417", customer: { name: "Ada Byron" } });
    expect(await all({ businessKey: "WS-417" })).toMatchObject([
      { order, customer: "Ada Byron", requestedBy: "rita", standing: "underReview" },
    ]);
    expect(await all({ businessKey: "WS-417", standing: "completed" })).toEqual([]);
    expect(await all({ businessKey: "WS-41" })).toEqual([]);
    const [newest] = await all();
    const before = newest?.receivedAt ?? "";
    expect(await all({ before })).toEqual((await all()).filter(({ receivedAt }) => receivedAt < before));
  });

  test("are read by who may see every order", async () => {
    for (const who of ["ana", "sam", "ada", "root"])
      expect((await ordersPage(person(who), workspace, {})).lines, who).toHaveLength(50);
    for (const who of ["rita", "stranger"])
      await expect(ordersPage(person(who), workspace, {}), who).rejects.toThrow(NotAllowedToReadError);
  });
});

describe("a list of which little is shown", () => {
  test("ends a page after as many rows as it may look at, and goes on behind them", async () => {
    const other = "crowded";
    const store = { database: workspace.database, keys: workspaceKeys(other, rootKeys) };
    await seedOpenOrders({
      ownerUrl: workspace.urls.databaseOwnerUrl,
      workspace: other,
      orders: 2_500,
      now: workspace.clock.now(),
    });
    const who = (id: string, ...roles: Role[]) =>
      mintActor({ workspace: other, type: "person", id, person: id, account: id, session: id, roles });
    const owned = (text: string) =>
      withClient(workspace.urls.databaseOwnerUrl, (client) => client.query(text, [other]));
    await owned("UPDATE task SET excluded = '{busy}' WHERE workspace = $1");
    await owned(
      `UPDATE task SET excluded = '{}' WHERE workspace = $1 AND order_id =
         (SELECT order_id FROM task WHERE workspace = $1 AND roles @> '{reviewer}' AND state = 'READY' ORDER BY breach_at DESC LIMIT 1)`,
    );
    const pages: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await queue(who("busy", "reviewer"), store, workspace.clock.now(), { cursor });
      pages.push(page.lines.length);
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(pages).toEqual([0, 1]);
    expect(await waitingFor(who("busy", "reviewer"), store)).toMatchObject({
      decidable: { count: 0, more: true },
    });
    expect(await waitingFor(who("else", "reviewer"), store)).toMatchObject({
      decidable: { count: 100, more: true },
    });
  });

  test("an empty workspace alone is filled", async () => {
    const seed = (name: string) =>
      seedOpenOrders({
        ownerUrl: workspace.urls.databaseOwnerUrl,
        workspace: name,
        orders: 1,
        now: workspace.clock.now(),
      });
    await expect(seed(workspace.name)).rejects.toThrow("has events");
    await expect(seed("crowded")).rejects.toThrow("has orders");
  });
});
