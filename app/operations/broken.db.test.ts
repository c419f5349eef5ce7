import { createElement, type ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { database } from "#lib/db";
import { engineProcess } from "#lib/engine/process";
import { withClient } from "#scripts/embedded-postgres";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/** What those who run Holdpoint are shown when a stream cannot be read, or the database takes no writes. */
const frame = vi.hoisted(() => ({ actor: undefined as unknown }));
vi.mock("#lib/web/gate", () => ({ gate: async () => frame.actor }));
vi.mock("../console-frame", () => ({ ConsoleFrame: ({ children }: { children: ReactNode }) => children }));
vi.mock("next/headers", () => ({ cookies: async () => new Map(), headers: async () => new Headers() }));

const { default: OperationsPage } = await import("./page");
const { DatabaseNotice } = await import("../database-notice");
const { GET: metrics } = await import("../metrics/route");

let workspace: TestWorkspace;
const token = "a-token-of-the-monitoring";
beforeAll(async () => {
  workspace = await testWorkspace({ adapters: [] });
  frame.actor = workspace.person("root");
});
beforeEach(() => {
  const environment = {
    DATABASE_URL: workspace.urls.databaseUrl,
    HOLDPOINT_WORKSPACE: workspace.name,
    HOLDPOINT_WORKSPACE_KEY: Buffer.alloc(32, 7).toString("base64"),
    HOLDPOINT_IDENTITY_KEY: Buffer.alloc(32, 8).toString("base64"),
    CARRIER_URL: "",
    METRICS_TOKEN: token,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});
afterAll(async () => {
  vi.stubEnv("DATABASE_URL", workspace.urls.databaseUrl);
  await (await engineProcess()).runtime.stop();
  await database().$disconnect();
  await workspace.close();
});

const page = async () => renderToStaticMarkup(await OperationsPage());
const unreadable = async () => {
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request("http://127.0.0.1/metrics", { headers });
  const text = await (await metrics(request, { params: Promise.resolve({}) })).text();
  return /^holdpoint_streams_unreadable (\d+)$/m.exec(text)?.[1];
};

test("a stream that cannot be read stands on the page with what to do, and is counted for monitoring", async () => {
  const [poisoned, healthy] = [await workspace.receive(), await workspace.receive()];
  await withClient(workspace.urls.superuserUrl, (client) =>
    client.query(
      `SET session_replication_role = replica;
       UPDATE event SET body = convert_to(replace(convert_from(body, 'UTF8'), '"taskOpened"', '"taskInvented"'), 'UTF8')
       WHERE stream = 'order/${poisoned}';`,
    ),
  );
  const { runtime } = await engineProcess();
  const claim = (order: string) =>
    workspace.ask(
      workspace.person("ana"),
      { type: "task.claim", order, step: "manual.review", visit: 1 },
      undefined,
      { ...workspace.runtime, engine: runtime.engine },
    );
  expect(await unreadable()).toBe("0");
  expect(await page()).not.toContain("Cannot be read");

  expect(await claim(poisoned)).toMatchObject({ code: "unavailable" });
  expect(await claim(healthy)).toMatchObject({ rejected: false });
  expect(runtime.engine.streams.unreadable()).toEqual([
    { stream: `order/${poisoned}`, why: expect.stringContaining("taskInvented") },
  ]);
  expect(await unreadable()).toBe("1");
  const shown = await page();
  expect(shown).toContain("Cannot be read: 1");
  expect(shown).toContain(`<code>order/${poisoned}</code>`);
  expect(shown).toContain("taskInvented");
  expect(shown).toContain("npm run verify");
  expect(shown).not.toContain(healthy);
});

test("every page says that nothing can be recorded while the database takes no writes, and stops saying it", async () => {
  // How long an answer of the database holds is measured by this clock.
  vi.useFakeTimers({ toFake: ["Date"] });
  const notice = async () => {
    vi.advanceTimersByTime(2_000);
    return renderToStaticMarkup(createElement("div", null, await DatabaseNotice()));
  };
  const setReadOnly = (readOnly: "on" | "off") =>
    withClient(workspace.urls.superuserUrl, async (client) => {
      await client.query("SET default_transaction_read_only = off");
      await client.query(
        `ALTER DATABASE ${client.escapeIdentifier(client.database!)} SET default_transaction_read_only = ${readOnly}`,
      );
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = 'holdpoint_app'",
        [client.database],
      );
    });
  expect(await notice()).toBe("<div></div>");
  await setReadOnly("on");
  await vi.waitFor(async () => expect(await notice()).toContain("The database takes no writes."), 5_000);
  await setReadOnly("off");
  await vi.waitFor(async () => expect(await notice()).toBe("<div></div>"), 5_000);
});
