import { blindIndex, type WorkspaceKeys } from "#lib/log/keys";

/**
 * How sign-in finds a person by e-mail without the address being anywhere in plain: 128 bits, lower-case hex, over the
 * trimmed address in lower case. The engine writes the same index into `personAdded`.
 */
export function emailIndex(keys: WorkspaceKeys, email: string): string {
  return blindIndex(keys, "email/1", email.trim().toLowerCase());
}
