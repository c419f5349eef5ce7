import { connection } from "next/server";
import { database } from "#lib/db";
import { effectsHeld } from "#lib/engine/process";
import { databaseHealth } from "#lib/queries/health";
import { counted } from "#lib/web/counters";
import { route } from "#lib/web/route";

/**
 * Whether this process is up and reaches its database, what holds the log append-only, and why effects are held back, if they
 * are: people can work all the same, so that is no 503. Tells no secret.
 */
export const GET = route(async () => {
  await connection();
  const health = await databaseHealth(database());
  return {
    status: health.database === "reachable" ? 200 : 503,
    body: { status: "up", ...health, effectsHeld: effectsHeld(), counted: counted() },
  };
});
