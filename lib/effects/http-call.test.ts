import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import type { EffectAdapter, EffectInput } from "./adapter";
import { readConnections } from "./connection";
import { connectionsMissing, httpCallAdapters } from "./http-call";

const key = "k".repeat(43);
const now = "2024-05-01T10:00:00.000Z";
const effect = "http.call.billing.invoice";
const call = {
  method: "POST",
  path: "/invoices/7?draft=no",
  headers: { "x-order": "SO 1" },
  body: '{"amount":1250,"name":"N. Öne"}',
  signature: "none",
  timeout_ms: 5_000,
  answers: {
    confirmed: [200, 201],
    pending: [202],
    rejected: [
      [400, 407],
      [410, 428],
    ],
    retryable: [429, 503],
    reference: "/id",
  },
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Misbehaviour = (response: ServerResponse, request: IncomingMessage) => unknown;

/** A provider that does its work under the key it is given, and then does `answer`: good manners unless told otherwise. */
async function provider(
  answer: Misbehaviour = (response) =>
    response.writeHead(201, { "content-type": "application/json" }).end('{"id":"INV-1"}'),
) {
  const done = new Map<string, number>();
  const heard: { method?: string; url?: string; headers: IncomingMessage["headers"]; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    heard.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    const used = String(headers["idempotency-key"]);
    done.set(used, (done.get(used) ?? 0) + 1);
    await answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, done, heard, worked: () => done.get(key) ?? 0 };
}

function adapterTo(
  address: string,
  { resolve, ...more }: { resolve?: (name: string) => Promise<string[]>; [member: string]: unknown } = {},
): EffectAdapter {
  const connections = readConnections({ billing: { address, ...more } }, { demo: true });
  const calls = [{ effect, connection: "billing", timeout_ms: 5_000 }];
  return httpCallAdapters({ calls, connections, now: () => now, resolve })[0]!;
}

function perform(address: string, input: EffectInput = call, more: Parameters<typeof adapterTo>[1] = {}) {
  return adapterTo(address, more).perform(input, key, new AbortController().signal);
}

const answering =
  (status: number, body = "", headers: Record<string, string> = { "content-type": "application/json" }) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end(body);

describe("what is sent", () => {
  test("the frozen bytes under the effect key, below the connection's path, with its own secrets", async () => {
    const { url, heard } = await provider();
    const outcome = await perform(`${url}/v2/`, call, { headers: { Authorization: "Bearer secret" } });
    expect(outcome).toEqual({ kind: "confirmed", receipt: { reference: "INV-1" } });
    expect(heard).toEqual([
      {
        method: "POST",
        url: "/v2/invoices/7?draft=no",
        body: call.body,
        headers: {
          host: new URL(url).host,
          connection: "keep-alive",
          accept: "application/json",
          authorization: "Bearer secret",
          "content-type": "application/json",
          "content-length": String(Buffer.byteLength(call.body)),
          "idempotency-key": key,
          "x-order": "SO 1",
        },
      },
    ]);
  });

  test("hmac: a signature of the reference library over the bytes that came, one for each key", async () => {
    const secrets = [7, 8].map((byte) => `whsec_${Buffer.alloc(24, byte).toString("base64")}`);
    const { url, heard } = await provider();
    await perform(url, { ...call, signature: "hmac" }, { signingKeys: secrets });
    const { headers, body } = heard[0]!;
    expect(headers).toMatchObject({ "webhook-id": key, "webhook-timestamp": String(Date.parse(now) / 1000) });
    const signatures = secrets.map((secret) => new Webhook(secret).sign(key, new Date(now), body));
    expect(headers["webhook-signature"]).toBe(signatures.join(" "));
  });

  test.each(["seed", "seed and public key"])(
    "ed25519 by its %s: what the public key verifies",
    async (form) => {
      const pair = generateKeyPairSync("ed25519");
      const seed = pair.privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32);
      const open = pair.publicKey.export({ format: "der", type: "spki" });
      const bytes = form === "seed" ? seed : Buffer.concat([seed, open.subarray(-32)]);
      const { url, heard } = await provider();
      const signingKeys = [
        `whsk_${bytes.toString("base64")}`,
        `whsec_${Buffer.alloc(24).toString("base64")}`,
      ];
      await perform(url, { ...call, signature: "ed25519" }, { signingKeys });
      const { headers, body } = heard[0]!;
      const [version, signature] = String(headers["webhook-signature"]).split(",");
      expect(version).toBe("v1a");
      const signed = Buffer.from(`${key}.${headers["webhook-timestamp"]}.${body}`);
      const publicKey = createPublicKey({ key: open, format: "der", type: "spki" });
      expect(verify(null, signed, publicKey, Buffer.from(signature!, "base64"))).toBe(true);
    },
  );

  test("nothing unsigned where a signature is asked for and the connection has no key of that kind", async () => {
    const { url, worked } = await provider();
    const outcome = await perform(url, { ...call, signature: "hmac" });
    expect(outcome).toEqual({ kind: "retryable", reason: "The connection billing has no hmac key" });
    expect(worked()).toBe(0);
  });

  test("nothing that could not be resolved or is of another shape", async () => {
    const { url, worked } = await provider();
    expect(await perform(url, { problem: "customer.phone is missing" })).toEqual({
      kind: "rejected",
      reason: "Not sent: customer.phone is missing",
    });
    expect(await perform(url, { ...call, path: "@evil.example/" })).toMatchObject({ kind: "rejected" });
    expect(await perform(url, { ...call, method: "GET" })).toMatchObject({ kind: "rejected" });
    expect(worked()).toBe(0);
  });
});

