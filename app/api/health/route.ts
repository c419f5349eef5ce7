import { connection } from "next/server";
import { database } from "#lib/db";
import { databaseHealth } from "#lib/queries/health";
import { counted } from "#lib/web/counters";
import { route } from "#lib/web/route";

/** Whether this process is up and reaches its database, and what holds the log append-only. Tells no secret. */
export const GET = route(async () => {
  await connection();
  const health = await databaseHealth(database());
  return {
    status: health.database === "reachable" ? 200 : 503,
    body: { status: "up", ...health, counted: counted() },
  };
});
