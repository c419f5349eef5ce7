import { afterEach, beforeEach, expect, test } from "vitest";
import { evidenceOf } from "#lib/domain/order";
import { rowsVersion } from "#lib/domain/order-rows";
import { isRejection } from "#lib/domain/rejection";
import { workflows } from "#lib/domain/workflows/registry";
import { instantAdapters } from "#lib/effects/instant";
import { readiness } from "#lib/queries/health";
import { withClient } from "#scripts/embedded-postgres";
import { expectVerified } from "#scripts/testing/verified";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { rebuildProjections } from "./rebuild";
import { openRuntime, type Runtime } from "./runtime";

/** A newer version takes over a workspace that goes on working, and what waited goes on with it. */
let workspace: TestWorkspace;
let told: string[];
let newer: Runtime;

const version = (of: number) => {
  const adapters = instantAdapters();
  return openRuntime({
    database: workspace.database,
    keys: workspace.keys,
    clock: workspace.clock,
    adapters: { byName: new Map(adapters.map((each) => [each.name, each])), missing: "" },
    definitions: workflows,
    rowsVersion: of,
    superseded: (why) => told.push(why),
  });
};
const takeOver = (of = rowsVersion + 1) =>
  rebuildProjections({
    ownerUrl: workspace.urls.databaseOwnerUrl,
    workspace: workspace.name,
    rowsVersion: of,
  });

beforeEach(async () => {
  workspace = await testWorkspace();
  told = [];
  newer = version(rowsVersion + 1);
});
afterEach(async () => {
  await newer.stop();
  await workspace.close();
});

test("a process of the newer version waits until the rows are its own; the older one works until then", async () => {
  await expect(newer.publish()).rejects.toThrow(/npm run rebuild/);
  await expect(newer.tick()).rejects.toThrow(/npm run rebuild/);
  const order = await workspace.receive();
  expect(await workspace.ask(workspace.person("sam"), cancel(order), undefined, newer)).toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("npm run rebuild"),
  });
  expect(told).toEqual([]);
  await takeOver();
  await newer.publish();
  expect(await workspace.ask(workspace.person("sam"), cancel(order), undefined, newer)).toMatchObject({
    rejected: false,
  });
});

test("the older process is refused from the switch on, says so, and claims nothing that is due", async () => {
  const older = version(rowsVersion);
  const order = await workspace.receive();
  const seen = await workspace.order(order, older);
  await takeOver();
  const before = (await workspace.log()).length;
  const refused = await workspace.ask(workspace.person("sam"), cancel(seen.id), undefined, older);
  expect(refused).toMatchObject({ code: "unavailable" });
  expect(isRejection(refused) && refused.message).toContain("has taken over");
  expect(told).toEqual([expect.stringContaining("has taken over main; this process stops")]);
  workspace.clock.advance_minutes(180);
  await expect(older.tick()).rejects.toThrow(/has taken over/);
  expect(await workspace.log()).toHaveLength(before);
  // The deadline that is due is the newer one's to fire, at once.
  expect(await newer.tick()).toMatchObject({ escalated: 1 });
  await older.stop();
});

test("an idle process notices its successor by itself, at its next look", async () => {
  const older = version(rowsVersion);
  await older.tick();
  expect(told).toEqual([]);
  await takeOver();
  await expect(older.tick()).rejects.toThrow(/has taken over/);
  expect(told).toHaveLength(1);
});

test("a wait of weeks survives: asked of the old version, decided and delivered by the new one", async () => {
  const order = await workspace.receive();
  workspace.clock.advance_minutes(60);
  await takeOver();
  workspace.clock.advance_minutes(5 * 7 * 24 * 60);
  expect(await newer.tick()).toMatchObject({ escalated: 1 });
  const [task] = Object.values((await workspace.order(order, newer)).tasks);
  const decided = await workspace.ask(
    workspace.person("ana"),
    {
      type: "task.decide",
      order,
      step: task!.step,
      visit: task!.visit,
      verdict: "approve",
      evidence: evidenceOf(await workspace.order(order, newer), task!.step),
      undo_ms: 0,
    },
    undefined,
    newer,
  );
  expect(decided).toMatchObject({ rejected: false });
  await newer.dispatcher.idle();
  expect((await workspace.order(order, newer)).status).toBe("completed");
  await expectVerified(workspace);
});

test("an older version does not make the rows anew over a newer one's", async () => {
  await takeOver();
  await expect(takeOver(rowsVersion)).rejects.toThrow(/newer version/);
});

test("a console whose rows are another version's says so and is not ready", async () => {
  expect(await readiness(workspace.database, workspace.name)).toMatchObject({ ready: true });
  await takeOver();
  expect(await readiness(workspace.database, workspace.name)).toEqual({
    ready: false,
    why: "A newer version of Holdpoint has taken over this workspace.",
  });
  await withClient(workspace.urls.databaseOwnerUrl, (client) =>
    client.query("UPDATE workspace_head SET rows_version = 1"),
  );
  expect(await readiness(workspace.database, workspace.name)).toMatchObject({
    why: expect.stringContaining("npm run rebuild"),
  });
});

test("a workspace that is made now has rows of this version", async () => {
  const rows = await workspace.database.$queryRawUnsafe(
    "SELECT rows_version FROM workspace_head WHERE workspace = $1",
    workspace.name,
  );
  expect(rows).toEqual([{ rows_version: rowsVersion }]);
});

function cancel(order: string) {
  return { type: "order.cancel", order, reason: "Not needed" } as const;
}
