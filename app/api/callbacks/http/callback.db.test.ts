import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { database } from "#lib/db";
import type { EffectAdapter } from "#lib/effects/adapter";
import { engineProcess } from "#lib/engine/process";
import { counted } from "#lib/web/counters";
import { environmentOf, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

/**
 * The callback of a connection, called as Next calls it, against a real database and an engine made from the environment,
 * whose file of connections is real too.
 */
vi.mock("next/server", () => ({ connection: async () => {} }));
vi.mock("#lib/domain/workflows/registry", async () => {
  const { billed } = await import("#scripts/testing/billed");
  return { workflows: [billed] };
});

const { POST } = await import("./[connection]/route");
const { POST: carrierPost } = await import("../carrier/route");

const secretOf = (filler: number) => `whsec_${Buffer.alloc(24, filler).toString("base64")}`;
const secrets = { billing: secretOf(3), stock: secretOf(4), carrier: secretOf(5) };
/** What billing changes to: another secret, or the key of a pair of its own. */
const newSecret = secretOf(7);
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const whpk = `whpk_${publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64")}`;
/** Signs what is sent to it, and is not told how to sign what it says. */
const silentSecret = secretOf(6);

let workspace: TestWorkspace;
let folder: string;

beforeAll(async () => {
  const billing: EffectAdapter = {
    name: "http.call.billing.invoice",
    timeout_ms: 2_000,
    doubt: { kind: "neither" },
    concurrency_max: 8,
    perform: async () => ({ kind: "pending", reference: "I-1" }),
  };
  workspace = await testWorkspace({ adapters: [billing] });
  folder = mkdtempSync(join(tmpdir(), "connections-"));
  writeFileSync(
    join(folder, "connections.json"),
    JSON.stringify({
      billing: { address: "https://billing.example", callbackSecret: [secrets.billing, newSecret, whpk] },
      stock: { address: "https://stock.example", callbackSecret: secrets.stock },
      silent: { address: "https://silent.example", signingKeys: [silentSecret] },
    }),
  );
});

beforeEach(() => {
  const environment = {
    ...environmentOf(workspace),
    HTTP_CALL_CONNECTIONS_FILE: join(folder, "connections.json"),
    CARRIER_WEBHOOK_SECRET: secrets.carrier,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

afterAll(async () => {
  // The handler has made an engine and a database of its own, as it does in the console.
  vi.stubEnv("DATABASE_URL", workspace.urls.databaseUrl);
  await (await engineProcess()).runtime.stop();
  await database().$disconnect();
  await workspace.close();
  rmSync(folder, { recursive: true });
});

async function pending(): Promise<{ order: string; effectKey: string }> {
  const order = await workspace.receive({ workflow: "billed@1" });
  await workspace.runtime.dispatcher.idle();
  const { effectKey } = await workspace.database.effectRow.findFirstOrThrow({
    where: { orderId: order, state: "PENDING" },
  });
  return { order, effectKey };
}

const confirmed = (effectKey: string) =>
  JSON.stringify({
    type: "effect.confirmed",
    timestamp: "2026-03-02T10:00:00.000Z",
    data: { effectKey, reference: "INV-1" },
  });
const rejected = (effectKey: string) =>
  JSON.stringify({
    type: "effect.rejected",
    timestamp: "2026-03-02T10:00:00.000Z",
    data: { effectKey, reason: "No such account" },
  });

type Sending = { to?: string; id?: string; at?: Date; secret?: string; headers?: Record<string, string> };

function sent(body: string, { to = "billing", id = "msg_1", at = new Date(), ...more }: Sending = {}) {
  const { secret = secrets.billing } = more;
  const headers = more.headers ?? {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  const request = new Request(`http://127.0.0.1/api/callbacks/http/${to}`, { method: "POST", headers, body });
  return POST(request, { params: Promise.resolve({ connection: to }) });
}

/** What a refusal says, without the number of its request. */
async function refusal(response: Response) {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const { requestId, ...said } = await response.json();
  expect(requestId).toBe(response.headers.get("x-request-id"));
  return said;
}

const logLength = async () => (await workspace.log()).length;

test("takes a signed report once, however often it comes", async () => {
  const { order, effectKey } = await pending();
  const good = await sent(confirmed(effectKey), { id: "msg_good" });
  expect([good.status, await good.json()]).toEqual([200, { received: true }]);
  const log = await workspace.log(`order/${order}`);
  expect(log.at(-1)?.type).toBe("effectConfirmed");
  expect((await sent(confirmed(effectKey), { id: "msg_good" })).status).toBe(200);
  expect(await workspace.log(`order/${order}`)).toHaveLength(log.length);
});

test("takes what is signed with the old secret, the new one, or the private key of a public one it knows", async () => {
  const at = new Date();
  const seconds = Math.floor(at.getTime() / 1000);
  const signedBy = (key: KeyObject, id: string, body: string) => ({
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": `v1a,${sign(null, Buffer.from(`${id}.${seconds}.${body}`), key).toString("base64")}`,
  });
  const settled = async (order: string) => (await workspace.log(`order/${order}`)).map(({ type }) => type);
  const first = await pending();
  expect((await sent(confirmed(first.effectKey), { id: "msg_new", secret: newSecret })).status).toBe(200);
  expect(await settled(first.order)).toContain("effectConfirmed");

  const second = await pending();
  const body = confirmed(second.effectKey);
  const strange = generateKeyPairSync("ed25519").privateKey;
  expect((await sent(body, { headers: signedBy(strange, "msg_strange", body) })).status).toBe(401);
  expect(await settled(second.order)).not.toContain("effectConfirmed");
  expect((await sent(body, { headers: signedBy(privateKey, "msg_pair", body) })).status).toBe(200);
  expect(await settled(second.order)).toContain("effectConfirmed");
});

test("takes a report that it will not be done", async () => {
  const { order, effectKey } = await pending();
  expect((await sent(rejected(effectKey), { id: "msg_no" })).status).toBe(200);
  expect((await workspace.log(`order/${order}`)).map(({ type }) => type).slice(-2)).toEqual([
    "effectFailed",
    "orderNeedsAttention",
  ]);
});

test("leaves a forged, stale, unsigned, malformed or oversized report a number, and nothing in the log", async () => {
  const { effectKey } = await pending();
  const forgedBefore = counted().callbacksForged;
  const length = await logLength();
  const good = confirmed(effectKey);
  const stale = new Date(Date.now() - 6 * 60_000);
  for (const [response, status] of [
    [await sent(good, { secret: secrets.stock }), 401],
    [await sent(good, { secret: secrets.carrier }), 401],
    [await sent(good, { at: stale }), 401],
    [await sent(good, { headers: {} }), 400],
    [await sent("{"), 400],
    [await sent(" ".repeat(65 * 1024)), 413],
  ] as const)
    expect((await refusal(response)).status).toBe(status);
  expect(await logLength()).toBe(length);
  expect(counted().callbacksForged).toBe(forgedBefore + 3);
  expect((await sent(good, { id: "msg_after" })).status).toBe(200);
});

test("says of another's effect what it says of one that there is not, and leaves nothing", async () => {
  const { order, effectKey } = await pending();
  const length = await logLength();
  const unknown = await refusal(await sent(confirmed("A".repeat(43)), { id: "msg_nothing" }));
  expect(unknown).toMatchObject({ status: 404, type: "urn:holdpoint:problem:notFound" });
  const stock = { to: "stock", secret: secrets.stock };
  expect(await refusal(await sent(confirmed(effectKey), { id: "msg_stock", ...stock }))).toEqual(unknown);
  expect(await logLength()).toBe(length);
  expect((await workspace.order(order)).effects[effectKey]?.status).toBe("PENDING");
});

test("the carrier answers for none of them", async () => {
  const { effectKey } = await pending();
  const length = await logLength();
  const at = new Date();
  const body = JSON.stringify({
    type: "proofOfDelivery.refused",
    timestamp: "2026-03-02T10:00:00.000Z",
    data: { effectKey, reference: "P-1", reason: "Nobody at home" },
  });
  const headers = {
    "webhook-id": "msg_carrier",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secrets.carrier).sign("msg_carrier", at, body),
  };
  const request = new Request("http://127.0.0.1/api/callbacks/carrier", { method: "POST", headers, body });
  expect((await carrierPost(request, { params: Promise.resolve({}) })).status).toBe(404);
  expect(await logLength()).toBe(length);
});

test("takes none for a connection without a secret for it, as if there were no such connection", async () => {
  const { effectKey } = await pending();
  const length = await logLength();
  const none = await refusal(await sent(confirmed(effectKey), { to: "nobody" }));
  expect(none).toMatchObject({ status: 404, type: "urn:holdpoint:problem:notFound" });
  const silent = { to: "silent", secret: silentSecret };
  expect(await refusal(await sent(confirmed(effectKey), silent))).toEqual(none);
  expect(await refusal(await sent(confirmed(effectKey), { to: "__proto__" }))).toEqual(none);
  expect(await logLength()).toBe(length);
});
