import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type AuthorizedActor, mintActor, type Role } from "#lib/domain/authority";
import type { AuthContext } from "./context";

/**
 * API keys are `hp_<key id>_<secret>`: the id names the key in the log, of the secret (32 random bytes, base64url) only
 * the SHA-256 is kept. A secret of that length cannot be guessed, so a slow hash would protect nothing.
 */
const keyFormat = /^hp_([0-9a-f]{16})_([\w-]{43})$/;

export type NewApiKey = { apiKey: string; key: string; secretHash: string };

/** Makes a key: its id, the key itself (to be shown once), and what is kept of it. */
export function makeApiKey(): NewApiKey {
  const apiKey = randomBytes(8).toString("hex");
  const secret = randomBytes(32).toString("base64url");
  return { apiKey, key: `hp_${apiKey}_${secret}`, secretHash: hashOf(secret).toString("hex") };
}

/** Keeps what a key is recognised by. Throws when there is a key of this id. */
export async function keepApiKey(
  { database, keys }: AuthContext,
  { apiKey, secretHash }: NewApiKey,
): Promise<void> {
  await database.apiKeySecret.create({
    data: { workspace: keys.workspace, apiKeyId: apiKey, secretHash },
  });
}

/** Forgets a key's secret, so that it opens nothing even before the log says that it was revoked. */
export async function forgetApiKey({ database, keys }: AuthContext, apiKey: string): Promise<void> {
  await database.apiKeySecret.deleteMany({ where: { workspace: keys.workspace, apiKeyId: apiKey } });
}

type KeyRow = { secret_hash: string; person_id: string; roles: Role[] };

/**
 * Whom a request acts for, by its `Authorization` header, or null: no key, an unknown, a wrong or a revoked one, or one
 * whose person is disabled.
 */
export async function apiKeyActor(
  { database, keys }: AuthContext,
  authorization: string | null,
): Promise<AuthorizedActor | null> {
  const [, apiKey, secret] = keyFormat.exec(authorization?.match(/^Bearer +(\S+)$/i)?.[1] ?? "") ?? [];
  if (!apiKey || !secret) return null;
  const [row] = await database.$queryRawUnsafe<KeyRow[]>(
    `SELECT a.secret_hash, k.person_id, p.roles
     FROM api_key_secret a
     JOIN workspace_head h ON h.workspace = a.workspace
     JOIN api_key k ON k.workspace = a.workspace AND k.generation = h.generation AND k.api_key_id = a.api_key_id
     JOIN person p ON p.workspace = a.workspace AND p.generation = h.generation AND p.person_id = k.person_id
     WHERE a.workspace = $1 AND a.api_key_id = $2 AND NOT k.revoked AND NOT p.disabled`,
    keys.workspace,
    apiKey,
  );
  if (!row || !timingSafeEqual(hashOf(secret), Buffer.from(row.secret_hash, "hex"))) return null;
  const { person_id: person, roles } = row;
  return mintActor({ workspace: keys.workspace, type: "apiKey", id: apiKey, person, roles });
}

function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** Whose key this is, revoked or not, or null. */
export async function personOfApiKey(
  { database, keys }: AuthContext,
  apiKey: string,
): Promise<string | null> {
  const [row] = await database.$queryRawUnsafe<{ person_id: string }[]>(
    `SELECT k.person_id FROM api_key k
     JOIN workspace_head h ON h.workspace = k.workspace AND h.generation = k.generation
     WHERE k.workspace = $1 AND k.api_key_id = $2`,
    keys.workspace,
    apiKey,
  );
  return row?.person_id ?? null;
}
