import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { database } from "#lib/db";
import type { AuthorizedActor } from "#lib/domain/authority";
import { engineProcess } from "#lib/engine/process";
import { saveView } from "#lib/queries/saved-views";
import { environmentOf, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/** What an open queue asks for and has done, called as Next calls it: it is the cut that was named and no other. */
const asks: { actor: AuthorizedActor | null } = { actor: null };
const origin = "http://console.test";
vi.mock("next/server", () => ({ connection: async () => {} }));
vi.mock("next/headers", () => ({
  headers: async () => new Headers({ origin, host: new URL(origin).host }),
  cookies: async () => {},
}));
vi.mock("#lib/auth/session", () => ({ currentActor: async () => asks.actor }));

const { GET: list } = await import("./list/route");
const { POST: decideMany } = await import("./bulk/route");
const { GET: matching } = await import("./matching/route");
const { liveHub } = await import("../live/hub");

const nothing = { params: Promise.resolve({}) };
const narrowed = "currency=EUR&amountFrom=2000&amountTo=3000.50";
let workspace: TestWorkspace;
let fitting: string[];
let others: string[];

beforeAll(async () => {
  workspace = await testWorkspace();
  const receive = (amount: number, currency: "EUR" | "GBP" = "EUR") =>
    workspace.receive({ total: { amount, currency } });
  fitting = [await receive(200_000), await receive(300_050)];
  others = [await receive(199_999), await receive(300_051), await receive(250_000, "GBP")];
});
beforeEach(() => {
  const environment = { ...environmentOf(workspace), NEXTAUTH_URL: origin };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  asks.actor = workspace.person("ana");
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => {
  for (const [name, value] of Object.entries(environmentOf(workspace))) vi.stubEnv(name, value);
  await (await engineProcess()).runtime.stop();
  liveHub().close();
  await database().$disconnect();
  await workspace.close();
});

const ask = async (query: Record<string, string>) => {
  const response = await list(new Request(`${origin}/queue/list?${new URLSearchParams(query)}`), nothing);
  return response.json();
};
const decide = (view: string, drawnFor = "ana") =>
  decideMany(
    new Request(`${origin}/queue/bulk`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        job: randomUUID(),
        drawnFor,
        step: "manual.review",
        verdict: "approve",
        note: "",
        asOf: workspace.clock.now(),
        tasks: { view },
      }),
    }),
    nothing,
  );
const ordersOf = ({ lines }: { lines: { order: string }[] }) => lines.map(({ order }) => order).sort();

test("an open queue narrowed to amounts is asked for by its name, and what changed is asked for in it", async () => {
  const page = await ask({ view: narrowed });
  expect(ordersOf(page)).toEqual(fitting.toSorted());
  expect(page.views.find(({ view }: { view: string }) => view === narrowed)).toMatchObject({
    label: "Narrowed",
    href: `/queue?${narrowed}`,
    count: "2",
  });
  const changed = await ask({ view: narrowed, orders: [fitting[0], ...others].join(",") });
  expect(ordersOf(changed)).toEqual([fitting[0]]);
});

test("the views keep the order of a queue that is sorted, and one that is saved stands for itself", async () => {
  const names = async (view: string) =>
    (await ask({ view })).views.map(
      ({ label, view }: { label: string; view: string }) => `${label}: ${view}`,
    );
  expect(await names("sort=largest")).toEqual([
    "All: sort=largest",
    "Mine: view=mine&sort=largest",
    "Unclaimed: view=unclaimed&sort=largest",
    "At risk: view=atRisk&sort=largest",
    "Breached: view=breached&sort=largest",
    "Waiting for others: view=waiting&sort=largest",
  ]);
  await saveView(
    workspace.person("ana"),
    { database: database(), keys: workspace.keys },
    { id: randomUUID(), surface: "queue", name: "Dear ones", query: "sort=largest", shared: false },
    workspace.clock.now(),
  );
  const saved = await names("sort=largest");
  expect(saved).toContain("Dear ones: sort=largest");
  expect(saved.filter((name: string) => name.endsWith(": sort=largest"))).toHaveLength(1);
});

test("all that fit are decided, and no other; a cut that cannot be read decides nothing, nor does a page drawn for another", async () => {
  expect((await decide("amountFrom=2000&amountTo=3000.50")).status).toBe(422);
  expect((await decide("currency=EUR&amountFrom=3000&amountTo=2000")).status).toBe(422);
  const another = await decide(narrowed, "ben");
  expect([another.status, (await another.json()).detail]).toEqual([
    403,
    expect.stringContaining("Somebody else has signed in"),
  ]);
  expect(ordersOf(await ask({ view: "all" }))).toHaveLength(5);
  const number = async (asked: Record<string, string>) => {
    const query = new URLSearchParams({ view: narrowed, step: "manual.review", ...asked });
    return (await matching(new Request(`${origin}/queue/matching?${query}`), nothing)).json();
  };
  const asOf = workspace.clock.now();
  expect(await number({ asOf })).toEqual({ count: 2, more: false });
  expect(await number({ asOf, step: "another" })).toEqual({ count: 0, more: false });
  expect(await number({ asOf: "2000-01-01T00:00:00.000Z" })).toEqual({ count: 0, more: false });
  expect(await number({ asOf: "now" })).toMatchObject({ type: "urn:holdpoint:problem:invalid" });

  const results = (await (await decide(narrowed)).text()).trim().split("\n");
  expect(
    results.map((line) => JSON.parse(line)).sort((one, other) => (one.key < other.key ? -1 : 1)),
  ).toEqual(fitting.toSorted().map((order) => ({ key: `${order}/manual.review/1`, done: true })));
  expect(ordersOf(await ask({ view: "all" }))).toEqual(others.toSorted());
});
