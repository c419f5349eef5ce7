import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { readCarrierCallback, readHttpCallback } from "./callback";
import { readVerifyingKey } from "./webhook-verification";

const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const otherSecret = `whsec_${Buffer.alloc(24, 8).toString("base64")}`;
const now = "2024-05-01T10:00:00.000Z";
const effectKey = "k".repeat(43);
const captured = {
  type: "proofOfDelivery.captured",
  timestamp: "2024-05-01T11:59:58+02:00",
  data: {
    effectKey,
    reference: "POD1",
    trackingNumber: "HPC1",
    receivedBy: "N. One",
    deliveredAt: "2024-05-01T09:59:57.5Z",
  },
};

type Delivery = { id?: string; at?: string; body?: string; secret?: string };

/** Signed by the reference library, so that the reading is held against another's implementation. */
function signed({
  id = "msg_1",
  at = now,
  body = JSON.stringify(captured),
  secret: key = secret,
}: Delivery = {}) {
  const seconds = Math.floor(Date.parse(at) / 1000);
  return {
    headers: new Headers({
      "webhook-id": id,
      "webhook-timestamp": String(seconds),
      "webhook-signature": new Webhook(key).sign(id, new Date(seconds * 1000), body),
    }),
    body: Buffer.from(body),
  };
}

function read({ headers, body }: { headers: Headers; body: Uint8Array }, at = now) {
  return readCarrierCallback([readVerifyingKey(secret)], headers, body, at);
}

describe("a signed callback", () => {
  test("of a captured proof is confirmed, with the recipient's name apart from the receipt", () => {
    expect(read(signed())).toEqual({
      ok: true,
      webhookId: "msg_1",
      effectKey,
      outcome: {
        kind: "confirmed",
        receipt: { reference: "HPC1", deliveredAt: "2024-05-01T09:59:57.500Z" },
      },
      personal: { receivedBy: "N. One" },
      occurredAt: "2024-05-01T09:59:58.000Z",
    });
  });

  test("of a refused proof is rejected with the carrier's reason on one line", () => {
    const data = { effectKey, reference: "POD1", reason: "Nobody\n at\u0000home \ud800" };
    const body = JSON.stringify({ ...captured, type: "proofOfDelivery.refused", data });
    const callback = read(signed({ body }));
    expect(callback).toMatchObject({ ok: true, outcome: { kind: "rejected", reason: "Nobody at home" } });
    expect(callback).not.toHaveProperty("personal");
  });

  test("sent again reads the same, under the same id", () => {
    const later = "2024-05-01T10:04:00.000Z";
    expect(read(signed({ at: later }), later)).toEqual(read(signed()));
  });

  test("is taken when one of several signatures matches, as while a secret changes", () => {
    const delivery = signed();
    const strange = signed({ secret: otherSecret }).headers.get("webhook-signature");
    const own = delivery.headers.get("webhook-signature");
    delivery.headers.set("webhook-signature", `v1a,AAAA ${strange} ${own}`);
    expect(read(delivery).ok).toBe(true);
  });
});

describe("401", () => {
  test("forged with another secret", () => {
    expect(read(signed({ secret: otherSecret }))).toMatchObject({ ok: false, status: 401 });
  });

  test.each([
    ["no version", "AAAA"],
    ["an empty signature", "v1,"],
    ["a signature of another length", "v1,AAAA"],
    ["another version", `v2,${signed().headers.get("webhook-signature")!.slice(3)}`],
  ])("%s", (_words, signature) => {
    const delivery = signed();
    delivery.headers.set("webhook-signature", signature);
    expect(read(delivery)).toMatchObject({ ok: false, status: 401 });
  });

  test("body, id or timestamp changed after signing", () => {
    const body = Buffer.from(JSON.stringify({ ...captured, extra: 1 }));
    expect(read({ ...signed(), body })).toMatchObject({ status: 401 });
    const renamed = signed();
    renamed.headers.set("webhook-id", "msg_2");
    expect(read(renamed)).toMatchObject({ status: 401 });
    const restamped = signed({ at: "2024-05-01T09:00:00.000Z" });
    restamped.headers.set("webhook-timestamp", String(Date.parse(now) / 1000));
    expect(read(restamped)).toMatchObject({ status: 401 });
  });

  test.each([
    ["2024-05-01T09:55:00.000Z", true],
    ["2024-05-01T09:54:59.000Z", false],
    ["2024-05-01T10:05:00.000Z", true],
    ["2024-05-01T10:05:01.000Z", false],
  ])("signed at %s and read at 10:00 is taken: %s", (at, taken) => {
    const callback = read(signed({ at }));
    expect(callback.ok).toBe(taken);
    if (!callback.ok) expect(callback.status).toBe(401);
  });

  test("a present that cannot be read", () => {
    expect(read(signed(), "now")).toMatchObject({ status: 401 });
  });
});

