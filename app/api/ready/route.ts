import { connection } from "next/server";
import { database } from "#lib/db";
import { env } from "#lib/env";
import { readiness } from "#lib/queries/health";
import { problem } from "#lib/web/problem";
import { route } from "#lib/web/route";

/** Whether work may be sent to this process: its database is there, migrated to this version, and has the workspace. */
export const GET = route(async () => {
  await connection();
  const state = await readiness(database(), env("HOLDPOINT_WORKSPACE"));
  if (!state.ready) return problem(503, "notReady", state.why);
  const { generation, writable } = state;
  return { status: 200, body: { status: writable ? "ready" : "readOnly", generation } };
});
