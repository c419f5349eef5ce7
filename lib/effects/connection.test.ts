import { describe, expect, test } from "vitest";
import { readConnections } from "./connection";

const address = "https://billing.example/v2/";
const whsec = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;
const read = (connection: object, demo = false) => readConnections({ billing: connection }, { demo });

test("a connection, with careful answers to what is not said", () => {
  expect(read({ address }).get("billing")).toEqual({
    name: "billing",
    origin: new URL("https://billing.example"),
    base: "/v2",
    headers: {},
    signingKeys: [],
    callbackKeys: [],
    concurrency_max: 8,
    doubt: { kind: "neither" },
    demo: false,
  });
});

test("a connection that calls back, and says by when", () => {
  const callbackSecret = whsec(24);
  expect(read({ address, callbackSecret, answersWithin_ms: 60_000 }).get("billing")).toMatchObject({
    callbackKeys: [{ kind: "hmac", secret: Buffer.alloc(24, 7) }],
    answersWithin_ms: 60_000,
    signingKeys: [],
  });
});

test("a connection that changes what it signs callbacks with", () => {
  const callbackSecret = [whsec(24), `whpk_${Buffer.alloc(32, 7).toString("base64")}`, whsec(64)];
  const { callbackKeys } = read({ address, callbackSecret }).get("billing")!;
  expect(callbackKeys.map(({ kind }) => kind)).toEqual(["hmac", "ed25519", "hmac"]);
});

test("http is for the demo", () => {
  expect(read({ address: "http://127.0.0.1:8080" }, true).get("billing")!.base).toBe("");
  expect(() => read({ address: "http://billing.example" })).toThrow("address is not https");
});

describe("refused, by name and without the value", () => {
  test.each<[string, object]>([
    ["address is no URL", { address: "billing" }],
    ["address is not https", { address: "ftp://billing.example" }],
    ["address is not https", { address: "file:///etc/passwd" }],
    ["address holds credentials", { address: "https://me:hush@billing.example" }],
    ["address has more than a host and a path", { address: "https://billing.example/?a=hush" }],
    ["address has more than a host and a path", { address: "https://billing.example/#hush" }],
    ["headers: host is not a connection's to set", { address, headers: { host: "hush" } }],
    [
      "headers: Idempotency-Key is not a connection's to set",
      { address, headers: { "Idempotency-Key": "hush" } },
    ],
    ["billing.headers.a: must be printable ASCII", { address, headers: { a: "hush\r\nb: c" } }],
    ["signingKeys.0: a signing key is whsec_", { address, signingKeys: ["hush"] }],
    ["signingKeys.0: a signing key is whsec_", { address, signingKeys: ["whsec_aHVzaA=="] }],
    ["signingKeys.0: a signing key is whsec_", { address, signingKeys: ["whsk_aHVzaA=="] }],
    ["billing of http.call: callbackSecret: a verifying key is whsec_", { address, callbackSecret: "hush" }],
    ["callbackSecret: a verifying key is whsec_", { address, callbackSecret: "whsec_aHVzaA==" }],
    ["callbackSecret: a verifying key is whsec_", { address, callbackSecret: whsec(65) }],
    ["callbackSecret: a verifying key is whsec_", { address, callbackSecret: "whpk_aHVzaA==" }],
    [
      "callbackSecret.1: a verifying key is whsec_",
      { address, callbackSecret: [whsec(24), `whpk_${Buffer.alloc(33, 7).toString("base64")}`] },
    ],
    ["callbackSecret.1: a verifying key is whsec_", { address, callbackSecret: [whsec(24), "whpk_hush!"] }],
    ["callbackSecret.0: whsk_ is the private key", { address, callbackSecret: ["whsk_aHVzaA=="] }],
    ["billing.callbackSecret: must be a key or a list of one to 4 keys", { address, callbackSecret: [] }],
    [
      "billing.callbackSecret: must be a key or a list of one to 4 keys",
      { address, callbackSecret: { hush: "hush" } },
    ],
    [
      "billing.callbackSecret: must be a key or a list",
      { address, callbackSecret: Array(5).fill(whsec(24)) },
    ],
    ["billing.answersWithin_ms", { address, answersWithin_ms: 0 }],
    ["billing.doubt.keyRetention_ms", { address, doubt: { kind: "honoursKey" } }],
    ["billing.doubt", { address, doubt: { kind: "hush" } }],
    ["billing.concurrency_max", { address, concurrency_max: 0 }],
    ['billing: Unrecognized key: "secret"', { address, secret: "hush" }],
  ])("%s", (problem, connection) => {
    const reading = () => read(connection);
    expect(reading).toThrow(problem);
    expect(reading).not.toThrow("hush");
  });

  test("a name definitions cannot use", () => {
    expect(() => readConnections({ "Bill.ing": { address } }, { demo: false })).toThrow("Bill.ing");
  });
});
