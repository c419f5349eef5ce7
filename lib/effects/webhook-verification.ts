import { createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from "node:crypto";

/** What proves who signed a message to us (Standard Webhooks): `v1` a shared secret, `v1a` the Ed25519 key of who signs. */
export type VerifyingKey = { kind: "hmac"; secret: Uint8Array } | { kind: "ed25519"; key: KeyObject };

/** Few enough that who cannot sign costs little: each signature is held against each key. */
const signatures_max = 10;
const publicKey_bytes = 32;
/** The head of an Ed25519 public key in SPKI; the key follows. */
const spkiHead = Buffer.from("302a300506032b6570032100", "hex");

/**
 * `whsec_` and a secret of 24 to 64 bytes, or `whpk_` and an Ed25519 public key of 32; both in base64. Throws a TypeError that
 * does not repeat the key.
 */
export function readVerifyingKey(text: string): VerifyingKey {
  if (text.startsWith("whsk_"))
    throw new TypeError("whsk_ is the private key of who signs: what is needed here is its whpk_");
  const [, kind, base64 = ""] = /^(whsec|whpk)_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, "base64");
  if (kind === "whsec" && bytes.length >= 24 && bytes.length <= 64) return { kind: "hmac", secret: bytes };
  if (kind === "whpk" && bytes.length === publicKey_bytes) {
    const der = Buffer.concat([spkiHead, bytes]);
    return { kind: "ed25519", key: createPublicKey({ key: der, format: "der", type: "spki" }) };
  }
  throw new TypeError("a verifying key is whsec_ with 24 to 64 bytes, or whpk_ with 32, in base64");
}

/**
 * Whether one of these keys signed one of `signatures`, the header's `v1,… v1a,…`. Several of either are while keys are
 * changed. A key counts for its own version only; shared secrets are compared in constant time.
 */
export function isSignedBy(keys: readonly VerifyingKey[], message: Uint8Array, signatures: string): boolean {
  const given = signatures
    .split(" ")
    .slice(0, signatures_max)
    .map((signature) => {
      const [version, encoded = ""] = signature.split(",");
      return { version, bytes: Buffer.from(encoded, "base64") };
    });
  const of = (version: string) => given.filter((each) => each.version === version);
  return keys.some((key) => {
    if (key.kind === "ed25519") return of("v1a").some(({ bytes }) => verify(null, message, key.key, bytes));
    const expected = createHmac("sha256", key.secret).update(message).digest();
    return of("v1").some(({ bytes }) => bytes.length === expected.length && timingSafeEqual(bytes, expected));
  });
}
