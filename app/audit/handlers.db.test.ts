import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { database } from "#lib/db";
import type { AuthorizedActor } from "#lib/domain/authority";
import { events_per_batch } from "#lib/queries/audit-export";
import { withClient } from "#scripts/embedded-postgres";
import { environmentOf, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/** What auditors fetch from the log's page, called as Next calls it, and held against the log itself. */
const asks: { actor: AuthorizedActor | null } = { actor: null };
vi.mock("next/server", () => ({ connection: async () => {} }));
vi.mock("next/headers", () => ({ headers: async () => new Headers(), cookies: async () => {} }));
vi.mock("#lib/auth/session", () => ({ currentActor: async () => asks.actor }));

const { GET: take } = await import("./export/route");
const { GET: news } = await import("./news/route");
const { liveHub } = await import("../live/hub");

const nothing = { params: Promise.resolve({}) };
const note = "=HYPERLINK(1) is what Grace wrote";
let workspace: TestWorkspace;
let order: string;

beforeAll(async () => {
  workspace = await testWorkspace();
  order = await workspace.receive({ note });
  // More than a batch holds.
  for (let n = 0; n < events_per_batch / 3; n++) await workspace.receive();
  await workspace.decide(workspace.person("rita"), order, "approve");
});
beforeEach(() => {
  for (const [name, value] of Object.entries(environmentOf(workspace))) vi.stubEnv(name, value);
  asks.actor = workspace.person("ada");
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => {
  liveHub().close();
  await database().$disconnect();
  await workspace.close();
});

const file = (query: Record<string, string>) =>
  take(new Request(`http://console.test/audit/export?${new URLSearchParams(query)}`), nothing);
const since = (query: Record<string, string>) =>
  news(new Request(`http://console.test/audit/news?${new URLSearchParams(query)}`), nothing);

type Sealed = { pos: number; stream: string; version: number; leaf: string; body: string };
const sealed = async (q: string): Promise<Sealed[]> => {
  const response = await file({ q, format: "jsonl" });
  expect(response.status).toBe(200);
  const text = await response.text();
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
};
const leafOf = (body: string) =>
  createHash("sha256").update(Buffer.of(0)).update(Buffer.from(body, "base64")).digest("hex");

describe("the log as JSON Lines", () => {
  test("is every event by its position, and each leaf can be recomputed from its line alone", async () => {
    const lines = await sealed("");
    const log = await workspace.log();
    expect(lines.length).toBeGreaterThan(events_per_batch);
    expect(lines.map(({ pos, stream, version }) => ({ pos, stream, version }))).toEqual(
      log.map(({ pos, stream, version }) => ({ pos, stream, version })),
    );
    for (const { leaf, body } of lines) expect(leafOf(body)).toBe(leaf);
    const heads = new Map<string, string>();
    for (const { stream, version, leaf, body } of lines) {
      const read = JSON.parse(Buffer.from(body, "base64").toString("utf8"));
      expect(read).toMatchObject({ stream, version, prevHash: heads.get(stream) ?? null });
      heads.set(stream, leaf);
    }
  });

  test("gives nobody's personal data away", async () => {
    const bodies = (await sealed(`stream:order/${order}`)).map(({ body }) =>
      Buffer.from(body, "base64").toString(),
    );
    expect(bodies.join()).toContain('"personal"');
    expect(bodies.join()).not.toContain("Grace");
  });

  test("shows where bytes were changed, because their leaf is another", async () => {
    const [first] = await sealed("stream:person/ben");
    const changed = Buffer.from(first!.body, "base64").toString().replace("reviewer", "reviewed");
    const set = (body: string, encoding: "utf8" | "base64") =>
      withClient(workspace.urls.superuserUrl, async (client) => {
        await client.query("SET session_replication_role = replica");
        await client.query("UPDATE event SET body = $2 WHERE workspace = $1 AND pos = $3", [
          workspace.name,
          Buffer.from(body, encoding),
          first!.pos,
        ]);
      });
    await set(changed, "utf8");
    const [other] = await sealed("stream:person/ben");
    expect(leafOf(other!.body)).not.toBe(first!.leaf);
    await set(first!.body, "base64");
    expect((await sealed("stream:person/ben"))[0]).toEqual(first);
  });

  test("holds what fits and nothing else", async () => {
    const lines = await sealed("refused:yes stream:access/rita stream:person/rita");
    expect(lines.map(({ stream }) => stream)).toEqual(["access/rita"]);
    const some = await sealed("-type:taskOpened pos:>5");
    expect(some.map(({ pos }) => pos)).toEqual(
      (await workspace.log())
        .filter(({ pos, type }) => pos > 5 && type !== "taskOpened")
        .map(({ pos }) => pos),
    );
    expect(await sealed("type:orderCancelled")).toEqual([]);
  });

  test("is a file with the day in its name", async () => {
    const { headers, body } = await file({ format: "jsonl" });
    expect(headers.get("content-disposition")).toMatch(
      /^attachment; filename="log-main-\d{4}-\d\d-\d\d\.jsonl"$/,
    );
    expect(headers.get("content-type")).toBe("application/jsonl; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-store");
    await body?.cancel();
  });
});

describe("the log as CSV", () => {
  test("says what the screen says, a header once, and nothing a spreadsheet would take for a formula", async () => {
    const response = await file({ q: "", format: "csv" });
    expect(response.headers.get("content-disposition")).toMatch(/filename="log-main-[\d-]{10}\.csv"$/);
    const lines = (await response.text()).split("\r\n").slice(0, -1);
    expect(lines.length).toBe((await workspace.log()).length + 1);
    expect(lines[0]).toBe(
      "Position,Recorded at (UTC),Happened at (UTC),Stream,Version,Event,By,Kind of actor,What happened,Leaf",
    );
    expect(lines.filter((line) => line.startsWith("Position"))).toHaveLength(1);
    expect(lines.join("\n")).toContain(",orderReceived,rita,person,rita asked for the order.,");
    expect(lines.join("\n")).not.toContain("Grace");
  });

  test("has its header when nothing fits", async () => {
    const text = await (await file({ q: "type:orderCancelled", format: "csv" })).text();
    expect(text.split("\r\n")).toEqual([expect.stringContaining("Position,"), ""]);
  });
});

describe("what is new", () => {
  test("is told with where to go on", async () => {
    const { next } = await (await since({ q: "", from: "0" })).json();
    expect(next).toBe((await workspace.log()).length);
    const received = await workspace.receive();
    const answer = await (await since({ q: "type:orderReceived", from: `${next}` })).json();
    expect(answer).toMatchObject({ gap: false, next: (await workspace.log()).length });
    expect(answer.lines).toEqual([
      expect.objectContaining({
        type: "orderReceived",
        streamHref: `/orders/${received}`,
        sentence: "rita asked for the order.",
      }),
    ]);
    expect((await since({ q: "" })).status).toBe(400);
  });
});

test("nobody gets anything of it but auditors and admins, and nobody a file of what was not understood", async () => {
  for (const [actor, status] of [
    [null, 401],
    ...["rita", "ana", "sam"].map((who) => [workspace.person(who), 403] as const),
    [workspace.person("root"), 200],
  ] as const) {
    asks.actor = actor;
    for (const ask of [
      () => file({ q: "", format: "csv" }),
      () => file({ q: "", format: "jsonl" }),
      () => since({ q: "", from: "0" }),
    ]) {
      const response = await ask();
      expect(response.status).toBe(status);
      if (status !== 200) expect(response.headers.get("content-type")).toBe("application/problem+json");
      await response.body?.cancel();
    }
  }
  const refused = await file({ q: "actr:ana type:taskOpened", format: "jsonl" });
  expect(refused.status).toBe(422);
  expect((await refused.json()).errors[0].message).toContain("There is no field “actr”");
  expect((await file({ q: "", format: "xml" })).status).toBe(400);
});
