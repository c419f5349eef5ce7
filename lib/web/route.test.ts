import { afterEach, expect, test, vi } from "vitest";
import { reject } from "#lib/domain/rejection";
import { log } from "./log";
import { isProblem, problem, problemOf } from "./problem";
import { body_bytes_max, readBytes, readJson, route } from "./route";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const asked = (body?: BodyInit, headers?: Record<string, string>) =>
  new Request("http://own.example/api/x", { method: "POST", body, headers, duplex: "half" } as RequestInit);
const noParams = { params: Promise.resolve({}) };

afterEach(() => vi.restoreAllMocks());

test("an answer is JSON, has a request id of its own and is not kept by caches", async () => {
  const answer = route(async () => ({ status: 201, body: { a: 1 }, headers: { Location: "/x" } }));
  const first = await answer(asked(), noParams);
  expect(first.status).toBe(201);
  expect(await first.json()).toEqual({ a: 1 });
  expect(first.headers.get("location")).toBe("/x");
  expect(first.headers.get("cache-control")).toBe("no-store");
  expect(first.headers.get("x-request-id")).toMatch(uuid);
  const second = await answer(asked(), noParams);
  expect(second.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
});

test("a route without parameters is handed none by Next, and answers", async () => {
  const answer = route(async () => ({ status: 200, body: {} }));
  expect((await answer(asked(), { params: Promise.resolve(undefined as never) })).status).toBe(200);
});

test("a path without parameters, which a built console calls with none, is refused and fails like any other", async () => {
  vi.spyOn(log(), "info").mockImplementation(() => {});
  vi.spyOn(log(), "error").mockImplementation(() => {});
  const none = { params: Promise.resolve(undefined as never) };
  const refused = await route(async () => problem(422, "no", "No."))(asked(), none);
  expect([refused.status, refused.headers.get("content-type")]).toEqual([422, "application/problem+json"]);
  const failed = await route(async () => {
    throw new Error("a fault");
  })(asked(), none);
  expect(failed.status).toBe(500);
  expect(failed.headers.get("x-request-id")).toMatch(uuid);
});

test("a problem has the form of RFC 9457, and the same request id in header and body", async () => {
  const errors = [{ field: "total", message: "is missing" }];
  const answer = await route(async () =>
    problem(429, "backlog", "Too many.", { errors, headers: { "Retry-After": "5" } }),
  )(asked(), noParams);
  expect(answer.status).toBe(429);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("retry-after")).toBe("5");
  expect(await answer.json()).toEqual({
    type: "urn:holdpoint:problem:backlog",
    title: "Too much at once",
    status: 429,
    detail: "Too many.",
    errors,
    requestId: answer.headers.get("x-request-id"),
  });
});

test("what nobody foresaw is logged under the request id and not told", async () => {
  const logged = vi.spyOn(log(), "error").mockImplementation(() => {});
  const answer = await route(async () => {
    throw new Error("password of the database: hunter2");
  })(asked(), noParams);
  expect(answer.status).toBe(500);
  const text = await answer.text();
  const requestId = answer.headers.get("x-request-id");
  expect(text).not.toContain("hunter2");
  expect(JSON.parse(text)).toMatchObject({ status: 500, requestId });
  expect(logged).toHaveBeenCalledOnce();
  const [line] = logged.mock.calls[0] as unknown[];
  expect(line).toMatchObject({ requestId, during: "POST /api/x", error: { name: "Error" } });
  expect(JSON.stringify(line)).toContain("route.test.ts");
  expect(JSON.stringify(line)).not.toContain("hunter2");
});

test.each([
  ["refused", Object.assign(new Error("connect"), { code: "ECONNREFUSED" })],
  ["refused at each address", new AggregateError([Object.assign(new Error("c"), { code: "ECONNREFUSED" })])],
  ["not reachable, by Prisma", Object.assign(new Error("Can't reach"), { code: "P1001" })],
  ["ended while asked", new Error("Connection terminated unexpectedly")],
  ["silent", new Error("Query read timeout")],
  ["being shut down", Object.assign(new Error("terminating"), { code: "57P01" })],
  [
    "being shut down, by Prisma",
    Object.assign(new Error("Raw query failed"), {
      code: "P2010",
      meta: {
        driverAdapterError: Object.assign(new Error("x"), {
          cause: { kind: "postgres", originalCode: "57P01" },
        }),
      },
    }),
  ],
])("a database that is away (%s) is 503 and says when to ask again", async (_, error) => {
  const logged = vi.spyOn(log(), "error").mockImplementation(() => {});
  const answer = await route(async () => {
    throw error;
  })(asked(), noParams);
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await answer.json()).toMatchObject({ type: "urn:holdpoint:problem:unavailable", status: 503 });
  expect(logged).toHaveBeenCalledOnce();
});

