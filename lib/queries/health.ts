import type { Database } from "#lib/db";

export type DatabaseHealth =
  | { database: "unreachable" }
  | { database: "reachable"; appendOnly: "grants and trigger" | "trigger alone" };

const patience_ms = 2_000;

/** Whether the database answers, and what holds the log append-only: a role without the right, or the trigger alone. */
export async function databaseHealth(database: Database): Promise<DatabaseHealth> {
  const asked = database.$queryRawUnsafe<{ may: boolean }[]>(
    `SELECT has_table_privilege(current_user, 'event', 'INSERT, UPDATE, DELETE, TRUNCATE') AS may`,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patience_ms);
  });
  const rows = await Promise.race([asked, late]).catch(() => null);
  clearTimeout(timer);
  if (!rows) return { database: "unreachable" };
  return { database: "reachable", appendOnly: rows[0]?.may ? "trigger alone" : "grants and trigger" };
}