describe("what an answer proves", () => {
  const reference = { kind: "confirmed", receipt: { reference: "INV-1" } };
  test.each<[string, Misbehaviour, object]>([
    [
      "a number as reference",
      answering(200, '{"id":70}'),
      { kind: "confirmed", receipt: { reference: "70" } },
    ],
    [
      "problem+json and friends are JSON",
      answering(201, '{"id":"INV-1"}', { "content-type": "application/vnd.x+json; charset=utf-8" }),
      reference,
    ],
    ["accepted", answering(202, '{"id":"J-1"}'), { kind: "pending", reference: "J-1" }],
    [
      "refused",
      answering(422, '{"detail":"No such\\ncustomer"}'),
      { kind: "rejected", reason: "billing answered 422: No such customer" },
    ],
    [
      "busy",
      answering(429, "", { "retry-after": "7" }),
      { kind: "retryable", reason: "billing answered 429", retryAfter_ms: 7_000 },
    ],
    ["not classified", answering(409), { kind: "inDoubt", reason: "billing answered 409" }],
    ["done, then 500", answering(500), { kind: "inDoubt", reason: "billing answered 500" }],
    ["a success that is not classified", answering(204), { kind: "inDoubt" }],
    [
      "no reference",
      answering(201, '{"number":1}'),
      { kind: "inDoubt", reason: "billing answered 201 with no reference" },
    ],
    ["a reference that is none", answering(201, '{"id":"two words"}'), { kind: "inDoubt" }],
    [
      "no JSON",
      answering(201, "done"),
      { kind: "inDoubt", reason: "billing answered 201 with a body that cannot be read" },
    ],
    [
      "another type",
      answering(201, '{"id":"INV-1"}', { "content-type": "text/html" }),
      { kind: "inDoubt", reason: "billing answered 201 with a body of the type text/html" },
    ],
    [
      "no type",
      answering(201, '{"id":"INV-1"}', {}),
      { kind: "inDoubt", reason: "billing answered 201 with a body of the type unknown" },
    ],
  ])("%s", async (_words, answer, outcome) => {
    const { url, worked } = await provider(answer);
    expect(await perform(url)).toMatchObject(outcome);
    expect(worked()).toBe(1);
  });

  test("a reference deep in the answer, with the pointer's escapes", async () => {
    const { url } = await provider(answering(201, '{"data":[{"a/b":{"~":"INV-9"}}]}'));
    const answers = { ...call.answers, reference: "/data/0/a~1b/~0" };
    expect(await perform(url, { ...call, answers })).toMatchObject({ receipt: { reference: "INV-9" } });
  });

  test("without a reference in the answer the key is the reference, whatever the body", async () => {
    const { url } = await provider(answering(200, "<p>thanks</p>", { "content-type": "text/html" }));
    const answers = { confirmed: [[200, 299]] };
    expect(await perform(url, { ...call, answers })).toEqual({
      kind: "confirmed",
      receipt: { reference: key },
    });
  });
});

