import type pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { withClient } from "#scripts/embedded-postgres";
import { type ManyStates, manyStates, type OrderKind, standing } from "#scripts/testing/many-states";
import { runCommand } from "#scripts/testing/run-command";
import { rebuildProjections } from "./rebuild";

let workspace: ManyStates;
beforeAll(async () => {
  workspace = await manyStates();
});
afterAll(() => workspace.close());

const rebuild = () =>
  rebuildProjections({ ownerUrl: workspace.urls.databaseOwnerUrl, workspace: workspace.name });
const asOwner = <Result>(use: (client: pg.Client) => Promise<Result>) =>
  withClient(workspace.urls.databaseOwnerUrl, use);
const asSuperuser = (text: string) =>
  withClient(workspace.urls.superuserUrl, (client) =>
    client.query(`SET session_replication_role = replica; ${text}`),
  );

const projections = ["orders", "task", "timer", "effect", "person", "api_key"];

/** Every opinion as text, without what a rebuild may change: the generation, and leases. */
async function opinions(): Promise<Record<string, string[]>> {
  return asOwner(async (client) => {
    const all: Record<string, string[]> = {};
    for (const table of [...projections, "stream_head", "command", "workspace_head"]) {
      const { rows } = await client.query(
        `SELECT (to_jsonb(t) - 'generation' - 'claimed_until')::text AS row FROM ${table} t ORDER BY 1`,
      );
      all[table] = rows.map(({ row }) => row);
    }
    return all;
  });
}

test("the orders of this file are in states that differ", async () => {
  const expected: [OrderKind, string][] = [
    ["escalated", "open, manual.review#1 READY"],
    ["waiting", "open, manual.review#1 READY"],
    ["claimed", "open, manual.review#1 RESERVED"],
    ["inProgress", "open, manual.review#1 IN_PROGRESS"],
    ["suspended", "open, manual.review#1 SUSPENDED"],
    ["sentBack", "open, manual.review#1 SUSPENDED"],
    ["amended", "open, manual.review#1 READY"],
    ["inUndoWindow", "open, manual.review#1 COMPLETED"],
    ["rejected", "rejected"],
    ["cancelledEarly", "cancelled"],
    ["delivered", "completed, carrier.dispatch CONFIRMED, carrier.proofOfDelivery CONFIRMED"],
    ["passed", "completed, carrier.dispatch CONFIRMED, carrier.proofOfDelivery CONFIRMED"],
    ["awaitingProof", "open, carrier.dispatch CONFIRMED, carrier.proofOfDelivery PENDING"],
    [
      "compensated",
      "cancelled, carrier.dispatch COMPENSATED, carrier.proofOfDelivery OBSOLETE, carrier.cancelDispatch CONFIRMED",
    ],
    ["failed", "open, carrier.dispatch FAILED"],
    ["inDoubt", "open, carrier.dispatch IN_DOUBT"],
    ["past", "recorded"],
  ];
  const found: [OrderKind, string][] = [];
  for (const [kind] of expected) found.push([kind, await standing(workspace, kind)]);
  expect(found).toEqual(expected);
});

test("rebuild equals live, and the generation before is gone", async () => {
  const live = await opinions();
  const rebuilt = await rebuild();
  expect(await opinions()).toEqual(live);
  const rows = projections.reduce((sum, table) => sum + live[table]!.length, 0);
  expect(rebuilt).toMatchObject({
    generation: 2,
    rows,
    events: (await workspace.log()).length,
    carriedOver: [],
    repaired: { streamHeads: 0, commands: 0, head: false },
    contradictions: [],
  });
  const generations = await asOwner(
    async (client) => (await client.query("SELECT DISTINCT generation FROM orders")).rows,
  );
  expect(generations).toEqual([{ generation: 2 }]);
});

test("an engine that wrote the generation before goes on with the new one", async () => {
  const order = await workspace.receive();
  const decided = await workspace.decide(workspace.person("ana"), order, "reject");
  expect(decided).toMatchObject({ rejected: false });
  const rows = await workspace.database.$queryRaw`
    SELECT status FROM orders WHERE order_id = ${order}
      AND generation = (SELECT generation FROM workspace_head WHERE workspace = 'main')`;
  expect(rows).toEqual([{ status: "rejected" }]);
});

test("every opinion can be dropped: a rebuild brings all of them back", async () => {
  const live = await opinions();
  await asOwner((client) =>
    client.query(`TRUNCATE ${projections.join(", ")}, stream_head, command, workspace_head`),
  );
  const rebuilt = await rebuild();
  expect(rebuilt.repaired.head).toBe(true);
  // How far a clock may be off is a setting, not a fact.
  await asOwner((client) => client.query("UPDATE workspace_head SET clock_tolerance_ms = NULL"));
  expect(await opinions()).toEqual(live);
});

