import { spawn } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readCarrierCallback } from "#lib/effects/callback";
import { type CarrierMode, carrierAdapters } from "#lib/effects/carrier";
import { readVerifyingKey } from "#lib/effects/webhook-verification";
import { type Carrier, type CarrierOptions, startCarrier } from "./carrier";

const webhookSecret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const dispatch = { order: "o-1", businessKey: "SO/1", total: { amount: 1250, currency: "GBP" } };
const key = (name: string) => name.padEnd(43, "_");

let folder: string;
let store: string;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "carrier-"));
  store = join(folder, "store.jsonl");
  cleanUps.push(() => rm(folder, { recursive: true }));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(options: Partial<CarrierOptions> = {}): Promise<Carrier> {
  const carrier = await startCarrier({ store, ...options });
  cleanUps.push(() => carrier.stop().catch(() => undefined));
  return carrier;
}

function send(
  { url }: { url: string },
  name: string,
  effectKey: string,
  input: object,
  abort = new AbortController().signal,
) {
  const adapter = carrierAdapters({ url }).find((candidate) => candidate.name === `carrier.${name}`)!;
  return adapter.perform({ ...input }, effectKey, abort);
}

async function sendConfirmed(carrier: { url: string }, name: string, effectKey: string, input: object) {
  const outcome = await send(carrier, name, effectKey, input);
  if (outcome.kind !== "confirmed") throw new Error(JSON.stringify(outcome));
  return outcome.receipt.reference;
}

async function post(url: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, { method: "POST", body: text, headers });
  return { status: response.status, body: await response.json() };
}

async function getJson(url: string, path: string) {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, body: await response.json() };
}

type Heard = { headers: IncomingHttpHeaders; body: Buffer };

