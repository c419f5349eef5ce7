import { authContext } from "#lib/auth/context";
import { engineProcess } from "#lib/engine/process";
import { env } from "#lib/env";
import { measure } from "#lib/queries/operations";
import { bearsSecret } from "#lib/web/bearer";
import { count } from "#lib/web/counters";
import { problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { laneFigures } from "../operations/lanes";
import { contentType, exposition } from "./exposition";

/** What waits, as Prometheus reads it, for who bears the token. */
export const GET = route(async (request) => {
  const token = env("METRICS_TOKEN");
  if (!token) return problem(503, "notConfigured", "METRICS_TOKEN is not set, so nobody can read this.");
  if (!bearsSecret(request.headers.get("authorization"), token)) {
    count("metricsRefused");
    return problem(401, "unauthenticated", "Send the token as Authorization: Bearer ….", {
      headers: { "WWW-Authenticate": 'Bearer realm="holdpoint"' },
    });
  }
  const { database, keys, clock } = authContext();
  const measured = await measure(database, keys.workspace, {
    now: clock.now(),
    backlog_max: env("INTAKE_BACKLOG_MAX"),
  });
  const { runtime, traces } = await engineProcess();
  const { engine, dispatcher } = runtime;
  const unreadable = engine.streams.unreadable().length;
  const lanes = laneFigures({ connected: dispatcher.connected, lanes: dispatcher.lanes() });
  return {
    status: 200,
    text: await exposition(measured, { unreadable, stopped: engine.stopped, lanes, traces }),
    headers: { "Content-Type": contentType },
  };
});