test.each([
  ["another of PostgreSQL's", Object.assign(new Error("duplicate key"), { code: "23505" })],
  ["one that only talks of a connection", new Error("no Connection terminated here")],
  ["no error at all", "ECONNREFUSED"],
])("%s is none of a database that is away", async (_, error) => {
  vi.spyOn(log(), "error").mockImplementation(() => {});
  const answer = await route(async () => {
    throw error;
  })(asked(), noParams);
  expect(answer.status).toBe(500);
});

test("one error that hits many parts of a request is logged once", async () => {
  const logged = vi.spyOn(log(), "error").mockImplementation(() => {});
  const one = new Error("one");
  const parts = await route(async (_, { failed }) => ({
    status: 207,
    body: [one, one, new Error("other")].map((error) => failed(error).status),
  }))(asked(), noParams);
  expect(await parts.json()).toEqual([500, 500, 500]);
  expect(logged).toHaveBeenCalledTimes(2);
});

test("a refused request has one line, under its number and its route; a flood of keyless ones has none", async () => {
  const info = vi.spyOn(log(), "info").mockImplementation(() => {});
  const refusing = (status: number) => route<{ id: string }>(async () => problem(status, "no", "No."));
  const named = new Request("http://127.0.0.1/api/orders/ada%40example.org?q=ada");
  const params = Promise.resolve({ id: "ada@example.org" });
  const answer = await refusing(404)(named, { params });
  expect(info.mock.calls).toEqual([
    [
      {
        requestId: answer.headers.get("x-request-id"),
        during: "GET /api/orders/[id]",
        status: 404,
        code: "no",
      },
      "refused",
    ],
  ]);
  for (const status of [401, 429]) await refusing(status)(named, { params });
  expect(info).toHaveBeenCalledOnce();
});

test("a text is answered as it is", async () => {
  const answer = await route(async () => ({
    status: 200,
    text: "up 1\n",
    headers: { "Content-Type": "text/plain" },
  }))(asked(), noParams);
  expect([answer.headers.get("content-type"), await answer.text()]).toEqual(["text/plain", "up 1\n"]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

test("a body of 64 KiB is read, and one byte more is refused", async () => {
  expect(await readBytes(asked("x".repeat(body_bytes_max)))).toHaveLength(body_bytes_max);
  expect(await readBytes(asked("x".repeat(body_bytes_max + 1)))).toMatchObject({
    problem: true,
    status: 413,
  });
});

test("a body that does not say its length is read no further than the bound", async () => {
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(16 * 1024));
    },
  });
  expect(await readBytes(asked(endless))).toMatchObject({ problem: true, status: 413 });
  expect(pulled).toBeLessThan(10);
});

test("a body that breaks off is the client's going away and no failure of ours", async () => {
  const broken = new ReadableStream({
    start: (controller) => controller.error(Object.assign(new Error("aborted"), { code: "ECONNRESET" })),
  });
  expect(await readBytes(asked(broken))).toMatchObject({ problem: true, status: 400, code: "brokenOff" });
});

test.each([
  ["", "nothing"],
  ["{", "half a value"],
  ["{'a': 1}", "not JSON"],
  [Buffer.from([0x22, 0xff, 0x22]), "not UTF-8"],
] as [BodyInit, string][])("a malformed body is 400 (%#: %s)", async (body: BodyInit) => {
  expect(await readJson(asked(body))).toMatchObject({ problem: true, status: 400, code: "malformed" });
});

test("a body without any is read as empty", async () => {
  expect(await readBytes(asked())).toHaveLength(0);
});

test.each([
  ["refused", 403],
  ["invalid", 422],
  ["notFound", 404],
  ["alreadyReceived", 409],
  ["contentDiffers", 422],
  ["inProgress", 409],
  ["backlog", 429],
  ["unavailable", 503],
] as const)("the engine's %s is answered with %d", (code, status) => {
  const given = problemOf(reject(code, "A sentence."));
  expect(isProblem(given)).toBe(true);
  expect(given).toMatchObject({ status, code, detail: "A sentence." });
});

test("a refusal names its fields, the order and who could", () => {
  expect(
    problemOf(
      reject("contentDiffers", "Other.", {
        differs: ["total", "country"],
        order: "o",
        whoCan: "a supervisor",
      }),
    ),
  ).toMatchObject({
    errors: [
      { field: "total", message: "Other." },
      { field: "country", message: "Other." },
    ],
    more: { order: "o", whoCan: "a supervisor" },
  });
});