describe("a provider that misbehaves", () => {
  const quick = { ...call, timeout_ms: 150 };

  test("does the work and never answers: in doubt, at the deadline", async () => {
    const { url, worked } = await provider(() => {});
    expect(await perform(url, quick)).toEqual({ kind: "inDoubt", reason: "billing did not answer in time" });
    expect(worked()).toBe(1);
  });

  test("is given up by the caller's own signal too", async () => {
    const controller = new AbortController();
    const { url, worked } = await provider(() => controller.abort());
    const outcome = await adapterTo(url).perform(call, key, controller.signal);
    expect(outcome).toEqual({ kind: "inDoubt", reason: "billing did not answer in time" });
    expect(worked()).toBe(1);
  });

  const dripping = (status: number) => (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json" });
    const timer = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(timer));
  };

  test("drips: the deadline cuts it, in doubt where the reference is in the body", async () => {
    const { url } = await provider(dripping(201));
    expect(await perform(url, quick)).toEqual({
      kind: "inDoubt",
      reason: "billing answered 201 with a body that did not end in time",
    });
  });

  test("drips a refusal: its status is enough", async () => {
    const { url } = await provider(dripping(422));
    expect(await perform(url, quick)).toEqual({ kind: "rejected", reason: "billing answered 422" });
  });

  test("drips headers: the deadline cuts those as well", async () => {
    const server = createTcpServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const timer = setInterval(() => socket.write("x-drop: 1\r\n"), 20);
      socket.on("error", () => {}).on("close", () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    expect(await perform(`http://127.0.0.1:${port}`, quick)).toMatchObject({
      kind: "inDoubt",
      reason: "billing did not answer in time",
    });
  });

  test("sends a body without end: cut, and not kept", async () => {
    let sent_bytes = 0;
    const { url } = await provider((response) => {
      response.writeHead(201, { "content-type": "application/json" });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384, " "))) sent_bytes += 16_384;
      };
      response.on("drain", more).on("error", () => {});
      more();
    });
    expect(await perform(url)).toEqual({
      kind: "inDoubt",
      reason: "billing answered 201 with a body that cannot be read",
    });
    expect(sent_bytes).toBeLessThan(64_000_000);
  });

  test("sends headers without end: in doubt", async () => {
    const { url, worked } = await provider((response) => {
      response.writeHead(200, { "x-long": "x".repeat(40_000) }).end();
    });
    expect(await perform(url)).toMatchObject({ kind: "inDoubt" });
    expect(worked()).toBe(1);
  });

  test("cuts the connection before it answers, and in the middle of a body: in doubt", async () => {
    const before = await provider((response) => response.destroy());
    expect(await perform(before.url)).toMatchObject({ kind: "inDoubt" });
    expect(before.worked()).toBe(1);
    const within = await provider((response) => {
      response.writeHead(201, { "content-type": "application/json", "content-length": "100" });
      response.write('{"id":"INV-1"', () => response.destroy());
    });
    expect(await perform(within.url)).toMatchObject({
      kind: "inDoubt",
      reason: expect.stringContaining("billing answered 201 with half a body"),
    });
    expect(within.worked()).toBe(1);
  });

  test.each([301, 302, 303, 307, 308])(
    "redirects with %i to an address within: in doubt, and not followed",
    async (status) => {
      const within = await provider();
      const { url } = await provider((response) =>
        response.writeHead(status, { location: within.url }).end(),
      );
      expect(await perform(url)).toEqual({ kind: "inDoubt", reason: `billing answered ${status}` });
      expect(within.heard).toEqual([]);
    },
  );

  test("redirects where the definition says that this is a success: still not followed", async () => {
    const within = await provider();
    const { url } = await provider((response) => response.writeHead(303, { location: within.url }).end());
    const outcome = await perform(url, { ...call, answers: { confirmed: [303] } });
    expect(outcome).toEqual({ kind: "confirmed", receipt: { reference: key } });
    expect(within.heard).toEqual([]);
  });

  test("is asked again with the same bytes and does it once when it honours the key", async () => {
    const seen = new Set<string>();
    let performed = 0;
    const { url, heard } = await provider((response, request) => {
      const used = String(request.headers["idempotency-key"]);
      if (!seen.has(used)) performed += 1;
      const first = seen.size === 0;
      seen.add(used);
      if (first) response.destroy();
      else answering(201, '{"id":"INV-1"}')(response);
    });
    const adapter = adapterTo(url, { doubt: { kind: "honoursKey", keyRetention_ms: 1_000 } });
    expect(adapter).toMatchObject({ doubt: { kind: "honoursKey", keyRetention_ms: 1_000 } });
    const attempt = () => adapter.perform(call, key, new AbortController().signal);
    expect(await attempt()).toMatchObject({ kind: "inDoubt" });
    expect(await attempt()).toMatchObject({ kind: "confirmed" });
    expect(performed).toBe(1);
    const [first, second] = heard;
    expect(first).toEqual(second);
  });
});

