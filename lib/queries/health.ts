import type { Database } from "#lib/db";
import { rowsVersion } from "#lib/domain/order-rows";

export type DatabaseHealth =
  | { database: "unreachable" }
  | { database: "reachable"; appendOnly: "grants and trigger" | "trigger alone" };

const patience_ms = 2_000;

/** What this version was written for. A test holds it to `prisma/migrations`. */
export const newestMigration = "20261201000000_identity";

/**
 * Whether this version can work on the database; `why` says what is missing and what to do. A database that takes no
 * writes is still one to read from: nothing is gained by sending the readers away too.
 */
export type Readiness =
  | { ready: true; generation: number; writable: boolean }
  | { ready: false; why: string };

/** Whether the database is there, migrated, and has the workspace. Never throws, and waits two seconds for each answer. */
export async function readiness(database: Database, workspace: string): Promise<Readiness> {
  const migrated = await isMigrated(database);
  if (migrated === null) return { ready: false, why: "The database cannot be reached." };
  if (!migrated)
    return { ready: false, why: "The database is not migrated to this version: npm run migrate." };
  const heads = await inTime(
    database.$queryRawUnsafe<{ generation: number; rows_version: number; writable: boolean }[]>(
      `SELECT generation, rows_version, current_setting('transaction_read_only') = 'off' AS writable
       FROM workspace_head WHERE workspace = $1`,
      workspace,
    ),
  );
  const head = heads?.[0];
  if (head === undefined)
    return { ready: false, why: `There is no workspace ${workspace} in this database: npm start makes it.` };
  const { rows_version, ...standing } = head;
  if (rows_version > rowsVersion)
    return { ready: false, why: "A newer version of Holdpoint has taken over this workspace." };
  if (rows_version < rowsVersion)
    return {
      ready: false,
      why: "The rows of this workspace were made by an older version: npm run rebuild makes them anew.",
    };
  return { ready: true, ...standing };
}

/** Why nothing can be recorded, for people who look at a page; null while it can. */
export function whyNothingIsRecorded(state: Readiness): string | null {
  if (!state.ready) return state.why;
  if (state.writable) return null;
  return "The database takes no writes. What is shown is right, and whatever is asked for now is refused; it goes on by itself once writes are taken again.";
}

/** Whether the database answers, and what holds the log append-only: a role without the right, or the trigger alone. */
export async function databaseHealth(database: Database): Promise<DatabaseHealth> {
  const rows = await inTime(
    database.$queryRawUnsafe<{ may: boolean }[]>(
      `SELECT has_table_privilege(current_user, 'event', 'INSERT, UPDATE, DELETE, TRUNCATE') AS may`,
    ),
  );
  if (!rows) return { database: "unreachable" };
  return { database: "reachable", appendOnly: rows[0]?.may ? "trigger alone" : "grants and trigger" };
}

/**
 * Whether the newest migration this version knows was applied; null when the database does not answer. Where the runtime role
 * may not read which were, because another tool applied them, that there is an append() at all has to do.
 */
async function isMigrated(database: Database): Promise<boolean | null> {
  const [found] =
    (await inTime(
      database.$queryRawUnsafe<{ readable: boolean; writable: boolean }[]>(
        `SELECT coalesce(has_table_privilege(to_regclass('_prisma_migrations'), 'SELECT'), false) AS readable,
           to_regproc('append') IS NOT NULL AS writable`,
      ),
    )) ?? [];
  if (!found) return null;
  if (!found.readable) return found.writable;
  const applied = await inTime(
    database.$queryRawUnsafe<unknown[]>(
      `SELECT 1 AS applied FROM _prisma_migrations
       WHERE migration_name = $1 AND finished_at IS NOT NULL AND rolled_back_at IS NULL`,
      newestMigration,
    ),
  );
  return applied && applied.length > 0;
}

/** What was asked, or null when it failed or took too long. */
async function inTime<Rows>(asked: Promise<Rows>): Promise<Rows | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patience_ms);
  });
  const rows = await Promise.race([asked, late]).catch(() => null);
  clearTimeout(timer);
  return rows;
}
