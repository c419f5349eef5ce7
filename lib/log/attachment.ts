import { createCipheriv, createDecipheriv, hash } from "node:crypto";
import { canonicalize } from "./canonical";
import { EnvelopeError, type SubjectKeys } from "./envelope";

/**
 * A file that belongs to an order, as it is kept: nonce (12 bytes) ‖ AES-256-GCM ciphertext ‖ tag (16 bytes) under the
 * subject's encryption key, bound to its place by the additional data JCS([1, workspace, "attachment", subject]). What is
 * kept is named by its own SHA-256, lower-case hex, which stands in the log: no hash of what it says in plain is anywhere.
 */
export function sealAttachment(
  keys: SubjectKeys,
  workspace: string,
  content: Uint8Array,
  nonce: Uint8Array,
): { kept: Buffer; hash: string } {
  if (nonce.length !== 12) throw new EnvelopeError(`the nonce must be 12 bytes, not ${nonce.length}`);
  const cipher = createCipheriv("aes-256-gcm", keys.encryption, nonce);
  cipher.setAAD(additionalData(workspace, keys.subject));
  const kept = Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  return { kept, hash: attachmentHash(kept) };
}

/** What the file says. Throws `EnvelopeError` for bytes that are not those of `hash`, or of another place or key. */
export function openAttachment(
  keys: SubjectKeys,
  workspace: string,
  kept: Uint8Array,
  expected: string,
): Buffer<ArrayBuffer> {
  if (attachmentHash(kept) !== expected) throw new EnvelopeError("the file is not the one that was attached");
  if (kept.length < 28) throw new EnvelopeError("the file is cut off");
  const decipher = createDecipheriv("aes-256-gcm", keys.encryption, kept.subarray(0, 12), {
    authTagLength: 16,
  });
  decipher.setAAD(additionalData(workspace, keys.subject));
  decipher.setAuthTag(kept.subarray(-16));
  try {
    return Buffer.concat([decipher.update(kept.subarray(12, -16)), decipher.final()]);
  } catch {
    throw new EnvelopeError("the file does not belong to this place or this key");
  }
}

export function attachmentHash(kept: Uint8Array): string {
  return hash("sha256", kept, "hex");
}

function additionalData(workspace: string, subject: string): Buffer {
  return Buffer.from(canonicalize([1, workspace, "attachment", subject]), "utf8");
}