describe("nothing was sent", () => {
  test("nobody listens: retryable", async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await perform(`http://127.0.0.1:${port}`)).toEqual({
      kind: "retryable",
      reason: "billing could not be reached (ECONNREFUSED)",
    });
  });

  test("stopped before: retryable", async () => {
    const { url, worked } = await provider();
    const outcome = await adapterTo(url).perform(call, key, AbortSignal.abort());
    expect(outcome).toEqual({ kind: "retryable", reason: "billing could not be reached in time" });
    expect(worked()).toBe(0);
  });

  test("a resolver that hangs, finds nothing or fails: retryable", async () => {
    const quick = { ...call, timeout_ms: 50 };
    const at = (resolve: () => Promise<string[]>) => perform("http://billing.example", quick, { resolve });
    expect(await at(() => new Promise(() => {}))).toMatchObject({
      kind: "retryable",
      reason: "billing could not be reached in time",
    });
    expect(await at(async () => [])).toMatchObject({ kind: "retryable" });
    expect(
      await at(() => Promise.reject(Object.assign(new Error("gone"), { code: "ENOTFOUND" }))),
    ).toMatchObject({ kind: "retryable", reason: "billing could not be reached (ENOTFOUND)" });
  });

  test("the other side does not speak TLS, or shows no certificate of the host: retryable", async () => {
    const { port, worked } = await provider();
    expect(await perform(`https://127.0.0.1:${port}`)).toMatchObject({
      kind: "retryable",
      reason: expect.stringContaining("billing could not be reached"),
    });
    expect(worked()).toBe(0);
  });

  test("a connection that cannot be made in time: retryable", async () => {
    const server = createTcpServer((socket) => socket.on("error", () => {}).resume());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    // TLS waits for an answer that never comes: the TCP connection stands, and no byte of the request has left.
    const outcome = await perform(`https://127.0.0.1:${port}`, { ...call, timeout_ms: 100 });
    expect(outcome).toEqual({ kind: "retryable", reason: "billing could not be reached in time" });
  });
});

describe("where it may lead", () => {
  const metadata = "169.254.169.254";

  test.each(["10.0.0.1", "192.168.1.1", metadata, "100.64.0.1", "::ffff:10.0.0.1", "fd00::1", "8.8.8.8x"])(
    "a name for %s is not called",
    async (address) => {
      const { port, worked } = await provider();
      const resolve = async () => [address];
      const outcome = await perform(`http://billing.example:${port}`, call, { resolve });
      expect(outcome).toEqual({
        kind: "retryable",
        reason: `billing could not be reached (billing.example leads to ${address}, which may not be called)`,
      });
      expect(worked()).toBe(0);
    },
  );

  test("one such address among good ones is enough", async () => {
    const { port, worked } = await provider();
    const resolve = async () => ["127.0.0.1", metadata];
    const outcome = await perform(`http://billing.example:${port}`, call, { resolve });
    expect(outcome).toMatchObject({ kind: "retryable" });
    expect(worked()).toBe(0);
  });

  test("a literal address is checked as well, however it is written", async () => {
    for (const host of [metadata, "0xa9fea9fe", "[::ffff:a9fe:a9fe]", "10.1"])
      expect(await perform(`http://${host}/`)).toMatchObject({
        kind: "retryable",
        reason: expect.stringContaining("which may not be called"),
      });
  });

  test("a name that leads elsewhere a moment later changes nothing: it is asked once a call, and the checked address is called", async () => {
    const { port, heard, worked } = await provider();
    const answers = ["127.0.0.1", metadata];
    let asked = 0;
    const resolve = async () => [answers[asked++] ?? metadata];
    const adapter = adapterTo(`http://billing.example:${port}`, { resolve });
    const attempt = () => adapter.perform(call, key, new AbortController().signal);
    expect(await attempt()).toMatchObject({ kind: "confirmed" });
    expect(asked).toBe(1);
    expect(heard[0]!.headers.host).toBe(`billing.example:${port}`);
    expect(await attempt()).toMatchObject({ kind: "retryable" });
    expect(asked).toBe(2);
    expect(worked()).toBe(1);
  });

  test("outside the demo this machine is not called either", async () => {
    const connections = readConnections({ billing: { address: "https://localhost" } }, { demo: false });
    const calls = [{ effect, connection: "billing", timeout_ms: 5_000 }];
    const resolve = async () => ["127.0.0.1"];
    const [adapter] = httpCallAdapters({ calls, connections, now: () => now, resolve });
    const outcome = await adapter!.perform(call, key, new AbortController().signal);
    expect(outcome).toMatchObject({ reason: expect.stringContaining("leads to 127.0.0.1") });
  });
});

