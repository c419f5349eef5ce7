import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { EffectOutcome } from "./adapter";
import { carrierAdapters } from "./carrier";

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const dispatch = { order: "o-1", businessKey: "SO 1", total: { amount: 1250, currency: "GBP" } };
const tracked = { order: "o-1", trackingNumber: "HPC1" };
const inputs: Record<string, object> = {
  "carrier.dispatch": dispatch,
  "carrier.cancelDispatch": tracked,
  "carrier.proofOfDelivery": tracked,
};

function perform(
  url: string,
  name = "carrier.dispatch",
  input: object = inputs[name]!,
  signal?: AbortSignal,
) {
  const adapter = carrierAdapters({ url }).find((candidate) => candidate.name === name)!;
  return adapter.perform({ ...input }, "key-1", signal ?? new AbortController().signal);
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

function answering(status: number, body = "", headers: Record<string, string> = {}): Promise<string> {
  return serve((request, response) => {
    request.resume().on("end", () => response.writeHead(status, headers).end(body));
  });
}

describe("what is sent", () => {
  test("the frozen input under the effect key, at the adapter's path below the carrier's own", async () => {
    const seen: unknown[] = [];
    const url = await serve(async (request, response) => {
      const { method, url: path, headers } = request;
      seen.push([method, path, headers["idempotency-key"], JSON.parse(await readText(request))]);
      response.writeHead(201).end('{"trackingNumber":"HPC1"}');
    });
    await perform(`${url}/v1`, "carrier.dispatch", { ...dispatch, consignee: { name: "N. One" } });
    expect(seen).toEqual([
      ["POST", "/v1/dispatches", "key-1", { ...dispatch, consignee: { name: "N. One" } }],
    ]);
  });

  test.each([
    ["carrier.dispatch", { ...dispatch, total: { amount: -1, currency: "GBP" } }, "total.amount"],
    ["carrier.dispatch", { ...dispatch, total: { amount: 0.5, currency: "GBP" } }, "total.amount"],
    ["carrier.dispatch", { ...dispatch, extra: 1 }, "extra"],
    ["carrier.proofOfDelivery", { order: "o-1" }, "trackingNumber"],
  ])("%s with a wrong input is rejected without a call", async (name, input, member) => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(201).end("{}");
    });
    const outcome = await perform(url, name, input);
    expect(outcome.kind).toBe("rejected");
    expect(JSON.stringify(outcome)).toContain(member);
    expect(calls).toBe(0);
  });

  test("an address that is not http is refused when the adapters are made", () => {
    expect(() => carrierAdapters({ url: "ftp://carrier" })).toThrow(TypeError);
  });
});

