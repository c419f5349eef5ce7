import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { database } from "#lib/db";
import type { EffectOutcome } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/** How the calls to other systems stand, on the page and for monitoring: one that answers, one that stops answering. */
const given = vi.hoisted(() => ({ actor: undefined as unknown, runtime: undefined as unknown }));
vi.mock("#lib/web/gate", () => ({ gate: async () => given.actor }));
vi.mock("../console-frame", () => ({ ConsoleFrame: ({ children }: { children: ReactNode }) => children }));
vi.mock("next/headers", () => ({ cookies: async () => new Map(), headers: async () => new Headers() }));
vi.mock("#lib/engine/process", () => ({
  engineProcess: async () => ({ runtime: given.runtime, effectsMissing: null, traces: null }),
  processDriver: () => null,
}));

const { default: OperationsPage } = await import("./page");
const { GET: metrics } = await import("../metrics/route");

let workspace: TestWorkspace;
let answer: () => Promise<EffectOutcome>;
const token = "a-token-of-the-monitoring";
beforeAll(async () => {
  workspace = await testWorkspace({
    adapters: instantAdapters().map((adapter) => ({
      ...adapter,
      concurrency_max: 2,
      calls_per_second_max: adapter.name === "carrier.dispatch" ? 4 : undefined,
      perform: () => answer(),
    })),
  });
  Object.assign(given, { actor: workspace.person("root"), runtime: workspace.runtime });
  // Whoever orders next is a known customer, whose orders no person need look at.
  await workspace.receive();
});
beforeEach(() => {
  const environment = {
    DATABASE_URL: workspace.urls.databaseUrl,
    HOLDPOINT_WORKSPACE: workspace.name,
    HOLDPOINT_WORKSPACE_KEY: Buffer.alloc(32, 7).toString("base64"),
    HOLDPOINT_IDENTITY_KEY: Buffer.alloc(32, 8).toString("base64"),
    METRICS_TOKEN: token,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(async () => {
  vi.stubEnv("DATABASE_URL", workspace.urls.databaseUrl);
  await database().$disconnect();
  await workspace.close();
});

let orders = 0;
const order = () => workspace.receive({ total: { amount: 5_000 + ++orders, currency: "GBP" } });

/** The row of a call on the page, as its texts. */
async function row(title: string): Promise<string | undefined> {
  const rows = renderToStaticMarkup(await OperationsPage()).split("<tr");
  return rows.find((text) => text.includes(`>${title}</span>`))?.replace(/<[^>]*>/g, " ");
}

async function measured(): Promise<(name: string) => number | undefined> {
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request("http://127.0.0.1/metrics", { headers });
  const text = await (await metrics(request, { params: Promise.resolve({}) })).text();
  const lines = new Map(text.split("\n").map((line) => [line.split(" ")[0], line.split(" ")[1]]));
  return (name) => {
    const value = lines.get(`holdpoint_${name}`);
    return value === undefined ? undefined : Number(value);
  };
}
const dispatch = 'effect="carrier.dispatch"';

test("a system that was not called yet stands there with what it can take", async () => {
  expect(await row("Dispatch")).toMatch(/At most 2 at once, 4 a second.*Open.*Nothing to do/s);
  expect(await row("Proof of delivery")).toMatch(/At most 2 at once\s.*Open.*Nothing to do/s);
  const of = await measured();
  expect(of(`lane_standing{${dispatch},standing="open"}`)).toBe(1);
  expect(of(`lane_calls_max{${dispatch}}`)).toBe(2);
  expect(of(`lane_calls_per_second_max{${dispatch}}`)).toBe(4);
  expect(of('lane_calls_per_second_max{effect="carrier.proofOfDelivery"}')).toBeUndefined();
});

test("calls under way are counted, and those that wait for their turn", async () => {
  let release = () => {};
  const answered = new Promise<void>((resolve) => {
    release = resolve;
  });
  answer = () => answered.then(() => ({ kind: "rejected", reason: "No such address" }));
  for (let n = 0; n < 5; n++) await order();
  expect(await row("Dispatch")).toMatch(/Open.*\s2\s+3\s.*begin when one of the 2 under way ends/s);
  const of = await measured();
  expect(of(`lane_calls{${dispatch}}`)).toBe(2);
  expect(of(`lane_calls_waiting{${dispatch}}`)).toBe(3);
  expect(of(`lane_standing{${dispatch},standing="open"}`)).toBe(1);
  release();
  for (let n = 0; n < 3; n++) {
    workspace.clock.advance_ms(1_000);
    workspace.runtime.dispatcher.goOn();
    await workspace.runtime.dispatcher.idle();
  }
  expect(await row("Dispatch")).toMatch(/Open.*\s0\s+0\s.*Nothing to do/s);
});

test("one that does not answer is left alone until a time that is said, and then tried", async () => {
  answer = async () => ({ kind: "retryable", reason: "Connection refused" });
  for (let n = 0; n < 5; n++) {
    workspace.clock.advance_ms(1_000);
    await order();
    await workspace.runtime.dispatcher.idle();
  }
  const until = new Date(Date.parse(workspace.clock.now()) + 5_000).toISOString();
  expect(await row("Dispatch")).toMatch(
    new RegExp(`Left alone.*until +${until.slice(11, 19)}.*The carrier gave no clear answer five times`, "s"),
  );
  const cooling = await measured();
  expect(cooling(`lane_standing{${dispatch},standing="cooling"}`)).toBe(1);
  expect(cooling(`lane_standing{${dispatch},standing="open"}`)).toBe(0);
  expect(cooling(`lane_cools_until_timestamp_seconds{${dispatch}}`)).toBe(Date.parse(until) / 1_000);

  workspace.clock.advance_ms(5_000);
  expect(await row("Dispatch")).toMatch(/Being tried.*finds out whether the carrier answers again/s);
  const trying = await measured();
  expect(trying(`lane_standing{${dispatch},standing="trying"}`)).toBe(1);
  expect(trying(`lane_cools_until_timestamp_seconds{${dispatch}}`)).toBeUndefined();

  answer = async () => ({ kind: "confirmed", receipt: { reference: "T-1" } });
  workspace.clock.advance_minutes(1);
  await workspace.runtime.tick();
  await workspace.runtime.dispatcher.idle();
  expect(await row("Dispatch")).toMatch(/Open/);
});