describe("a probe", () => {
  const probe = {
    path: `/invoices?key=${key}`,
    confirmed: [200],
    pending: [202],
    absent: [404],
    reference: "/items/0/id",
  };
  const asked = async (answer: Misbehaviour, input: EffectInput = { ...call, probe }) => {
    const found = await provider(answer);
    const adapter = adapterTo(found.url, { doubt: { kind: "probe", lag_ms: 60_000 } });
    expect(adapter).toMatchObject({ doubt: { kind: "probe", lag_ms: 60_000 } });
    if (adapter.doubt.kind !== "probe") throw new Error("no probe");
    const outcome = await adapter.doubt.probe(input, key, new AbortController().signal);
    return { outcome, heard: found.heard };
  };

  test("asks by a GET, and reads what was found", async () => {
    const { outcome, heard } = await asked(answering(200, '{"items":[{"id":"INV-1"}]}'));
    expect(outcome).toEqual({ kind: "confirmed", receipt: { reference: "INV-1" } });
    expect(heard).toMatchObject([{ method: "GET", url: probe.path, body: "" }]);
    expect(heard[0]!.headers).not.toHaveProperty("idempotency-key");
  });

  test.each<[string, Misbehaviour, object]>([
    ["under way", answering(202, '{"items":[{"id":"J-1"}]}'), { kind: "pending", reference: "J-1" }],
    ["absent", answering(404), { kind: "absent" }],
    ["found without a reference", answering(200, '{"items":[]}'), { kind: "unknown" }],
    ["not classified", answering(500), { kind: "unknown", reason: "billing answered 500" }],
    ["no answer", (response) => response.destroy(), { kind: "unknown" }],
  ])("%s", async (_words, answer, outcome) => {
    expect((await asked(answer)).outcome).toMatchObject(outcome);
  });

  test("of a call that does not say how is unknown, and sends nothing", async () => {
    const { outcome, heard } = await asked(answering(404), call);
    expect(outcome).toMatchObject({ kind: "unknown" });
    expect(heard).toEqual([]);
  });
});

test("an effect without its connection has no adapter, and it is said which", () => {
  const connections = readConnections({ billing: { address: "https://billing.example" } }, { demo: false });
  const calls = [
    { effect, connection: "billing", timeout_ms: 5_000 },
    { effect: "http.call.crm.note", connection: "crm", timeout_ms: 1_000 },
  ];
  const adapters = httpCallAdapters({ calls, connections, now: () => now });
  expect(adapters.map(({ name, timeout_ms, doubt }) => ({ name, timeout_ms, doubt }))).toEqual([
    { name: effect, timeout_ms: 5_000, doubt: { kind: "neither" } },
  ]);
  expect(connectionsMissing({ calls, connections })).toBe(
    "HTTP_CALL_CONNECTIONS_FILE has no connection crm: http.call.crm.note stay INTENDED until it has.",
  );
  expect(connectionsMissing({ calls: calls.slice(0, 1), connections })).toBeNull();
});
