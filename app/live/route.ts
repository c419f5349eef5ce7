import { connection } from "next/server";
import { currentActor } from "#lib/auth/session";
import { problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { aboutToEnd, liveHub } from "./hub";

/**
 * What happens, as it happens, for somebody signed in: server-sent events. `Last-Event-ID`, or `?from=`, is the position from
 * which on the reader has not been told; too far back, and one message says that everything may have changed.
 */
export const GET = route(async (request) => {
  await connection();
  const actor = await currentActor();
  if (!actor) return problem(401, "unauthenticated", "Sign in to be told what happens.");
  const hub = liveHub();
  if (hub.closed) return aboutToEnd();
  return { status: 200, stream: await hub.open(actor, positionIn(request)), headers };
});

const headers = {
  "Content-Type": "text/event-stream; charset=utf-8",
  // Whoever stands between compresses nothing and holds nothing back.
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
  // A connection that is kept after its stream has ended would keep a process that is told to end waiting.
  Connection: "close",
};

function positionIn(request: Request): number | null {
  const given = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("from") ?? "";
  return /^\d{1,15}$/.test(given) ? Number(given) : null;
}
