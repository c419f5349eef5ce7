import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { readCarrierCallback, readHttpCallback } from "./callback";

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
  return readCarrierCallback(secret, headers, body, at);
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
    return readHttpCallback(secret, headers, body, at);
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
    expect(readHttpCallback(secret, headers, body, now)).toMatchObject({ ok: false, status: 401 });
    expect(readHttp(confirmed, "2024-05-01T10:05:01.000Z")).toMatchObject({ ok: false, status: 401 });
  });
});

test("a secret without a key is a fault of the configuration", () => {
  const { headers, body } = signed();
  expect(() => readCarrierCallback("whsec_", headers, body, now)).toThrow("no key");
});
