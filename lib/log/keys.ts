import { createHmac, hkdfSync } from "node:crypto";
import { canonicalize, type Json } from "./canonical";

/**
 * The workspace's keys, all derived (HKDF-SHA-256) from one 32-byte workspace key that lives in the environment or a
 * file and never in the database.
 *
 * Whoever loses the workspace key loses every encrypted part of the log and the meaning of every keyed hash in it.
 */
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

export function workspaceKeys(workspace: string, workspaceKey: Uint8Array): WorkspaceKeys {
  if (workspaceKey.length !== 32)
    throw new Error(`the workspace key must be 32 bytes, not ${workspaceKey.length}`);
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", workspaceKey, workspace, `holdpoint/${purpose}/1`, 32));
  return {
    workspace,
    wrapping: derive("wrapping"),
    command: derive("command"),
    identity: derive("identity"),
    index: derive("index"),
  };
}

/** HMAC of a parsed command without its time and ids: tells a repeated command from another one under the same id. */
export function commandMac(keys: WorkspaceKeys, content: Json): string {
  return createHmac("sha256", keys.command).update(canonicalize(content), "utf8").digest("hex");
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

/** Keyed hash of a personal value, to find equal ones without holding them: 128 bits, lower-case hex. */
export function blindIndex(keys: WorkspaceKeys, field: string, value: string): string {
  return createHmac("sha256", keys.index)
    .update(canonicalize([field, value]), "utf8")
    .digest("hex")
    .slice(0, 32);
}
