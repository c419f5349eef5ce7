/** What an installation must never lose (keys) and what it makes for itself (secrets), as files only we can read. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { withClient } from "./embedded-postgres";

const MADE = {
  NEXTAUTH_SECRET: () => randomBytes(32).toString("base64"),
  CRON_SECRET: () => randomBytes(32).toString("base64url"),
  CARRIER_WEBHOOK_SECRET: () => `whsec_${randomBytes(32).toString("base64")}`,
};

export type Secrets = Record<keyof typeof MADE, string>;

/**
 * Makes the key file of a workspace unless it exists. Throws when the database already has events: they were written
 * under a key that is not there, and a new one would only hide that.
 */
export function ensureKeys(path: string, databaseHasEvents: boolean, report: (line: string) => void): void {
  if (existsSync(path)) {
    const { workspaceKey } = JSON.parse(readFileSync(path, "utf8"));
    if (typeof workspaceKey === "string" && Buffer.from(workspaceKey, "base64").length === 32) return;
    throw new Error(
      `${path} holds no workspaceKey of 32 bytes in base64. Put the right file back from your backup.`,
    );
  }
  if (databaseHasEvents) {
    throw new Error(
      `The database has events, and ${path} with the key they were written under is missing. ` +
        "Without it no personal data in the log can be read. Put it back from your backup, " +
        "or start with an empty database (npm run demo:reset removes the embedded one).",
    );
  }
  report(`making ${path}; keep a copy of it apart from the database's backup`);
  writePrivate(path, { workspaceKey: randomBytes(32).toString("base64") });
}

/** Says whether a migrated database has events, and with them something that a key file must be able to read. */
export async function hasEvents(ownerUrl: string): Promise<boolean> {
  return withClient(ownerUrl, async (client) => {
    const { rows } = await client.query("SELECT EXISTS (SELECT FROM event) AS found");
    return rows[0].found;
  });
}

/** Returns the secrets, from the environment where it has them and otherwise from a file that is made when missing. */
export function ensureSecrets(path: string, environment: Record<string, string | undefined>): Secrets {
  const kept: Partial<Secrets> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const names = Object.keys(MADE) as (keyof Secrets)[];
  const missing = names.filter((name) => !environment[name] && !kept[name]);
  for (const name of missing) kept[name] = MADE[name]();
  if (missing.length > 0) writePrivate(path, kept);
  return Object.fromEntries(names.map((name) => [name, environment[name] || kept[name]])) as Secrets;
}

/** Writes JSON that only this account can read, whole or not at all, and safe from a power cut. */
export function writePrivate(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(`${path}.new`, "w", 0o600);
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
}
