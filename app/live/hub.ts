import { authContext } from "#lib/auth/context";
import { sessionsAlive } from "#lib/auth/sessions-alive";
import { processDriver } from "#lib/engine/process";
import { audienceOf, changesFrom, heardBy, type LogChanges } from "#lib/queries/changes";
import { type LiveHub, type LiveSource, processHub } from "#lib/web/live";
import { logFailure } from "#lib/web/log-failure";
import { type Problem, problem } from "#lib/web/problem";

/** What the streams of this process are fed with: its log, for who is signed in to it. */
const source: LiveSource<LogChanges> = {
  read: (from) => changesFrom(authContext(), from),
  heard: (actor, changes) => heardBy(actor, authContext().keys.workspace, changes),
  audience: audienceOf,
  follow: (listener) => processDriver()?.then((driver) => driver.subscribe(listener)) ?? null,
  alive: (sessions) => sessionsAlive(authContext(), sessions),
  failed: (error) => void logFailure("the live streams", error),
};

/** The live streams of this process. */
export function liveHub(): LiveHub<LogChanges> {
  return processHub(source);
}

/** The answer of a process that takes no streams any more. A connection that is used again would keep it from ending. */
export function aboutToEnd(): Problem {
  const headers = { Connection: "close", "Retry-After": "1" };
  return problem(503, "unavailable", "This process is about to end. Ask again in a moment.", { headers });
}