/** Somebody to call back; answers the n-th delivery with the n-th status, then with 204. */
async function listen(...statuses: number[]) {
  const heard: Heard[] = [];
  const waiting: { count: number; resolve: (heard: Heard[]) => void }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    heard.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(statuses.shift() ?? 204).end();
    for (const { count, resolve } of waiting) if (heard.length >= count) resolve(heard);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUps.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    callback: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks`, webhookSecret },
    heard,
    until: (count: number) =>
      new Promise<Heard[]>((resolve) => {
        if (heard.length >= count) resolve(heard);
        else waiting.push({ count, resolve });
      }),
  };
}

function readHeard({ headers, body }: Heard) {
  const now = new Date(Number(headers["webhook-timestamp"]) * 1000).toISOString();
  const callback = readCarrierCallback(
    [readVerifyingKey(webhookSecret)],
    new Headers(headers as HeadersInit),
    body,
    now,
  );
  if (!callback.ok) throw new Error(callback.detail);
  return callback;
}

describe("one key, one piece of work", () => {
  test("the first answer again, for the same key and content", async () => {
    const carrier = await start();
    const first = await send(carrier, "dispatch", key("a"), dispatch);
    expect(first).toMatchObject({ kind: "confirmed" });
    expect(await send(carrier, "dispatch", key("a"), dispatch)).toEqual(first);
    expect(carrier.counts().dispatch).toMatchObject({ requests: 2, repeated: 1, performed: 1 });
  });

  test("two requests with one key at once are one piece of work", async () => {
    const carrier = await start({ latency_ms: [1, 5] });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send(carrier, "dispatch", key("a"), dispatch)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(carrier.counts().dispatch).toMatchObject({ requests: 20, repeated: 19, performed: 1 });
  });

  test("another content under the key is 422, and in doubt for the adapter: the first may have been done", async () => {
    const carrier = await start();
    await send(carrier, "dispatch", key("a"), dispatch);
    const other = { ...dispatch, businessKey: "SO/2" };
    expect(await post(carrier.url, "/dispatches", other, { "idempotency-key": key("a") })).toMatchObject({
      status: 422,
    });
    expect(await send(carrier, "dispatch", key("a"), other)).toMatchObject({ kind: "inDoubt" });
    expect(carrier.counts().dispatch).toMatchObject({ performed: 1 });
  });

  test("another key is another dispatch, which the probe shows", async () => {
    const carrier = await start();
    const first = await sendConfirmed(carrier, "dispatch", key("a"), dispatch);
    const second = await sendConfirmed(carrier, "dispatch", key("b"), dispatch);
    expect(carrier.counts().dispatch).toMatchObject({ performed: 2, orders: 1 });
    for (const reference of ["o-1", "SO%2F1"]) {
      const { body } = await getJson(carrier.url, `/dispatches/${reference}`);
      expect(body.dispatches.map((each: { trackingNumber: string }) => each.trackingNumber)).toEqual([
        first,
        second,
      ]);
    }
    expect(await getJson(carrier.url, "/dispatches/o-2")).toMatchObject({ status: 404 });
  });

  test("it is remembered over a restart, and a half line at the end is not", async () => {
    const carrier = await start();
    const first = await send(carrier, "dispatch", key("a"), dispatch);
    await carrier.stop();
    const whole = await readFile(store, "utf8");
    await appendFile(store, whole.replaceAll(key("a"), key("b")).slice(0, -10));

    const next = await start();
    expect(await readFile(store, "utf8")).toBe(whole);
    expect(next.counts().dispatch).toMatchObject({ performed: 1, requests: 0 });
    expect(await send(next, "dispatch", key("a"), dispatch)).toEqual(first);
    expect(await send(next, "dispatch", key("b"), dispatch)).toMatchObject({ kind: "confirmed" });
    await next.stop();
    expect((await start()).counts().dispatch).toMatchObject({ performed: 2 });
  });

  test("a whole line that is no record stops the start and is named", async () => {
    await writeFile(store, '{"record":"acknowledged","key":"a","at":""}\n{"record":"nonsense"}\n');
    await expect(startCarrier({ store })).rejects.toThrow("line 2");
  });
});

describe("what it offers when an answer was lost", () => {
  const adapterIn = (carrier: Carrier, mode: CarrierMode, name = "dispatch") =>
    carrierAdapters({ url: carrier.url, mode }).find((each) => each.name === `carrier.${name}`)!;
  const never = () => new AbortController().signal;

  async function probe(carrier: Carrier, effectKey: string, name = "dispatch", input: object = dispatch) {
    const { doubt } = adapterIn(carrier, "probe", name);
    if (doubt.kind !== "probe") throw new Error(doubt.kind);
    return doubt.probe({ ...input }, effectKey, never());
  }

  test.each<[CarrierMode, number]>([
    ["honours-key", 1],
    ["probe", 2],
    ["neither", 2],
  ])("%s: asked twice, the work is done %i times, and counted by its key", async (mode, times) => {
    const carrier = await start({ mode });
    const adapter = adapterIn(carrier, mode);
    await adapter.perform({ ...dispatch }, key("a"), never());
    await adapter.perform({ ...dispatch }, key("a"), never());
    await adapter.perform({ ...dispatch, order: "o-2", businessKey: "SO/2" }, key("b"), never());
    expect(carrier.performed(key("a"))).toBe(times);
    expect(carrier.performed(key("b"))).toBe(1);
    expect(carrier.performed(key("c"))).toBe(0);
    const { body } = await getJson(carrier.url, "/counts");
    expect(body.dispatch).toMatchObject({
      performed: times + 1,
      keys: 2,
      orders: 2,
      duplicates: times > 1 ? { [key("a")]: times } : {},
    });
    await carrier.stop();
    const next = await start({ mode });
    expect(next.counts().dispatch.duplicates).toEqual(body.dispatch.duplicates);
  });

  test.each<[CarrierMode, object]>([
    ["honours-key", { doubt: { kind: "honoursKey", keyRetention_ms: 30 * 86_400_000 } }],
    ["probe", { doubt: { kind: "probe", lag_ms: 60_000 } }],
    ["neither", { doubt: { kind: "neither" } }],
  ])("%s: the adapters say so", (mode, declared) => {
    for (const adapter of carrierAdapters({ url: "http://127.0.0.1:1", mode }))
      expect(adapter).toMatchObject(declared);
  });

  test("a lookup finds what was done after the answer was lost, of each kind with its receipt", async () => {
    const carrier = await start({ mode: "probe" });
    expect(await probe(carrier, key("a"))).toEqual({ kind: "absent" });
    await post(carrier.url, "/faults", { kind: "failAfterWork", times: 3 });
    expect(await send(carrier, "dispatch", key("a"), dispatch)).toMatchObject({ kind: "inDoubt" });
    // The order of faults holds for lookups too.
    expect(await probe(carrier, key("a"))).toMatchObject({ kind: "unknown" });
    expect(await probe(carrier, key("a"))).toMatchObject({ kind: "unknown" });
    const found = await probe(carrier, key("a"));
    if (found.kind !== "confirmed") throw new Error(found.kind);
    expect(found.receipt.reference).toMatch(/^HPC/);
    expect(carrier.performed(key("a"))).toBe(1);

    const tracked = { order: "o-1", trackingNumber: found.receipt.reference };
    expect(await probe(carrier, key("a"), "proofOfDelivery", tracked)).toEqual({ kind: "absent" });
    const pending = await send(carrier, "proofOfDelivery", key("b"), tracked);
    expect(await probe(carrier, key("b"), "proofOfDelivery", tracked)).toEqual(pending);
    const cancelled = await send(carrier, "cancelDispatch", key("c"), tracked);
    expect(await probe(carrier, key("c"), "cancelDispatch", tracked)).toEqual(cancelled);
    expect(cancelled).toMatchObject({ kind: "confirmed" });
  });

  test("what is still being worked on after the caller gave up is not absent", async () => {
    const carrier = await start({ mode: "probe", latency_ms: [300, 300] });
    const controller = new AbortController();
    const sending = send(carrier, "dispatch", key("a"), dispatch, controller.signal);
    while (carrier.counts().dispatch.requests === 0) await getJson(carrier.url, "/counts");
    controller.abort();
    expect(await sending).toMatchObject({ kind: "inDoubt" });
    expect(carrier.performed(key("a"))).toBe(0);
    expect(await probe(carrier, key("a"))).toEqual({
      kind: "unknown",
      reason: "The carrier is still working on it",
    });
    await expect.poll(() => probe(carrier, key("a"))).toMatchObject({ kind: "confirmed" });
    expect(carrier.performed(key("a"))).toBe(1);
  });

  test("work done twice under one key settles nothing", async () => {
    const carrier = await start({ mode: "probe" });
    await send(carrier, "dispatch", key("a"), dispatch);
    await send(carrier, "dispatch", key("a"), dispatch);
    expect(await probe(carrier, key("a"))).toEqual({
      kind: "unknown",
      reason: "The carrier has done this 2 times",
    });
  });

  test("a lookup without an answer settles nothing", async () => {
    const carrier = await start({ mode: "probe" });
    await carrier.stop();
    expect(await probe(carrier, key("a"))).toMatchObject({ kind: "unknown" });
    for (const mode of ["honours-key", "neither"] as const) {
      const other = await start({ mode, store: join(folder, mode) });
      expect(await probe(other, key("a"))).toEqual({
        kind: "unknown",
        reason: "The carrier answered 404 to a lookup",
      });
    }
  });
});

test("killed with -9 under load, it has every dispatch it answered for", { timeout: 30_000 }, async () => {
  const run = async () => {
    const script = fileURLToPath(new URL("carrier.ts", import.meta.url));
    const address = ["--callback-url", "http://127.0.0.1:1/", "--webhook-secret", webhookSecret];
    const child = spawn(
      process.execPath,
      ["--import", "tsx", script, "--port", "0", "--store", store, ...address],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const gone = new Promise((resolve) => child.once("exit", resolve));
    cleanUps.push(async () => {
      child.kill("SIGKILL");
      await gone;
    });
    const said = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (data) => resolve(String(data)));
      child.once("exit", (code) => reject(new Error(`exit ${code}`)));
    });
    const url = /^carrier listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(said)![1]!;
    return { child, gone, url };
  };

  const { child, gone, url } = await run();
  const answered = new Map<string, unknown>();
  const input = (effectKey: string) => ({ ...dispatch, order: effectKey, businessKey: effectKey });
  const sending = Array.from({ length: 16 }, async (_, worker) => {
    for (let count = 0; ; count += 1) {
      const effectKey = key(`${worker}-${count}`);
      const outcome = await send({ url }, "dispatch", effectKey, input(effectKey));
      if (outcome.kind !== "confirmed") return outcome.kind;
      answered.set(effectKey, outcome);
      if (answered.size === 400) child.kill("SIGKILL");
    }
  });
  const ends = await Promise.all(sending);
  await gone;
  expect(ends.every((kind) => kind === "inDoubt" || kind === "retryable")).toBe(true);

  const next = await run();
  for (const [effectKey, outcome] of answered)
    expect(await send(next, "dispatch", effectKey, input(effectKey))).toEqual(outcome);
  const counts = (await getJson(next.url, "/counts")).body;
  expect(counts.dispatch).toMatchObject({ requests: answered.size, repeated: answered.size });
});

describe("what it refuses", () => {
  test.each([
    ["no key", "/dispatches", dispatch, {}, 400],
    ["no JSON", "/dispatches", "{", { "idempotency-key": "k" }, 400],
    ["no amount", "/dispatches", { ...dispatch, total: {} }, { "idempotency-key": "k" }, 422],
    ["too much", "/dispatches", "x".repeat(70_000), { "idempotency-key": "k" }, 413],
    [
      "an unknown dispatch",
      "/proofs-of-delivery",
      { order: "o-1", trackingNumber: "X" },
      { "idempotency-key": "k" },
      404,
    ],
    ["an unknown place", "/parcels", dispatch, { "idempotency-key": "k" }, 404],
    ["an unknown fault", "/faults", { kind: "fire", times: 1 }, {}, 422],
  ])("%s", async (_words, path, body, headers, status) => {
    const carrier = await start();
    const answer = await post(carrier.url, path, body, headers as Record<string, string>);
    expect(answer).toMatchObject({ status, body: { status, detail: expect.any(String) } });
    expect(carrier.counts().dispatch.performed).toBe(0);
    expect(await post(carrier.url, "/dispatches", dispatch, { "idempotency-key": "k" })).toMatchObject({
      status: 201,
    });
  });

  test("a cancellation of another's, of a delivered or of a cancelled dispatch", async () => {
    const client = await listen();
    const carrier = await start({ callback: client.callback });
    const trackingNumber = await sendConfirmed(carrier, "dispatch", key("a"), dispatch);
    const cancel = (effectKey: string, order: string) =>
      send(carrier, "cancelDispatch", effectKey, { order, trackingNumber });
    expect(await cancel(key("b"), "o-2")).toMatchObject({ kind: "rejected" });
    expect(await cancel(key("c"), "o-1")).toMatchObject({ kind: "confirmed", receipt: { trackingNumber } });
    expect(await cancel(key("d"), "o-1")).toMatchObject({ kind: "rejected" });

    const other = { ...dispatch, order: "o-3", businessKey: "SO/3" };
    const delivered = {
      order: "o-3",
      trackingNumber: await sendConfirmed(carrier, "dispatch", key("e"), other),
    };
    await send(carrier, "proofOfDelivery", key("f"), delivered);
    await client.until(1);
    expect(await send(carrier, "cancelDispatch", key("g"), delivered)).toMatchObject({ kind: "rejected" });
    expect(carrier.counts().cancelDispatch).toMatchObject({ performed: 1 });
  });
});

describe("when it fails", () => {
  test.each([
    ["unavailable", "retryable", 0],
    ["tooMany", "retryable", 0],
    ["rejected", "rejected", 0],
    ["failAfterWork", "inDoubt", 1],
  ])("%s is %s with %i done, and the same key then has one effect", async (kind, outcome, done) => {
    const carrier = await start();
    await post(carrier.url, "/faults", { kind, times: 1, path: "/dispatches" });
    expect(await send(carrier, "dispatch", key("a"), dispatch)).toMatchObject({
      kind: outcome,
      ...(kind === "tooMany" && { retryAfter_ms: 1_000 }),
    });
    expect(carrier.counts().dispatch.performed).toBe(done);
    expect(await send(carrier, "dispatch", key("a"), dispatch)).toMatchObject({ kind: "confirmed" });
    expect(carrier.counts().dispatch).toMatchObject({ performed: 1, repeated: done });
  });

  test("hang: the work is done and the answer never comes", async () => {
    const carrier = await start();
    await post(carrier.url, "/faults", { kind: "hang", times: 1 });
    const controller = new AbortController();
    const outcome = send(carrier, "dispatch", key("a"), dispatch, controller.signal);
    while (carrier.counts().dispatch.performed === 0) await getJson(carrier.url, "/counts");
    controller.abort();
    expect(await outcome).toMatchObject({ kind: "inDoubt" });
    expect(await send(carrier, "dispatch", key("a"), dispatch)).toMatchObject({ kind: "confirmed" });
    expect(carrier.counts().dispatch).toMatchObject({ performed: 1 });
  });

  test("a fault for one path leaves the others alone and lasts as often as ordered", async () => {
    const carrier = await start();
    await post(carrier.url, "/faults", { kind: "unavailable", times: 2, path: "/proofs-of-delivery" });
    const trackingNumber = await sendConfirmed(carrier, "dispatch", key("a"), dispatch);
    const kinds = [];
    for (let count = 0; count < 3; count += 1)
      kinds.push((await send(carrier, "proofOfDelivery", key("b"), { order: "o-1", trackingNumber })).kind);
    expect(kinds).toEqual(["retryable", "retryable", "pending"]);
  });

  test("at a failure rate of 1 nothing is answered with its result", async () => {
    const carrier = await start({ failureRate: 1 });
    const controller = new AbortController();
    const sending = Array.from({ length: 20 }, (_, count) =>
      send(carrier, "dispatch", key(`a${count}`), dispatch, controller.signal),
    );
    while (carrier.counts().dispatch.requests < 20) await getJson(carrier.url, "/counts");
    // For those that hang.
    controller.abort();
    expect((await Promise.all(sending)).filter(({ kind }) => kind === "confirmed")).toEqual([]);
  });
});

describe("callbacks", () => {
  async function dispatched(carrier: Carrier, consignee?: string) {
    const input = { ...dispatch, ...(consignee && { consignee }) };
    return { order: "o-1", trackingNumber: await sendConfirmed(carrier, "dispatch", key("a"), input) };
  }

  test("a proof is pending, then captured by a signed callback that echoes the effect key", async () => {
    const client = await listen();
    const carrier = await start({ callback: client.callback });
    const input = await dispatched(carrier, "N. One");
    expect(await send(carrier, "proofOfDelivery", key("b"), input)).toMatchObject({ kind: "pending" });
    const [heard] = await client.until(1);
    expect(readHeard(heard!)).toMatchObject({
      effectKey: key("b"),
      outcome: { kind: "confirmed", receipt: { reference: input.trackingNumber } },
      personal: { receivedBy: "N. One" },
    });
    await expect.poll(() => carrier.counts().proofOfDelivery.callbacksDelivered).toBe(1);
  });

  test("before: the callback is there when the answer comes", async () => {
    const client = await listen();
    const carrier = await start({
      callback: client.callback,
      callbackOrder: "before",
      callbackDelay_ms: [60_000, 60_000],
    });
    const input = await dispatched(carrier);
    expect(await send(carrier, "proofOfDelivery", key("b"), input)).toMatchObject({ kind: "pending" });
    expect(client.heard).toHaveLength(1);
  });

  test("sent again until a 2xx, then as often as told, one message with one id", async () => {
    const client = await listen(500, 429);
    const carrier = await start({
      callback: client.callback,
      callbackRepeat: 3,
      callbackBackoff_ms: [1, 2],
    });
    await send(carrier, "proofOfDelivery", key("b"), await dispatched(carrier));
    const heard = await client.until(5);
    expect(new Set(heard.map((each) => JSON.stringify(readHeard(each)))).size).toBe(1);
    await carrier.stop();
    expect(client.heard).toHaveLength(5);
    expect(carrier.counts().proofOfDelivery.callbacksDelivered).toBe(1);
  });

  test("one that nobody took is sent after a restart, the same; one that was taken is not", async () => {
    const deaf = await listen(...Array(1_000).fill(503));
    const carrier = await start({ callback: deaf.callback, callbackBackoff_ms: [1, 2] });
    const input = await dispatched(carrier);
    await send(carrier, "proofOfDelivery", key("b"), input);
    const [missed] = await deaf.until(2);
    await carrier.stop();

    const client = await listen();
    const next = await start({ callback: client.callback });
    const [heard] = await client.until(1);
    expect(readHeard(heard!)).toEqual(readHeard(missed!));
    await expect.poll(() => next.counts().proofOfDelivery.callbacksDelivered).toBe(1);
    await next.stop();

    const last = await start({ callback: client.callback });
    await send(last, "proofOfDelivery", key("c"), input);
    await client.until(2);
    expect(client.heard.map((each) => readHeard(each).effectKey)).toEqual([key("b"), key("c")]);
  });

  test("a parcel that was not taken, or cancelled on the way, is a refused proof", async () => {
    const client = await listen();
    const carrier = await start({ callback: client.callback });
    const input = await dispatched(carrier);
    await post(carrier.url, "/faults", { kind: "refuseProof", times: 1 });
    expect(await send(carrier, "proofOfDelivery", key("b"), input)).toMatchObject({ kind: "pending" });
    await client.until(1);
    await send(carrier, "cancelDispatch", key("c"), input);
    await send(carrier, "proofOfDelivery", key("d"), input);
    const heard = await client.until(2);
    expect(heard.map((each) => readHeard(each).outcome)).toEqual([
      { kind: "rejected", reason: "The recipient did not accept the parcel" },
      { kind: "rejected", reason: "The dispatch was cancelled before delivery" },
    ]);
  });

  test("many more at once than are sent at a time are all delivered", async () => {
    const client = await listen();
    const carrier = await start({ callback: client.callback });
    const input = await dispatched(carrier);
    await Promise.all(
      Array.from({ length: 300 }, (_, count) => send(carrier, "proofOfDelivery", key(`p${count}`), input)),
    );
    const heard = await client.until(300);
    expect(new Set(heard.map((each) => each.headers["webhook-id"])).size).toBe(300);
  });
});
