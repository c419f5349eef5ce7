import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { database } from "#lib/db";
import { type AuthorizedActor, mintActor } from "#lib/domain/authority";
import { changes_max } from "#lib/queries/changes";
import { environmentOf, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/** The stream and the presence of this process, called as Next calls them, by somebody signed in and by nobody. */
const asks: { actor: AuthorizedActor | null; headers: Headers } = { actor: null, headers: new Headers() };
vi.mock("next/server", () => ({ connection: async () => {} }));
vi.mock("next/headers", () => ({ headers: async () => asks.headers, cookies: async () => {} }));
vi.mock("#lib/auth/session", () => ({ currentActor: async () => asks.actor }));

const { GET } = await import("./route");
const { POST } = await import("./presence/route");
const { liveHub } = await import("./hub");

const url = "http://console.test/live";
const nothing = { params: Promise.resolve({}) };

let workspace: TestWorkspace;
let order: string;
/** Where the log went on before the order came in. */
let before: number;

beforeAll(async () => {
  workspace = await testWorkspace();
  before = (await workspace.log()).length;
  order = await workspace.receive();
});
beforeEach(() => {
  for (const [name, value] of Object.entries(environmentOf(workspace))) vi.stubEnv(name, value);
  asks.actor = workspace.person("ana");
  asks.headers = new Headers({ origin: "http://console.test", host: "console.test" });
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => {
  liveHub().close();
  await database().$disconnect();
  await workspace.close();
});

describe("the stream", () => {
  const messages = async (response: Response, wanted: number) => {
    const reader = response.body!.getReader();
    const heard: { kind: string; id?: string; data: { next: number; changes: unknown[] } }[] = [];
    while (heard.length < wanted) {
      const { value } = await reader.read();
      for (const text of new TextDecoder().decode(value).split("\n\n").filter(Boolean)) {
        const [, id, kind, data] = /^(?:id: (\d+)\n)?event: (\w+)\ndata: (.*)$/.exec(text)!;
        heard.push({ kind: kind!, id, data: JSON.parse(data!) });
      }
    }
    await reader.cancel();
    return heard;
  };

  test("is for somebody signed in", async () => {
    asks.actor = null;
    const refused = await GET(new Request(url), nothing);
    expect([refused.status, refused.headers.get("content-type")]).toEqual([401, "application/problem+json"]);
    expect(await refused.json()).toMatchObject({ type: "urn:holdpoint:problem:unauthenticated" });
  });

  test("is not held back, kept or compressed by anybody between", async () => {
    const response = await GET(new Request(url), nothing);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await messages(response, 1)).toEqual([
      {
        kind: "hello",
        id: undefined,
        data: { next: (await workspace.log()).length, person: asks.actor?.id },
      },
    ]);
  });

  test.each(["?from=", "Last-Event-ID"])("goes on from where its reader was (%s)", async (how) => {
    const request =
      how === "?from="
        ? new Request(`${url}?from=${before}`)
        : new Request(url, { headers: { "Last-Event-ID": `${before}` } });
    const [hello, changes] = await messages(await GET(request, nothing), 2);
    expect(hello).toMatchObject({ kind: "hello", data: { next: before } });
    const log = (await workspace.log()).filter(({ pos }) => pos >= before);
    expect(changes).toEqual({
      kind: "changes",
      id: `${before + log.length}`,
      data: {
        next: before + log.length,
        changes: log.map(({ pos, type }) => ({ pos, type, order })),
        everything: false,
      },
    });
  });

  test("from too far ahead or behind says that everything may have changed, and what is no position is none", async () => {
    const far = await messages(await GET(new Request(`${url}?from=${changes_max * 10}`), nothing), 2);
    expect(far[1]).toMatchObject({ kind: "changes", data: { changes: [], everything: true } });
    for (const from of ["-1", "x", "", "9".repeat(16)])
      expect(await messages(await GET(new Request(`${url}?from=${from}`), nothing), 1)).toMatchObject([
        { kind: "hello", data: { next: (await workspace.log()).length } },
      ]);
  });

  test("brings a requester nothing of another's order", async () => {
    asks.actor = mintActor({ ...workspace.person("remy"), roles: ["requester"] });
    const others = await workspace.receive({ requestedBy: "remy" });
    const [, changes] = await messages(await GET(new Request(`${url}?from=${before}`), nothing), 2);
    const heard = changes!.data.changes as { order: string }[];
    expect(new Set(heard.map((change) => change.order))).toEqual(new Set([others]));
  });
});

describe("presence", () => {
  const say = (told: object) => {
    const body = JSON.stringify({ drawnFor: asks.actor?.id ?? "ana", ...told });
    return POST(new Request(`${url}/presence`, { method: "POST", body }), nothing);
  };

  test("is said by our own pages alone, and by somebody signed in", async () => {
    asks.headers = new Headers({ host: "console.test" });
    expect((await say({ viewer: "v", order })).status).toBe(403);
    asks.headers = new Headers({ origin: "http://elsewhere.test", host: "console.test" });
    expect((await say({ viewer: "v", order })).status).toBe(403);
    asks.headers = new Headers({ origin: "http://console.test", host: "console.test" });
    asks.actor = null;
    expect((await say({ viewer: "v", order })).status).toBe(401);
  });

  test("is said in nobody's name but theirs whom the page was drawn for", async () => {
    asks.actor = workspace.person("ben");
    const said = await say({ viewer: "v", order, drawnFor: "ana" });
    expect([said.status, (await said.json()).detail]).toEqual([
      401,
      "Somebody else is signed in in this browser by now.",
    ]);
    expect((await say({ viewer: "v", order: null, drawnFor: "ana" })).status).toBe(401);
  });

  test("says an order and a viewer, and no more", async () => {
    for (const body of [{}, { viewer: "v" }, { viewer: "v w", order }, { viewer: "v", order, person: "ben" }])
      expect((await say(body)).status, JSON.stringify(body)).toBe(422);
    expect((await say({ viewer: "v", order: "x".repeat(600) })).status).toBe(413);
  });

  test("of an order one may not see is not there", async () => {
    asks.actor = mintActor({ ...workspace.person("remy"), roles: ["requester"] });
    expect((await say({ viewer: "v", order })).status).toBe(404);
    expect((await say({ viewer: "v", order: "no-order" })).status).toBe(404);
  });

  test("is answered with who looks at the order, told to them, and over when it is said to be", async () => {
    const stream = (await GET(new Request(url), nothing)).body!.getReader();
    await stream.read();
    expect(await (await say({ viewer: "a", order })).json()).toEqual({
      people: [{ id: "ana", name: "ana" }],
    });
    asks.actor = workspace.person("ben");
    const both = {
      people: [
        { id: "ana", name: "ana" },
        { id: "ben", name: "ben" },
      ],
    };
    expect(await (await say({ viewer: "b", order })).json()).toEqual(both);
    const told = async () => {
      const { value } = await stream.read();
      return JSON.parse(/event: presence\ndata: (.*)/.exec(new TextDecoder().decode(value))![1]!);
    };
    expect(await told()).toEqual({ order, people: [{ id: "ana", name: "ana" }] });
    expect(await told()).toEqual({ order, ...both });
    expect(await (await say({ viewer: "b", order: null })).json()).toEqual({ people: [] });
    expect(await told()).toEqual({ order, people: [{ id: "ana", name: "ana" }] });
    await stream.cancel();
  });
});

test("a process that ends answers that it does, and closes the connection", async () => {
  liveHub().close();
  for (const answered of [
    await GET(new Request(url), nothing),
    await POST(new Request(`${url}/presence`, { method: "POST", body: "{}" }), nothing),
  ])
    expect([answered.status, answered.headers.get("connection")]).toEqual([503, "close"]);
});