describe("400 and 413", () => {
  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("without %s", (name) => {
    const delivery = signed();
    delivery.headers.delete(name);
    expect(read(delivery)).toMatchObject({ ok: false, status: 400 });
  });

  test.each([
    ["webhook-id", "msg.1"],
    ["webhook-id", "x".repeat(201)],
    ["webhook-timestamp", "1714557600.5"],
    ["webhook-timestamp", "NaN"],
  ])("malformed %s: %s", (name, value) => {
    const delivery = signed();
    delivery.headers.set(name, value);
    expect(read(delivery)).toMatchObject({ ok: false, status: 400 });
  });

  const { data } = captured;
  test.each([
    ["no JSON", "{"],
    ["another type", { ...captured, type: "proofOfDelivery.lost" }],
    ["no effect key", { ...captured, data: { ...data, effectKey: undefined } }],
    ["a reference with U+0000", { ...captured, data: { ...data, trackingNumber: "a\u0000" } }],
    ["nobody received it", { ...captured, data: { ...data, receivedBy: "\u0007 " } }],
    ["an impossible date", { ...captured, data: { ...data, deliveredAt: "2024-02-30T10:00:00Z" } }],
    ["a time without zone", { ...captured, timestamp: "2024-05-01T10:00:00" }],
  ])("signed, but %s", (_words, body) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    expect(read(signed({ body: text }))).toMatchObject({ ok: false, status: 400 });
  });

  test("signed, but bytes that are not UTF-8", () => {
    const { headers } = signed();
    const body = Buffer.from([0x22, 0xff, 0x22]);
    const signature = createHmac("sha256", Buffer.alloc(24, 7))
      .update(`msg_1.${headers.get("webhook-timestamp")}.`)
      .update(body)
      .digest("base64");
    headers.set("webhook-signature", `v1,${signature}`);
    expect(read({ headers, body })).toMatchObject({
      ok: false,
      status: 400,
      detail: expect.stringContaining("UTF-8"),
    });
  });

  test("over 16 KiB", () => {
    const body = JSON.stringify({ ...captured, filler: "x".repeat(17_000) });
    expect(read(signed({ body }))).toMatchObject({ ok: false, status: 413 });
  });
});

describe("a connection's callback", () => {
  const readHttp = (content: object, at = now) => {
    const { headers, body } = signed({ body: JSON.stringify({ timestamp: captured.timestamp, ...content }) });
    return readHttpCallback([readVerifyingKey(secret)], headers, body, at);
  };
  const confirmed = { type: "effect.confirmed", data: { effectKey, reference: "INV-1" } };

  test("confirms with the outside's own number", () => {
    expect(readHttp(confirmed)).toEqual({
      ok: true,
      webhookId: "msg_1",
      effectKey,
      outcome: { kind: "confirmed", receipt: { reference: "INV-1" } },
      occurredAt: "2024-05-01T09:59:58.000Z",
    });
  });

  test("rejects with a reason on one line", () => {
    const data = { effectKey, reason: "No such\n account\u0000" };
    expect(readHttp({ type: "effect.rejected", data })).toMatchObject({
      ok: true,
      effectKey,
      outcome: { kind: "rejected", reason: "No such account" },
    });
  });

  test.each<[string, object]>([
    ["the carrier's own words", captured],
    ["another type", { ...confirmed, type: "effect.pending" }],
    ["no effect key", { ...confirmed, data: { reference: "INV-1" } }],
    ["a reference of two words", { ...confirmed, data: { effectKey, reference: "INV 1" } }],
    ["no reason", { type: "effect.rejected", data: { effectKey, reason: " " } }],
    ["no time", { ...confirmed, timestamp: undefined }],
  ])("of %s is none", (_words, content) => {
    expect(readHttp(content)).toMatchObject({ ok: false, status: 400 });
  });

  test("is forged with another secret, and stale after five minutes", () => {
    const { headers, body } = signed({ secret: otherSecret, body: JSON.stringify(confirmed) });
    const keys = [readVerifyingKey(secret)];
    expect(readHttpCallback(keys, headers, body, now)).toMatchObject({ ok: false, status: 401 });
    expect(readHttp(confirmed, "2024-05-01T10:05:01.000Z")).toMatchObject({ ok: false, status: 401 });
  });
});

