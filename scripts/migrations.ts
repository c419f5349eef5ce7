/**
 * Applies `prisma/migrations/<time>_<name>/migration.sql` in order, as `prisma migrate deploy` would, without its
 * native engine: the same table, the same checksums, the same lock. Either may be used on the same database.
 *
 * Unlike Prisma, each file is applied whole or not at all: one transaction, sent as one text, so that functions and
 * anything else with semicolons inside goes through unharmed.
 */
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { withClient } from "./embedded-postgres";

/** The key Prisma locks with while it migrates. */
const PRISMA_LOCK = 72_707_369;

const MIGRATIONS_FOLDER = fileURLToPath(new URL("../prisma/migrations", import.meta.url));

const PRISMA_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

type Migration = { name: string; text: string; checksum: string };
type Applied = { migration_name: string; checksum: string; finished_at: Date | null };

/**
 * Brings a database to the newest migration and returns the names of those it applied. `ownerUrl` is the role that
 * owns the tables. `report` hears one line per migration, and
 * what the grants have to say about the roles. Throws, with the database as it was before the
 * migration in question, when a file fails, was changed after it was applied, or is unknown to this version.
 */
export async function migrate(
  ownerUrl: string,
  report: (line: string) => void = () => {},
  folder = MIGRATIONS_FOLDER,
): Promise<string[]> {
  const migrations = readMigrations(folder);
  return withClient(ownerUrl, async (client) => {
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_LOCK]);
    await client.query("SET client_min_messages = warning");
    await client.query(PRISMA_TABLE);
    const pending = unapplied(migrations, await readApplied(client));
    for (const migration of pending) {
      await apply(client, migration);
      report(`applied ${migration.name}`);
    }
    await applyGrants(client, report);
    return pending.map((migration) => migration.name);
  });
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "migration.sql")))
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, name, "migration.sql"));
      return {
        name,
        text: bytes.toString("utf8"),
        checksum: createHash("sha256").update(bytes).digest("hex"),
      };
    });
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at",
  );
  return rows;
}

function unapplied(migrations: Migration[], applied: Applied[]): Migration[] {
  for (const { migration_name: name, checksum, finished_at } of applied) {
    const file = migrations.find((migration) => migration.name === name);
    if (!finished_at) {
      throw new Error(
        `Migration ${name} was begun by Prisma and failed. Settle it with \`prisma migrate resolve\`.`,
      );
    }
    if (!file)
      throw new Error(
        `The database has migration ${name}, which this version does not know. Use a newer one.`,
      );
    if (file.checksum !== checksum) {
      throw new Error(
        `Migration ${name} was changed after it was applied. Restore it; put the change into a new one.`,
      );
    }
  }
  const names = new Set(applied.map((row) => row.migration_name));
  return migrations.filter((migration) => !names.has(migration.name));
}

async function apply(client: pg.Client, { name, text, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    const before = await transaction(client);
    await client.query(text);
    // A COMMIT inside the file would leave half of it behind when the other half fails.
    if ((await transaction(client)) !== before) throw new Error("it ends its own transaction");
    await client.query("RESET ROLE");
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
    await client.query("RESET ALL");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(`Migration ${name} was not applied: ${describe(error, text)}`, { cause: error });
  }
}

async function transaction(client: pg.Client): Promise<string> {
  const { rows } = await client.query("SELECT pg_current_xact_id()::text AS id");
  return rows[0].id;
}

/** The grants are a function of the newest schema, so they are put in place again after every run. */
async function applyGrants(client: pg.Client, report: (line: string) => void): Promise<void> {
  const { rows } = await client.query(
    "SELECT to_regprocedure('holdpoint_apply_grants()') IS NOT NULL AS exists",
  );
  if (!rows[0].exists) return;
  const granted = await client.query("SELECT holdpoint_apply_grants()::text AS said");
  if (granted.rows[0].said) report(granted.rows[0].said);
  // So that a console can say whether the database is the one its version was written for.
  await client.query(`DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'holdpoint_app') THEN
      GRANT SELECT ON _prisma_migrations TO holdpoint_app;
    END IF;
  END $$`);
}

function describe(error: unknown, text: string): string {
  const { message, position } = error as pg.DatabaseError;
  const line = position ? ` (line ${text.slice(0, Number(position)).split("\n").length})` : "";
  return `${message}${line}`;
}
