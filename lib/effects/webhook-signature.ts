import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { Webhook } from "standardwebhooks";

/**
 * Signatures of what we send (Standard Webhooks): `v1` is HMAC-SHA-256 under a shared secret, `v1a` Ed25519 under a key
 * of ours. While a key is changed there are two, and both sign.
 */
export type SigningKey = { kind: "hmac"; webhook: Webhook } | { kind: "ed25519"; key: KeyObject };

const seed_bytes = 32;
/** The head of an Ed25519 private key in PKCS #8; the seed follows. */
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * `whsec_` and a secret of 24 to 64 bytes, or `whsk_` and the seed of an Ed25519 key, alone or with the public key behind
 * it; both in base64. Throws a TypeError that does not repeat the key.
 */
export function readSigningKey(text: string): SigningKey {
  const [, kind, base64 = ""] = /^(whsec|whsk)_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, "base64");
  if (kind === "whsec" && bytes.length >= 24 && bytes.length <= 64)
    return { kind: "hmac", webhook: new Webhook(bytes.toString("base64")) };
  if (kind === "whsk" && (bytes.length === seed_bytes || bytes.length === 2 * seed_bytes)) {
    const der = Buffer.concat([pkcs8Head, bytes.subarray(0, seed_bytes)]);
    return { kind: "ed25519", key: createPrivateKey({ key: der, format: "der", type: "pkcs8" }) };
  }
  throw new TypeError("a signing key is whsec_ with 24 to 64 bytes, or whsk_ with 32 or 64, in base64");
}

/**
 * The three headers over exactly this body. `id` is without a full stop; `at` is `YYYY-MM-DDTHH:MM:SS.sssZ`. Null when
 * none of the keys is of this kind.
 */
export function webhookHeaders(
  kind: SigningKey["kind"],
  keys: readonly SigningKey[],
  { id, at, body }: { id: string; at: string; body: string },
): { [header: string]: string } | null {
  const seconds = Math.floor(Date.parse(at) / 1000);
  const signatures = keys.flatMap((key) => {
    if (key.kind !== kind) return [];
    if (key.kind === "hmac") return [key.webhook.sign(id, new Date(seconds * 1000), body)];
    const signature = sign(null, Buffer.from(`${id}.${seconds}.${body}`), key.key);
    return [`v1a,${signature.toString("base64")}`];
  });
  if (signatures.length === 0) return null;
  return {
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": signatures.join(" "),
  };
}
