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
import { dirname, resolve } from "node:path";
import { withClient } from "./embedded-postgres";

const MADE = {
  NEXTAUTH_SECRET: () => randomBytes(32).toString("base64"),
  CRON_SECRET: () => randomBytes(32).toString("base64url"),
  CARRIER_WEBHOOK_SECRET: () => `whsec_${randomBytes(32).toString("base64")}`,
};

export type Secrets = Record<keyof typeof MADE, string>;

/**
 * Returns the variables that lead the console to its two root keys. Keys given in the environment are used as they are;
 * otherwise there is a key file, named by HOLDPOINT_KEYS_FILE or kept at `path`, which is made when missing. Throws when
 * it is missing and the database already has events: they were written under keys that are not there, and new ones
 * would only hide that.
 */
export function ensureKeys(
  path: string,
  environment: Record<string, string | undefined>,
  databaseHasEvents: boolean,
  report: (line: string) => void,
): Record<string, string> {
  const { HOLDPOINT_WORKSPACE_KEY: workspaceKey, HOLDPOINT_IDENTITY_KEY: identityKey } = environment;
  if (!environment.HOLDPOINT_KEYS_FILE && workspaceKey && identityKey) {
    return { HOLDPOINT_WORKSPACE_KEY: workspaceKey, HOLDPOINT_IDENTITY_KEY: identityKey };
  }
  const file = resolve(environment.HOLDPOINT_KEYS_FILE || path);
  if (existsSync(file)) refuseWrongKeys(file);
  else if (databaseHasEvents) {
    throw new Error(
      `The database has events, and ${file} with the keys they were written under is missing. ` +
        "Without it no personal data in the log can be read. Put it back from your backup, " +
        "or start with an empty database (npm run demo:reset removes the embedded one).",
    );
  } else {
    report(`making ${file}; keep a copy of it apart from the database's backup`);
    writePrivate(file, { workspaceKey: rootKey(), identityKey: rootKey() });
  }
  return { HOLDPOINT_KEYS_FILE: file };
}

function refuseWrongKeys(file: string): void {
  const held = JSON.parse(readFileSync(file, "utf8"));
  for (const name of ["workspaceKey", "identityKey"]) {
    if (typeof held[name] === "string" && Buffer.from(held[name], "base64").length === 32) continue;
    throw new Error(
      `${file} holds no ${name} of 32 bytes in base64. Put the right file back from your backup.`,
    );
  }
}

const rootKey = () => randomBytes(32).toString("base64");

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
