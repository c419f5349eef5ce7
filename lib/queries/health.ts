import type { Database } from "#lib/db";

export type DatabaseHealth =
  | { database: "unreachable" }
  | { database: "reachable"; appendOnly: "grants and trigger" | "trigger alone" };

const patience_ms = 2_000;

/** The write path of this version: where the database has another, it was not migrated, or by another version. */
const writePath = "append(text, integer, jsonb, integer[], text[], integer[], text, jsonb, json[])";

/** Whether this version can work on the database; `why` says what is missing and what to do. */
export type Readiness = { ready: true; generation: number } | { ready: false; why: string };

/** Whether the database is there, migrated, and has the workspace. Never throws, and waits two seconds for each answer. */
export async function readiness(database: Database, workspace: string): Promise<Readiness> {
  const known = await inTime(
    database.$queryRawUnsafe<{ migrated: boolean }[]>(
      "SELECT to_regprocedure($1) IS NOT NULL AS migrated",
      writePath,
    ),
  );
  if (!known) return { ready: false, why: "The database cannot be reached." };
  if (!known[0]?.migrated)
    return { ready: false, why: "The database is not migrated to this version: npm run migrate." };
  const heads = await inTime(
    database.$queryRawUnsafe<{ generation: number }[]>(
      "SELECT generation FROM workspace_head WHERE workspace = $1",
      workspace,
    ),
  );
  const generation = heads?.[0]?.generation;
  if (generation === undefined)
    return { ready: false, why: `There is no workspace ${workspace} in this database: npm start makes it.` };
  return { ready: true, generation };
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
