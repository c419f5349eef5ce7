import { createHmac, hkdfSync } from "node:crypto";
import { canonicalize, type Json } from "./canonical";

/**
 * The workspace's keys, derived by HKDF-SHA-256 (salt = workspace, info = `holdpoint/<purpose>/1`) from two 32-byte root
 * keys that live in the environment or a file and never in the database.
 *
 * `workspaceKey` wraps the data keys of subjects and may be rotated by wrapping them anew. `identityKey` never changes:
 * order ids, command macs and blind indexes hang on it, and another one would make every known order a new order.
 * Whoever loses the first loses every encrypted part of the log.
 */
export type RootKeys = { workspaceKey: Uint8Array; identityKey: Uint8Array };

export type WorkspaceKeys = {
  workspace: string;
  /** Wraps the data keys of subjects. */
  wrapping: Buffer;
  /** Makes command macs. */
  command: Buffer;
  /** Makes order ids. */
  identity: Buffer;
  /** Makes blind indexes. */
  index: Buffer;
};

export function workspaceKeys(workspace: string, { workspaceKey, identityKey }: RootKeys): WorkspaceKeys {
  for (const [name, key] of Object.entries({ workspaceKey, identityKey }))
    if (key.length !== 32) throw new Error(`${name} must be 32 bytes, not ${key.length}`);
  const derive = (purpose: string, root = identityKey) =>
    Buffer.from(hkdfSync("sha256", root, workspace, `holdpoint/${purpose}/1`, 32));
  return {
    workspace,
    wrapping: derive("wrapping", workspaceKey),
    command: derive("command"),
    identity: derive("identity"),
    index: derive("index"),
  };
}

/**
 * HMAC over JCS([1, principal, content]) of a parsed command without its time and ids, lower-case hex: tells a repeated
 * command from another one, or from another principal's, under the same id. `principal` is `<actor type>/<actor id>`.
 */
export function commandMac(keys: WorkspaceKeys, principal: string, content: Json): string {
  return createHmac("sha256", keys.command)
    .update(canonicalize([1, principal, content]), "utf8")
    .digest("hex");
}

/**
 * The same business is the same stream: first 128 bits of HMAC(identity key, JCS([source, businessKey])) as a UUID of
 * version 8 (RFC 9562 §5.8), so an order imported twice, or after a restore, keeps its id and its effect keys.
 */
export function orderId(keys: WorkspaceKeys, source: string, businessKey: string): string {
  const bytes = createHmac("sha256", keys.identity)
    .update(canonicalize([source, businessKey]), "utf8")
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * Keyed hash of a personal value, to find equal ones without holding them: 128 bits, lower-case hex. Values are compared
 * by code point: whoever asks normalises first and names the normalisation in `field` (`email/1`: trimmed, lower case).
 */
export function blindIndex(keys: WorkspaceKeys, field: string, value: string): string {
  return createHmac("sha256", keys.index)
    .update(canonicalize([field, value]), "utf8")
    .digest("hex")
    .slice(0, 32);
}

/** A customer by the reference the client knows them under. */
export function customerIndex(keys: WorkspaceKeys, reference: string): string {
  return blindIndex(keys, "customer/1", reference);
}

/** How sign-in finds a person by e-mail without the address being anywhere in plain: trimmed, in lower case. */
export function emailIndex(keys: WorkspaceKeys, email: string): string {
  return blindIndex(keys, "email/1", email.trim().toLowerCase());
}

/** How an account elsewhere is known again: by its issuer and subject (OpenID Connect Core 1.0 §2), exactly as they are given. */
export function identityIndex(keys: WorkspaceKeys, issuer: string, subject: string): string {
  return blindIndex(keys, "identity/1", canonicalize([issuer, subject]));
}