describe("what an answer proves", () => {
  const inDoubt = { kind: "inDoubt" } as const;
  test.each<[string, string, number, string, Record<string, string>, Partial<EffectOutcome>]>([
    [
      "dispatched",
      "carrier.dispatch",
      201,
      '{"trackingNumber":"HPC1"}',
      {},
      { kind: "confirmed", receipt: { reference: "HPC1" } },
    ],
    [
      "the first answer again",
      "carrier.dispatch",
      200,
      '{"trackingNumber":"HPC1"}',
      {},
      { kind: "confirmed", receipt: { reference: "HPC1" } },
    ],
    [
      "cancelled",
      "carrier.cancelDispatch",
      201,
      '{"cancellation":"CAN1"}',
      {},
      { kind: "confirmed", receipt: { reference: "CAN1", trackingNumber: "HPC1" } },
    ],
    [
      "accepted",
      "carrier.proofOfDelivery",
      202,
      '{"reference":"POD1"}',
      {},
      { kind: "pending", reference: "POD1" },
    ],
    ["2xx without a body", "carrier.dispatch", 204, "", {}, inDoubt],
    ["2xx that is not JSON", "carrier.dispatch", 201, "<html>", {}, inDoubt],
    ["2xx without the number", "carrier.dispatch", 201, "{}", {}, inDoubt],
    [
      "2xx with a number the log cannot hold",
      "carrier.dispatch",
      201,
      '{"trackingNumber":"\\u0000"}',
      {},
      inDoubt,
    ],
    [
      "2xx without an end",
      "carrier.dispatch",
      201,
      `{"trackingNumber":"HPC1","more":"${"x".repeat(70_000)}"}`,
      {},
      inDoubt,
    ],
    [
      "refused",
      "carrier.dispatch",
      422,
      '{"detail":"Too\\u0000 heavy\\n\\ud800"}',
      {},
      { kind: "rejected", reason: "The carrier answered 422: Too heavy" },
    ],
    [
      "refused without a word",
      "carrier.dispatch",
      400,
      "",
      {},
      { kind: "rejected", reason: "The carrier answered 400" },
    ],
    [
      "key known with another content",
      "carrier.dispatch",
      422,
      '{"type":"urn:carrier:problem:idempotency-key-reused"}',
      {},
      inDoubt,
    ],
    ["408", "carrier.dispatch", 408, "", {}, inDoubt],
    ["409", "carrier.dispatch", 409, "", {}, inDoubt],
    ["425", "carrier.dispatch", 425, "", {}, { kind: "retryable" }],
    ["429", "carrier.dispatch", 429, "", { "retry-after": "7" }, { kind: "retryable", retryAfter_ms: 7_000 }],
    [
      "503",
      "carrier.dispatch",
      503,
      '{"title":"Closed"}',
      {},
      { kind: "retryable", reason: "The carrier answered 503: Closed" },
    ],
    ["500", "carrier.dispatch", 500, "", {}, inDoubt],
    ["502", "carrier.dispatch", 502, "", {}, inDoubt],
    ["504", "carrier.dispatch", 504, "", {}, inDoubt],
  ])("%s", async (_words, name, status, body, headers, expected) => {
    expect(await perform(await answering(status, body, headers), name)).toMatchObject(expected);
  });

  test("a redirect is not followed: in doubt", async () => {
    const elsewhere = await answering(201, '{"trackingNumber":"HPC1"}');
    const url = await answering(307, "", { location: elsewhere });
    expect(await perform(url)).toEqual({ kind: "inDoubt", reason: "The carrier answered 307" });
  });

  test("a long detail is cut between characters", async () => {
    const outcome = await perform(await answering(422, JSON.stringify({ detail: "🚚".repeat(1_000) })));
    if (outcome.kind !== "rejected") throw new Error(outcome.kind);
    expect(Array.from(outcome.reason.replace("The carrier answered 422: ", ""))).toHaveLength(300);
    expect(outcome.reason.endsWith("🚚…")).toBe(true);
  });
});

describe("Retry-After", () => {
  const date = "Wed, 01 May 2024 10:00:00 GMT";
  test.each([
    ["0", undefined, 0],
    ["Wed, 01 May 2024 10:00:30 GMT", date, 30_000],
    ["Wed, 01 May 2024 09:00:00 GMT", date, 0],
    ["999999999", undefined, 24 * 60 * 60 * 1000],
    ["soon", undefined, undefined],
    ["-5", undefined, undefined],
  ])("%s is %s → %s ms", async (retryAfter, at, expected) => {
    const headers = { "retry-after": retryAfter, ...(at && { date: at }) };
    const outcome = await perform(await answering(503, "", headers));
    expect(outcome).toMatchObject({ kind: "retryable" });
    expect("retryAfter_ms" in outcome ? outcome.retryAfter_ms : undefined).toBe(expected);
  });
});

describe("no answer", () => {
  test("nobody listens: not done", async () => {
    const url = await answering(201);
    const server = servers.pop()!;
    await new Promise((resolve) => server.close(resolve));
    expect(await perform(url)).toMatchObject({ kind: "retryable" });
  });

  test("stopped before it was sent: not done", async () => {
    const url = await answering(201, '{"trackingNumber":"HPC1"}');
    expect(await perform(url, "carrier.dispatch", dispatch, AbortSignal.abort())).toMatchObject({
      kind: "retryable",
    });
  });

  test("the time is up while the carrier works: in doubt", async () => {
    const controller = new AbortController();
    const url = await serve((request) => {
      request.resume().on("end", () => controller.abort());
    });
    const outcome = await perform(url, "carrier.dispatch", dispatch, controller.signal);
    expect(outcome).toEqual({ kind: "inDoubt", reason: "The carrier did not answer in time" });
  });

  test("the connection is cut after the request was sent: in doubt", async () => {
    const url = await serve((request) => {
      request.resume().on("end", () => request.socket.resetAndDestroy());
    });
    expect(await perform(url)).toMatchObject({ kind: "inDoubt" });
  });

  test("the connection is cut in the middle of a 201: in doubt", async () => {
    const url = await serve((request, response) => {
      request.resume().on("end", () => {
        response.writeHead(201, { "content-length": "100" });
        response.write('{"trackingNumber":', () => request.socket.destroy());
      });
    });
    expect(await perform(url)).toMatchObject({ kind: "inDoubt" });
  });
});
