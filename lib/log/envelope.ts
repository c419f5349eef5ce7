import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";
import { canonicalize, type Json } from "./canonical";
import type { WorkspaceKeys } from "./keys";

/**
 * Personal data in the log: one envelope per event and subject.
 *
 * AES-256-GCM under a key derived from the subject's data key; 96-bit nonce; the additional data bind it to its place,
 * JCS([1, workspace, stream, type, schema, subject]). `commit` = HMAC-SHA-256(commitment key, nonce ‖ additional data),
 * checked before anything is decrypted, so a text opens under one key only. `nonce` and `ct` (ciphertext ‖ 16-byte tag)
 * are base64url, `commit` lower-case hex.
 *
 * Keys: HKDF-SHA-256 of the subject's 32-byte data key, salt = workspace ‖ 0x00 ‖ subject, info `holdpoint/encryption/1`
 * and `holdpoint/commitment/1`. Losing a subject's data key makes its envelopes unreadable for ever and leaves every hash as it was.
 */
export type Envelope = { enc: 1; subject: string; nonce: string; ct: string; commit: string };

export type EnvelopePlace = { workspace: string; stream: string; type: string; schema: number };

/** The two keys a subject's 32-byte data key gives. */
export type SubjectKeys = { subject: string; encryption: Buffer; commitment: Buffer };

export class EnvelopeError extends Error {
  override name = "EnvelopeError";
}

export function subjectKeys(workspace: string, subject: string, dataKey: Uint8Array): SubjectKeys {
  if (dataKey.length !== 32) throw new EnvelopeError(`the data key must be 32 bytes, not ${dataKey.length}`);
  // HKDF (RFC 5869) written out: one extract serves both keys, and each needs one block. hkdfSync costs five times as much.
  const extracted = createHmac("sha256", `${workspace}\u0000${subject}`).update(dataKey).digest();
  const derive = (purpose: string) =>
    createHmac("sha256", extracted).update(`holdpoint/${purpose}/1\u0001`).digest();
  return { subject, encryption: derive("encryption"), commitment: derive("commitment") };
}

export function sealEnvelope(
  keys: SubjectKeys,
  place: EnvelopePlace,
  content: { readonly [member: string]: Json | undefined },
  nonce: Uint8Array,
): Envelope {
  if (nonce.length !== 12) throw new EnvelopeError(`the nonce must be 12 bytes, not ${nonce.length}`);
  const additional = additionalData(place, keys.subject);
  const cipher = createCipheriv("aes-256-gcm", keys.encryption, nonce);
  cipher.setAAD(additional);
  const ct = Buffer.concat([
    cipher.update(canonicalize(content), "utf8"),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return {
    enc: 1,
    subject: keys.subject,
    nonce: Buffer.from(nonce).toString("base64url"),
    ct: ct.toString("base64url"),
    commit: commitment(keys, nonce, additional).toString("hex"),
  };
}

export function openEnvelope(
  keys: SubjectKeys,
  place: EnvelopePlace,
  envelope: Envelope,
): { [member: string]: Json } {
  if (envelope.enc !== 1) throw new EnvelopeError("the envelope is of an unknown version");
  if (envelope.subject !== keys.subject) throw new EnvelopeError("the key is another subject's");
  const nonce = Buffer.from(envelope.nonce, "base64url");
  if (nonce.length !== 12) throw new EnvelopeError("the nonce is not 12 bytes");
  const additional = additionalData(place, keys.subject);
  const expected = commitment(keys, nonce, additional);
  const commit = Buffer.from(envelope.commit, "hex");
  if (commit.length !== expected.length || !timingSafeEqual(commit, expected))
    throw new EnvelopeError("the envelope does not belong to this place or this key");
  const ct = Buffer.from(envelope.ct, "base64url");
  if (ct.length < 16) throw new EnvelopeError("the ciphertext is cut off");
  const decipher = createDecipheriv("aes-256-gcm", keys.encryption, nonce, { authTagLength: 16 });
  decipher.setAAD(additional);
  decipher.setAuthTag(ct.subarray(ct.length - 16));
  try {
    const plain = Buffer.concat([decipher.update(ct.subarray(0, ct.length - 16)), decipher.final()]);
    return JSON.parse(plain.toString("utf8"));
  } catch {
    throw new EnvelopeError("the ciphertext was changed");
  }
}

/** A data key under the wrapping key: nonce (12) ‖ ciphertext (32) ‖ tag (16); additional data JCS([1, workspace, subject]). */
export function wrapDataKey(
  keys: WorkspaceKeys,
  subject: string,
  dataKey: Uint8Array,
  nonce: Uint8Array,
): Buffer {
  if (dataKey.length !== 32 || nonce.length !== 12)
    throw new EnvelopeError("a data key is 32 bytes and its nonce 12");
  const cipher = createCipheriv("aes-256-gcm", keys.wrapping, nonce);
  cipher.setAAD(Buffer.from(canonicalize([1, keys.workspace, subject]), "utf8"));
  return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
}

export function unwrapDataKey(keys: WorkspaceKeys, subject: string, wrapped: Uint8Array): Buffer {
  if (wrapped.length !== 60) throw new EnvelopeError("the wrapped key has the wrong length");
  const decipher = createDecipheriv("aes-256-gcm", keys.wrapping, wrapped.subarray(0, 12), {
    authTagLength: 16,
  });
  decipher.setAAD(Buffer.from(canonicalize([1, keys.workspace, subject]), "utf8"));
  decipher.setAuthTag(wrapped.subarray(44));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(12, 44)), decipher.final()]);
  } catch {
    throw new EnvelopeError("the workspace key is not the one this subject's key was wrapped under");
  }
}

function additionalData(place: EnvelopePlace, subject: string): Buffer {
  const { workspace, stream, type, schema } = place;
  return Buffer.from(canonicalize([1, workspace, stream, type, schema, subject]), "utf8");
}

function commitment(keys: SubjectKeys, nonce: Uint8Array, additional: Buffer): Buffer {
  return createHmac("sha256", keys.commitment).update(nonce).update(additional).digest();
}