describe("a connection's callback while keys are changed", () => {
  const body = Buffer.from(
    JSON.stringify({
      type: "effect.confirmed",
      timestamp: now,
      data: { effectKey, reference: "INV-1" },
    }),
  );
  const at = String(Date.parse(now) / 1000);
  const read = (keys: readonly string[], signature: string, sent = body) => {
    const headers = new Headers({
      "webhook-id": "msg_1",
      "webhook-timestamp": at,
      "webhook-signature": signature,
    });
    return readHttpCallback(keys.map(readVerifyingKey), headers, sent, now);
  };
  const pair = () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
    return { privateKey, bytes: raw, whpk: `whpk_${raw}` };
  };
  const [ours, another] = [pair(), pair()];
  const message = (sent = body) => Buffer.concat([Buffer.from(`msg_1.${at}.`), sent]);
  const v1a = (by = ours, sent = body) =>
    `v1a,${sign(null, message(sent), by.privateKey).toString("base64")}`;
  const v1 = (key: Uint8Array) => `v1,${createHmac("sha256", key).update(message()).digest("base64")}`;
  const [old, young] = [Buffer.alloc(24, 7), Buffer.alloc(24, 8)];
  const taken = { ok: true, webhookId: "msg_1", effectKey };
  const forged = { ok: false, status: 401 };

  test("is taken with the old secret, with the new one, and with both", () => {
    for (const signature of [v1(old), v1(young), `${v1(young)} ${v1(old)}`])
      expect(read([secret, otherSecret], signature)).toMatchObject(taken);
    expect(read([otherSecret], v1(old))).toEqual({ ...forged, detail: expect.any(String) });
    expect(read([secret, otherSecret], v1(Buffer.alloc(24, 9)))).toMatchObject(forged);
  });

  test("is taken by the public key of who signed it with Ed25519, beside a secret or another key", () => {
    for (const keys of [[ours.whpk], [another.whpk, ours.whpk], [secret, ours.whpk], [ours.whpk, secret]])
      expect(read(keys, v1a())).toMatchObject(taken);
    expect(read([secret, ours.whpk], v1(old))).toMatchObject(taken);
    expect(read([ours.whpk], `v1,AAAA ${v1a(another)} ${v1a()}`)).toMatchObject(taken);
  });

  test("is forged by another private key, and changed after signing", () => {
    expect(read([ours.whpk, secret], v1a(another))).toMatchObject(forged);
    expect(read([ours.whpk], v1a(), Buffer.concat([body, Buffer.from(" ")]))).toMatchObject(forged);
    expect(read([], v1a())).toMatchObject(forged);
  });

  test("a key counts for its own version: what is public is no shared secret", () => {
    const known = Buffer.from(ours.bytes, "base64");
    expect(read([ours.whpk], v1(known))).toMatchObject(forged);
    expect(read([ours.whpk], v1a().replace("v1a,", "v1,"))).toMatchObject(forged);
    expect(read([secret], v1(old).replace("v1,", "v1a,"))).toMatchObject(forged);
    expect(read([ours.whpk], v1a().replace("v1a,", "v1b,"))).toMatchObject(forged);
  });

  test.each(["v1a", "v1a,", "v1a,AAAA", `v1a,${"A".repeat(86)}==`])("%s is no signature", (signature) => {
    expect(read([ours.whpk, secret], signature)).toMatchObject(forged);
  });

  test("a signature behind the tenth is not looked at", () => {
    const strange = Array.from({ length: 10 }, () => v1a(another));
    expect(read([ours.whpk], [...strange.slice(1), v1a()].join(" "))).toMatchObject(taken);
    expect(read([ours.whpk], [...strange, v1a()].join(" "))).toMatchObject(forged);
  });
});