test("wrong rows, heads and commands are put right", async () => {
  const live = await opinions();
  await asOwner(async (client) => {
    await client.query("UPDATE orders SET amount_minor = 1, status = 'completed'");
    await client.query("DELETE FROM timer");
    await client.query("UPDATE effect SET state = 'CONFIRMED'");
    await client.query("UPDATE stream_head SET version = 1 WHERE stream LIKE 'order/%'");
    await client.query("DELETE FROM stream_head WHERE stream = 'person/ana'");
    await client.query("UPDATE command SET count = 7 WHERE source = 'test'");
    await client.query("DELETE FROM command WHERE source = 'outcome'");
  });
  const { repaired, contradictions } = await rebuild();
  expect(await opinions()).toEqual(live);
  expect(repaired.streamHeads).toBeGreaterThan(10);
  expect(repaired.commands).toBeGreaterThan(10);
  expect(contradictions).toEqual([]);
});

test("what says more than the log is evidence: it is told and left as it is", async () => {
  const stream = `order/${workspace.orders.past}`;
  await asSuperuser(
    `UPDATE stream_head SET version = 9 WHERE stream = '${stream}';
     INSERT INTO command VALUES ('main', 'test', 'lost', '', '${stream}', 9, 1)`,
  );
  const live = await opinions();
  const { contradictions } = await rebuild();
  expect(contradictions).toEqual([
    `the head of ${stream} says version 9, which the log does not have`,
    `the command test lost gave ${stream}@9, which the log does not have`,
  ]);
  expect(await opinions()).toEqual(live);
  await asSuperuser(
    `UPDATE stream_head SET version = 2 WHERE stream = '${stream}'; DELETE FROM command WHERE id = 'lost'`,
  );
});

test("what is appended while it runs is in the new generation too", async () => {
  const [rebuilt, ...orders] = await Promise.all([
    rebuild(),
    ...Array.from({ length: 40 }, () => workspace.receive()),
  ]);
  const rows = await asOwner(
    async (client) =>
      (
        await client.query("SELECT order_id FROM orders WHERE generation = $1 AND order_id = ANY ($2)", [
          rebuilt.generation,
          orders,
        ])
      ).rows,
  );
  expect(rows).toHaveLength(40);
  const live = await opinions();
  await rebuild();
  expect(await opinions()).toEqual(live);
});

test("two rebuilds of one workspace do not run at once", async () => {
  const results = await Promise.allSettled([rebuild(), rebuild()]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(results.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { message: "Another rebuild of main is running." },
  });
});

test("npm run rebuild says what it did, and what it needs when it is not the owner", async () => {
  vi.stubEnv("DATABASE_OWNER_URL", workspace.urls.databaseOwnerUrl);
  const done = await runCommand(workspace, "rebuild");
  vi.stubEnv("DATABASE_OWNER_URL", "");
  const refused = await runCommand(workspace, "rebuild");
  vi.unstubAllEnvs();
  expect(done.err).toContain("100 %");
  expect(done.out).toMatch(/^main: \d+ rows from \d+ events, \d+ events\/s; generation \d+ is read now\.$/);
  expect(done.code).toBe(0);
  expect(refused.err).toContain("set DATABASE_OWNER_URL to the role that owns the tables");
  expect(refused.code).toBe(1);
});

test("a stream this version can't fold keeps its rows and is named", async () => {
  const order = await workspace.receive();
  const stream = `order/${order}`;
  await asSuperuser(
    `UPDATE event SET body = convert_to(replace(convert_from(body, 'UTF8'), '"type":"taskOpened"', '"type":"taskBlessed"'), 'UTF8')
     WHERE stream = '${stream}' AND type = 'taskOpened'`,
  );
  const live = await opinions();
  const { carriedOver } = await rebuild();
  expect(carriedOver).toEqual([
    {
      stream,
      why: "at version 3, this version of Holdpoint does not know events of type taskBlessed, schema 1",
    },
  ]);
  expect((await opinions()).task).toEqual(live.task);
});

test("a body that is not even text stops its own stream only", async () => {
  const stream = `order/${workspace.orders.past}`;
  await asSuperuser(`UPDATE event SET body = '\\xff' WHERE stream = '${stream}' AND version = 2`);
  const live = await opinions();
  const { carriedOver, rows, contradictions } = await rebuild();
  expect(carriedOver).toContainEqual({ stream, why: "at version 2, an event's body is not JSON" });
  expect(contradictions).toContain(`the head of ${stream} holds another leaf than ${stream}@2`);
  expect(await opinions()).toEqual(live);
  expect(rows).toBe(projections.reduce((sum, table) => sum + live[table]!.length, 0));
});

test("a log whose end is missing is not rebuilt: that would hide it", async () => {
  await asSuperuser(
    "DELETE FROM event WHERE workspace = 'main' AND pos = (SELECT max(pos) FROM event WHERE workspace = 'main')",
  );
  await expect(rebuild()).rejects.toThrow("the end is missing");
});
