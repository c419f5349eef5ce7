import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { keepApiKey, makeApiKey } from "#lib/auth/api-key";
import { database } from "#lib/db";
import { instantAdapters } from "#lib/effects/instant";
import { engineProcess } from "#lib/engine/process";
import { systemActor } from "#lib/engine/system-actor";
import { intakeExample, orders_per_request_max } from "#lib/web/intake";
import { log } from "#lib/web/log";
import { FaultProxy } from "#scripts/testing/fault-proxy";
import { environmentOf, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/**
 * Every handler of a machine's request, called as Next calls it: with a real request, against a real database, made from the
 * environment. What stands in the log afterwards is looked at too.
 */
vi.mock("next/server", () => ({ connection: async () => {} }));

type Handler = (request: Request, context: { params: Promise<never> }) => Promise<Response>;
const { POST: receiveOrder } = await import("./orders/route");
const { POST: receiveOrders } = await import("./orders/batch/route");
const { GET: readOrder } = await import("./orders/[id]/route");
const { POST: callback } = await import("./callbacks/carrier/route");
const tick = await import("./cron/tick/route");
const { GET: health } = await import("./health/route");
const { GET: ready } = await import("./ready/route");
const { GET: metrics } = await import("../metrics/route");
const { GET: openApi } = await import("./openapi.json/route");

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const cronSecret = "a-secret-of-the-scheduler";
const metricsToken = "a-token-of-the-monitoring";
const webhookSecret = `whsec_${Buffer.alloc(24, 3).toString("base64")}`;

let workspace: TestWorkspace;
/** Between the handlers and their database, so that it can be away. */
let proxy: FaultProxy;
/** API keys by the person they act for. */
const keys: { [person: string]: string } = {};

beforeAll(async () => {
  const adapters = instantAdapters().map((adapter) =>
    adapter.name === "carrier.proofOfDelivery"
      ? { ...adapter, perform: async () => ({ kind: "pending", reference: "P-1" }) as const }
      : adapter,
  );
  workspace = await testWorkspace({ adapters });
  proxy = await FaultProxy.open(workspace.urls.databaseUrl);
  for (const person of ["rita", "sam", "ana"]) {
    const made = makeApiKey();
    const operator = systemActor(workspace.name, "operator");
    await workspace.ask(operator, { type: "apiKey.create", person, apiKey: made.apiKey });
    await keepApiKey(workspace, made);
    keys[person] = made.key;
  }
});

beforeEach(() => {
  const environment = {
    ...environmentOf(workspace),
    DATABASE_URL: proxy.through(workspace.urls.databaseUrl),
    CRON_SECRET: cronSecret,
    METRICS_TOKEN: metricsToken,
    CARRIER_WEBHOOK_SECRET: webhookSecret,
    INTAKE_BACKLOG_MAX: "5000",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  proxy.refuse(false);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

afterAll(async () => {
  // The handlers have made an engine and a database of their own, as they do in the console.
  for (const [name, value] of [["DATABASE_URL", workspace.urls.databaseUrl]] as const)
    vi.stubEnv(name, value);
  await (await engineProcess()).runtime.stop();
  await database().$disconnect();
  await proxy.close();
  await workspace.close();
});

async function call(handler: Handler, request: Request, params = {}): Promise<Response> {
  const response = await handler(request, { params: Promise.resolve(params as never) });
  expect(response.headers.get("x-request-id")).toMatch(uuid);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return response;
}

/** A refusal as RFC 9457 has it, with the request's id in its body too. */
async function problemIn(response: Response, status: number, code: string): Promise<Record<string, unknown>> {
  const body = await response.json();
  expect(response.status, JSON.stringify(body)).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(body).toMatchObject({
    type: `urn:holdpoint:problem:${code}`,
    status,
    title: expect.any(String),
    detail: expect.any(String),
    requestId: response.headers.get("x-request-id"),
  });
  return body;
}

const logLength = async () => (await workspace.log()).length;

/** With no room for another order. An answer about that holds for a while: by a clock that shows nothing, for none. */
async function overBacklog(send: () => Promise<Response>): Promise<Response> {
  vi.stubEnv("INTAKE_BACKLOG_MAX", "1");
  vi.spyOn(performance, "now").mockReturnValue(Number.NaN);
  return send();
}

/** What the handlers say of a database that is away is expected here, and no news. */
async function whileDatabaseIsAway<Result>(work: () => Promise<Result>): Promise<Result> {
  vi.spyOn(log(), "error").mockImplementation(() => {});
  proxy.refuse(true);
  try {
    return await work();
  } finally {
    proxy.refuse(false);
  }
}

describe("POST /api/orders", () => {
  let n = 0;
  const content = (more: object = {}) => ({ ...intakeExample, businessKey: `HTTP-${++n}`, ...more });
  const post = (body: unknown, more: { key?: string; person?: string | null; headers?: object } = {}) => {
    const { key = `key-${++n}`, person = "rita", headers = {} } = more;
    return call(
      receiveOrder as Handler,
      new Request("http://127.0.0.1/api/orders", {
        method: "POST",
        headers: {
          ...(person !== null && { authorization: `Bearer ${keys[person]}` }),
          ...(key !== "" && { "idempotency-key": key }),
          ...headers,
        },
        body:
          typeof body === "string" || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
      }),
    );
  };

  test("receives an order, and answers the same request the same way without receiving it again", async () => {
    const asked = content();
    const first = await post(asked, { key: "once" });
    expect(first.status).toBe(201);
    const received = await first.json();
    expect(received).toEqual({ order: expect.stringMatching(uuid), status: expect.any(String), version: 3 });
    expect(first.headers.get("location")).toBe(`/api/orders/${received.order}`);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    const length = await logLength();

    const again = await post(asked, { key: "once" });
    expect(again.status).toBe(201);
    expect(await again.json()).toEqual(received);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
    expect(await logLength()).toBe(length);
  });

  test.each([
    ["no Idempotency-Key", { key: "" }, 400, "idempotencyKey"],
    ["an Idempotency-Key with a space", { key: "two words" }, 400, "idempotencyKey"],
    ["no API key", { person: null }, 401, "unauthenticated"],
    [
      "a wrong API key",
      { headers: { authorization: `Bearer hp_${"0".repeat(16)}_${"x".repeat(43)}` } },
      401,
      "unauthenticated",
    ],
    [
      "another kind of authorization",
      { headers: { authorization: "Basic cml0YTpyaXRh" } },
      401,
      "unauthenticated",
    ],
  ])("with %s is refused and leaves nothing", async (_, more, status, code) => {
    const length = await logLength();
    const response = await post(content(), more);
    await problemIn(response, status, code);
    if (status === 401) expect(response.headers.get("www-authenticate")).toContain("Bearer");
    expect(await logLength()).toBe(length);
  });

  test.each([
    ["half a value", '{"workflow":', 400, "malformed"],
    ["nothing", "", 400, "malformed"],
    ["no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), 400, "malformed"],
    ["a body over 64 KiB", `"${"x".repeat(64 * 1024)}"`, 413, "tooLarge"],
    ["a list", "[]", 422, "invalid"],
  ])("of %s is refused and leaves nothing", async (_, body, status, code) => {
    const length = await logLength();
    await problemIn(await post(body), status, code);
    expect(await logLength()).toBe(length);
  });

  test.each([
    ["an amount below zero", { total: { amount: -1, currency: "GBP" } }, "total.amount"],
    ["an unsafe integer", { total: { amount: 2 ** 53, currency: "GBP" } }, "total.amount"],
    ["a currency there is not", { total: { amount: 1, currency: "XXX" } }, "total.currency"],
    ["a date there is not", { orderedOn: "2026-02-30" }, "orderedOn"],
    ["U+0000", { note: "a\u0000b" }, "note"],
    ["half a character", { note: "\ud800" }, "note"],
    ["a member nobody knows", { discount: 5 }, "discount"],
    ["a workflow there is not", { workflow: "nothing@9" }, "workflow"],
  ])("with %s names the member and leaves nothing", async (_, wrong, field) => {
    const length = await logLength();
    const { errors } = await problemIn(await post(content(wrong)), 422, "invalid");
    expect(errors).toContainEqual({ field, message: expect.any(String) });
    expect(await logLength()).toBe(length);
  });

  test("under a used key with other content is refused, naming what differs", async () => {
    const asked = content();
    await post(asked, { key: "other-content" });
    const length = await logLength();
    const { errors } = await problemIn(
      await post({ ...asked, total: { amount: 1, currency: "GBP" } }, { key: "other-content" }),
      422,
      "contentDiffers",
    );
    expect(errors).toContainEqual({ field: "total", message: expect.any(String) });
    expect(await logLength()).toBe(length);
  });

  test("of an order received under another key is a conflict that names the order", async () => {
    const asked = content();
    const { order } = await (await post(asked)).json();
    const length = await logLength();
    expect(await problemIn(await post(asked), 409, "alreadyReceived")).toMatchObject({ order });
    expect(await logLength()).toBe(length);
  });

  test("by somebody who may not ask for orders is refused, and the refusal stands in the log", async () => {
    const before = await workspace.log();
    const { detail } = await problemIn(await post(content(), { person: "ana" }), 403, "refused");
    expect(detail).toContain("role");
    const added = (await workspace.log()).slice(before.length);
    expect(added.map(({ type, stream }) => `${type} ${stream}`)).toEqual([
      expect.stringMatching(/^accessRefused access\//),
    ]);
  });

  test("over the backlog bound is put off, while what was received before is still answered", async () => {
    const small = { total: { amount: 100, currency: "GBP" }, customer: { reference: "regular" } };
    // The first order of a customer goes to review; those after it wait for dispatch, with no carrier to send them to.
    await post(content(small));
    const asked = content({ ...small, total: { amount: 101, currency: "GBP" } });
    const first = await (await post(asked, { key: "before-the-flood" })).json();
    await post(content({ ...small, total: { amount: 102, currency: "GBP" } }));

    const length = await logLength();
    const response = await overBacklog(() => post(content()));
    await problemIn(response, 429, "backlog");
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await logLength()).toBe(length);
    const again = await post(asked, { key: "before-the-flood" });
    expect(again.status).toBe(201);
    expect(await again.json()).toEqual(first);
  });

  test("while the database is away is put off, and received when it is back", async () => {
    const asked = content();
    const length = await logLength();
    const away = await whileDatabaseIsAway(() => post(asked, { key: "away" }));
    await problemIn(away, 503, "unavailable");
    expect(Number(away.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await logLength()).toBe(length);
    const back = await post(asked, { key: "away" });
    expect([back.status, back.headers.get("idempotency-replayed")]).toEqual([201, null]);
  });
});

describe("POST /api/orders/batch", () => {
  let n = 0;
  const order = (more: object = {}) => ({
    ...intakeExample,
    idempotencyKey: `batch-${++n}`,
    businessKey: `BATCH-${n}`,
    ...more,
  });
  const send = (url: string, handler: unknown, body: BodyInit, headers: object = {}) =>
    call(
      handler as Handler,
      new Request(url, {
        method: "POST",
        headers: { authorization: `Bearer ${keys.rita}`, ...headers },
        body,
      }),
    );
  const postAll = (orders: unknown, headers?: object) =>
    send("http://127.0.0.1/api/orders/batch", receiveOrders, JSON.stringify({ orders }), headers);
  const postAlone = ({ idempotencyKey, ...content }: ReturnType<typeof order>) =>
    send("http://127.0.0.1/api/orders", receiveOrder, JSON.stringify(content), {
      "idempotency-key": idempotencyKey,
    });

  type Result = {
    status: number;
    repeated?: boolean;
    received?: { order: string };
    problem?: Record<string, unknown>;
  };
  async function resultsOf(response: Response): Promise<Result[]> {
    const { results } = await response.json();
    expect(response.status, JSON.stringify(results)).toBe(207);
    for (const result of results)
      if (result.status !== 201)
        expect(result.problem).toMatchObject({
          type: expect.stringMatching(/^urn:holdpoint:problem:/),
          status: result.status,
          detail: expect.any(String),
          requestId: response.headers.get("x-request-id"),
        });
    return results;
  }
  const received = async (...businessKeys: string[]): Promise<boolean[]> => {
    const { engine } = (await engineProcess()).runtime;
    const streams = new Set((await workspace.log()).map(({ stream }) => stream));
    return businessKeys.map((key) => streams.has(`order/${engine.orderId(intakeExample.source, key)}`));
  };

  test("receives as many as it may in a few batches of the engine, and answers them in their order", async () => {
    const { engine } = (await engineProcess()).runtime;
    await resultsOf(await postAll([order()]));
    const asked = Array.from({ length: orders_per_request_max }, () => order());
    const before = engine.transactions;
    const results = await resultsOf(await postAll(asked));
    expect(engine.transactions - before).toBeLessThanOrEqual(3);
    expect(results).toEqual(
      asked.map(({ businessKey }) => {
        const id = engine.orderId(intakeExample.source, businessKey);
        return {
          status: 201,
          repeated: false,
          received: { order: id, status: `/api/orders/${id}`, version: expect.any(Number) },
        };
      }),
    );
    expect(new Set(await received(...asked.map(({ businessKey }) => businessKey)))).toEqual(new Set([true]));

    const length = await logLength();
    const again = await resultsOf(await postAll(asked));
    expect(again).toEqual(results.map((result) => ({ ...result, repeated: true })));
    expect(await logLength()).toBe(length);
  });

  test("shares its keys with the endpoint for one order, either way", async () => {
    const [alone, together] = [order(), order()];
    const first = await (await postAlone(alone)).json();
    const [result] = await resultsOf(await postAll([together]));
    const length = await logLength();
    expect(await resultsOf(await postAll([alone]))).toEqual([
      { status: 201, repeated: true, received: first },
    ]);
    const again = await postAlone(together);
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
    expect(await again.json()).toEqual(result?.received);
    const other = { total: { amount: 1, currency: "GBP" as const } };
    await problemIn(await postAlone({ ...together, ...other }), 422, "contentDiffers");
    const [differing] = await resultsOf(await postAll([{ ...alone, ...other }]));
    expect(differing?.problem).toMatchObject({
      type: "urn:holdpoint:problem:contentDiffers",
      status: 422,
      errors: [{ field: "total" }],
    });
    expect(await logLength()).toBe(length);
  });

  const tooLarge = Array(200).fill({
    sku: "1",
    description: "x".repeat(300),
    quantity: 1,
    unitPrice: 1,
  });
  test.each([
    ["an amount below zero", { total: { amount: -1, currency: "GBP" } }, 422, "invalid", "total.amount"],
    [
      "a line without a quantity",
      { lines: [{ sku: "1", unitPrice: 1 }] },
      422,
      "invalid",
      "lines.0.quantity",
    ],
    ["a member nobody knows", { discount: 5 }, 422, "invalid", "discount"],
    ["half a character", { note: "\ud800" }, 422, "invalid", "note"],
    ["a workflow there is not", { workflow: "nothing@9" }, 422, "invalid", "workflow"],
    ["no key of its own", { idempotencyKey: undefined }, 422, "invalid", "idempotencyKey"],
    ["a key of two words", { idempotencyKey: "two words" }, 422, "invalid", "idempotencyKey"],
    ["more than an event can hold", { lines: tooLarge }, 422, "invalid", "body"],
  ])(
    "an order with %s is refused by itself, with the member, between others",
    async (_, wrong, status, code, field) => {
      const [one, bad, two] = [order(), order(wrong), order()];
      const results = await resultsOf(await postAll([one, bad, two]));
      expect(results.map((result) => result.status)).toEqual([201, status, 201]);
      expect(results[1]?.problem).toMatchObject({ type: `urn:holdpoint:problem:${code}` });
      expect(results[1]?.problem?.errors).toContainEqual({ field, message: expect.any(String) });
      expect(await received(one.businessKey, bad.businessKey, two.businessKey)).toEqual([true, false, true]);
    },
  );

  test("what is no order at all is refused by itself", async () => {
    const good = order();
    const results = await resultsOf(await postAll([null, 7, "order", [], good]));
    expect(results.map(({ status }) => status)).toEqual([422, 422, 422, 422, 201]);
    expect(await received(good.businessKey)).toEqual([true]);
  });

  test("of an order received under another key is a conflict that names the order, also within one request", async () => {
    const one = order();
    const other = { ...one, idempotencyKey: "another-key" };
    const results = await resultsOf(await postAll([one, other]));
    expect(results.map(({ status }) => status)).toEqual([201, 409]);
    expect(results[1]?.problem).toMatchObject({
      type: "urn:holdpoint:problem:alreadyReceived",
      order: results[0]?.received?.order,
    });
    const [later] = await resultsOf(await postAll([{ ...one, idempotencyKey: "a-third-key" }]));
    expect(later).toMatchObject({ status: 409, problem: { order: results[0]?.received?.order } });
  });

  test("a key that comes twice in one request is that order and its repetition, or another content", async () => {
    const one = order();
    const results = await resultsOf(
      await postAll([one, one, { ...one, note: "another note" }, { ...one, businessKey: "ANOTHER" }]),
    );
    expect(results.map(({ status, repeated }) => [status, repeated])).toEqual([
      [201, false],
      [201, true],
      [422, undefined],
      [422, undefined],
    ]);
    expect(results[1]?.received).toEqual(results[0]?.received);
    expect(results[2]?.problem?.errors).toContainEqual({ field: "note", message: expect.any(String) });
    expect(await received(one.businessKey, "ANOTHER")).toEqual([true, false]);
  });

  test("by somebody who may not ask for orders is refused order by order, on record", async () => {
    const before = await workspace.log();
    const results = await resultsOf(
      await postAll([order(), order()], { authorization: `Bearer ${keys.ana}` }),
    );
    expect(results.map(({ status, problem }) => [status, problem?.type])).toEqual(
      Array(2).fill([403, "urn:holdpoint:problem:refused"]),
    );
    const added = (await workspace.log()).slice(before.length);
    expect(added.length).toBeGreaterThan(0);
    for (const { stream } of added) expect(stream).toMatch(/^access\//);
  });

  test("what fails for one order harms none of the others, and can be sent again", async () => {
    vi.spyOn(log(), "error").mockImplementation(() => {});
    const { engine } = (await engineProcess()).runtime;
    const asked = [order(), order(), order(), order()];
    const execute = engine.execute.bind(engine);
    const failing = new Map<string, Error>([
      [asked[1]!.businessKey, new Error("Connection terminated unexpectedly")],
      [asked[2]!.businessKey, new Error("a fault of ours, with a name in it: Ada")],
    ]);
    vi.spyOn(engine, "execute").mockImplementation(async (command, asking) => {
      const error = command.type === "order.receive" && failing.get(command.businessKey);
      if (error) throw error;
      return execute(command, asking);
    });
    const response = await postAll(asked);
    const text = await response.clone().text();
    const results = await resultsOf(response);
    expect(results.map(({ status }) => status)).toEqual([201, 503, 500, 201]);
    expect(text).not.toContain("Ada");
    vi.restoreAllMocks();
    const again = await resultsOf(await postAll(asked));
    expect(again.map(({ status, repeated }) => [status, repeated])).toEqual([
      [201, true],
      [201, false],
      [201, false],
      [201, true],
    ]);
  });

  test.each([
    ["no API key", JSON.stringify({ orders: [] }), { authorization: "" }, 401, "unauthenticated"],
    [
      "a wrong API key",
      JSON.stringify({ orders: [] }),
      { authorization: `Bearer hp_${"0".repeat(16)}_${"x".repeat(43)}` },
      401,
      "unauthenticated",
    ],
    ["half a value", '{"orders":[', {}, 400, "malformed"],
    ["no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), {}, 400, "malformed"],
    ["over 1 MiB", " ".repeat(1024 * 1024 + 1), {}, 413, "tooLarge"],
    ["a list and nothing around it", "[]", {}, 422, "invalid"],
    ["no orders", '{"orders":[]}', {}, 422, "invalid"],
    ["one order as it is", '{"orders":{}}', {}, 422, "invalid"],
    ["101 orders", JSON.stringify({ orders: Array(101).fill({}) }), {}, 422, "invalid"],
    ["something beside the orders", '{"orders":[{}],"mode":"fast"}', {}, 422, "invalid"],
  ])("of %s is refused as a whole and leaves nothing", async (_, body, headers, status, code) => {
    const length = await logLength();
    const response = await send("http://127.0.0.1/api/orders/batch", receiveOrders, body, headers);
    await problemIn(response, status, code);
    expect(await logLength()).toBe(length);
  });

  test("over the backlog bound is put off as a whole before anything is done, unless all of it came before", async () => {
    const small = { total: { amount: 100, currency: "GBP" }, customer: { reference: "regular of batches" } };
    const known = [order(small), order({ ...small, total: { amount: 101, currency: "GBP" } })];
    const first = await resultsOf(await postAll(known));
    await resultsOf(await postAll([order({ ...small, total: { amount: 102, currency: "GBP" } })]));
    const length = await logLength();
    const response = await overBacklog(() => postAll([...known, order()]));
    await problemIn(response, 429, "backlog");
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await resultsOf(await postAll(known))).toEqual(
      first.map((result) => ({ ...result, repeated: true })),
    );
    expect(await logLength()).toBe(length);
  });

  test("while the database is away is put off as a whole, and received when it is back", async () => {
    const asked = [order(), order()];
    const length = await logLength();
    const away = await whileDatabaseIsAway(() => postAll(asked));
    await problemIn(away, 503, "unavailable");
    expect(Number(away.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await logLength()).toBe(length);
    const back = await resultsOf(await postAll(asked));
    expect(back.map(({ status, repeated }) => [status, repeated])).toEqual(Array(2).fill([201, false]));
  });
});

describe("GET /api/orders/{id}", () => {
  const get = (id: string, person: string | null = "rita") =>
    call(
      readOrder as Handler,
      new Request(`http://127.0.0.1/api/orders/${id}`, {
        headers: person === null ? {} : { authorization: `Bearer ${keys[person]}` },
      }),
      { id },
    );

  test("says how an order stands to who may know, and to others that there is none", async () => {
    const order = await workspace.receive({ requestedBy: "rita" });
    const response = await get(order);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ order, status: "open", at: ["manual.review"], version: 3 });
    await problemIn(await get(order, "ana"), 404, "notFound");
    await problemIn(await get("nothing"), 404, "notFound");
    await problemIn(await get(order, null), 401, "unauthenticated");
  });
});

describe("POST /api/callbacks/carrier", () => {
  const pending = async () => {
    const order = await workspace.receive();
    await workspace.decide(workspace.person("ana"), order, "approve");
    await workspace.runtime.dispatcher.idle();
    const { effectKey } = await workspace.database.effectRow.findFirstOrThrow({
      where: { orderId: order, state: "PENDING" },
    });
    return { order, effectKey };
  };
  const report = (effectKey: string) =>
    JSON.stringify({
      type: "proofOfDelivery.captured",
      timestamp: "2026-03-02T10:00:00.000Z",
      data: {
        effectKey,
        reference: "P-1",
        trackingNumber: "TRACK-1",
        receivedBy: "A. Mason",
        deliveredAt: "2026-03-02T10:00:00.000Z",
      },
    });
  const sent = (body: string, more: { id?: string; at?: Date; secret?: string; headers?: object } = {}) => {
    const { id = "msg_1", at = new Date(), secret = webhookSecret, headers } = more;
    return call(
      callback as Handler,
      new Request("http://127.0.0.1/api/callbacks/carrier", {
        method: "POST",
        headers: (headers as Record<string, string>) ?? {
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
          "webhook-signature": new Webhook(secret).sign(id, at, body),
        },
        body,
      }),
    );
  };

  test("takes a signed report once, however often it comes", async () => {
    const { order, effectKey } = await pending();
    const good = await sent(report(effectKey), { id: "msg_good" });
    expect(good.status).toBe(200);
    expect(await good.json()).toEqual({ received: true });
    const log = await workspace.log(`order/${order}`);
    expect(log.at(-1)?.type).toBe("effectConfirmed");
    expect((await sent(report(effectKey), { id: "msg_good" })).status).toBe(200);
    expect(await workspace.log(`order/${order}`)).toHaveLength(log.length);
  });

  test("leaves a forged, stale, unsigned, malformed or oversized report a number in health, and nothing in the log", async () => {
    const { effectKey } = await pending();
    const forgedBefore = await forged();
    const length = await logLength();
    const other = `whsec_${Buffer.alloc(24, 4).toString("base64")}`;
    await problemIn(await sent(report(effectKey), { secret: other }), 401, "signature");
    const stale = new Date(Date.now() - 6 * 60_000);
    await problemIn(await sent(report(effectKey), { at: stale }), 401, "signature");
    await problemIn(await sent(report(effectKey), { headers: {} }), 400, "malformed");
    await problemIn(await sent("{"), 400, "malformed");
    await problemIn(await sent(" ".repeat(65 * 1024)), 413, "tooLarge");
    expect(await logLength()).toBe(length);
    expect(await forged()).toBe(forgedBefore + 2);
    expect((await sent(report(effectKey), { id: "msg_after" })).status).toBe(200);
  });

  test("says of a report about nothing of ours that there is no such thing", async () => {
    await problemIn(await sent(report("A".repeat(43)), { id: "msg_nothing" }), 404, "notFound");
  });

  test("takes what either key signs while the carrier changes its key", async () => {
    const next = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
    vi.stubEnv("CARRIER_WEBHOOK_SECRET", `${next} ${webhookSecret}`);
    const first = await pending();
    expect((await sent(report(first.effectKey), { id: "msg_old_key" })).status).toBe(200);
    const second = await pending();
    expect((await sent(report(second.effectKey), { id: "msg_new_key", secret: next })).status).toBe(200);
    vi.stubEnv("CARRIER_WEBHOOK_SECRET", next);
    await problemIn(await sent(report(second.effectKey), { id: "msg_too_old" }), 401, "signature");
  });

  test("takes none where no secret is configured", async () => {
    const { effectKey } = await pending();
    vi.stubEnv("CARRIER_WEBHOOK_SECRET", "");
    const length = await logLength();
    await problemIn(await sent(report(effectKey), { id: "msg_unconfigured" }), 503, "notConfigured");
    expect(await logLength()).toBe(length);
  });

  async function forged(): Promise<number> {
    const response = await call(health as Handler, new Request("http://127.0.0.1/api/health"));
    return (await response.json()).counted.callbacksForged;
  }
});

describe.each(["GET", "POST"] as const)("%s /api/cron/tick", (method) => {
  const knock = (authorization?: string) =>
    call(
      tick[method] as Handler,
      new Request("http://127.0.0.1/api/cron/tick", {
        method,
        headers: authorization ? { authorization } : {},
      }),
    );

  test("does what is due for who has the secret", async () => {
    const order = await workspace.receive();
    // Received in the workspace's own March; by the clock of the handler its time is long up.
    const response = await knock(`Bearer ${cronSecret}`);
    expect(response.status).toBe(200);
    expect((await workspace.log(`order/${order}`)).map(({ type }) => type)).toContain("taskEscalated");
  });

  test.each([undefined, "Bearer wrong", `Basic ${cronSecret}`, "Bearer"])(
    "does nothing for %s",
    async (wrong) => {
      const order = await workspace.receive();
      const response = await knock(wrong);
      await problemIn(response, 401, "unauthenticated");
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
      expect((await workspace.log(`order/${order}`)).map(({ type }) => type)).not.toContain("taskEscalated");
    },
  );

  test("does nothing for anybody where no secret is configured", async () => {
    vi.stubEnv("CRON_SECRET", "");
    for (const given of [undefined, "Bearer ", `Bearer ${cronSecret}`])
      await problemIn(await knock(given), 503, "notConfigured");
  });
});

describe("GET /metrics", () => {
  const scrape = (authorization?: string) =>
    call(
      metrics as Handler,
      new Request("http://127.0.0.1/metrics", { headers: authorization ? { authorization } : {} }),
    );

  test("has every measure for who has the token, and nothing of a person", async () => {
    const order = await workspace.receive({ customer: { reference: "17850", name: "Ada Byron" } });
    const response = await scrape(`Bearer ${metricsToken}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    const [, open] = /^holdpoint_depth\{what="tasks_open"\} (\d+)$/m.exec(text) ?? [];
    expect(Number(open)).toBeGreaterThan(0);
    expect(text).toMatch(/^holdpoint_oldest_age_seconds\{what="tasks_open"\} [\d.]+$/m);
    expect(text).toMatch(/^holdpoint_backlog_max 5000$/m);
    expect(text).toMatch(/^holdpoint_refused_requests_total\{kind="metrics_refused"\} \d+$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    for (const secret of [order, "Ada", "17850", "rita", metricsToken]) expect(text).not.toContain(secret);
    // Asked again, nothing is counted twice.
    expect((await scrape(`Bearer ${metricsToken}`)).status).toBe(200);
  });

  test.each([undefined, "Bearer wrong", `Basic ${metricsToken}`, "Bearer"])(
    "has nothing for %s",
    async (wrong) => {
      const response = await scrape(wrong);
      await problemIn(response, 401, "unauthenticated");
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
    },
  );

  test("has nothing for anybody where no token is configured", async () => {
    vi.stubEnv("METRICS_TOKEN", "");
    for (const given of [undefined, "Bearer ", `Bearer ${metricsToken}`])
      await problemIn(await scrape(given), 503, "notConfigured");
  });
});

describe("what anybody may ask", () => {
  test("GET /api/ready says whether work may be sent here, and what is missing", async () => {
    const asking = () => call(ready as Handler, new Request("http://127.0.0.1/api/ready"));
    const response = await asking();
    expect([response.status, await response.json()]).toEqual([200, { status: "ready", generation: 1 }]);
    vi.stubEnv("HOLDPOINT_WORKSPACE", "other");
    const { detail } = await problemIn(await asking(), 503, "notReady");
    expect(detail).toContain("There is no workspace other");
  });

  test("GET /api/health says what is up, and no secret", async () => {
    const response = await call(health as Handler, new Request("http://127.0.0.1/api/health"));
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      status: "up",
      database: "reachable",
      appendOnly: "grants and trigger",
      counted: { apiKeysRefused: expect.any(Number) },
    });
    for (const secret of [cronSecret, webhookSecret, new URL(workspace.urls.databaseUrl).password])
      expect(text).not.toContain(secret);
  });

  test("GET /api/openapi.json describes every answer that was given above", async () => {
    const response = await call(openApi as Handler, new Request("http://127.0.0.1/api/openapi.json"));
    expect(response.status).toBe(200);
    const { openapi, paths } = await response.json();
    expect(openapi).toBe("3.1.0");
    expect(Object.keys(paths["/api/orders"].post.responses).map(Number).sort()).toEqual([
      201, 400, 401, 403, 409, 413, 422, 429, 500, 503,
    ]);
    expect(Object.keys(paths["/api/orders/{id}"].get.responses).map(Number)).toEqual(
      expect.arrayContaining([200, 401, 404]),
    );
  });
});
