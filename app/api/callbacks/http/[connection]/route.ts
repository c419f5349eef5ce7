import { readHttpCallback } from "#lib/effects/callback";
import { engineProcess } from "#lib/engine/process";
import { problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { takeCallback } from "../../take";

/** Where a system that `http.call` was sent to reports how a pending call ended. */
export const POST = route<{ connection: string }>(async (request, { params }) => {
  const { connections } = await engineProcess();
  const keys = connections.get(params.connection)?.callbackKeys ?? [];
  if (keys.length === 0) return problem(404, "notFound", "No connection of this name takes callbacks.");
  return takeCallback(request, (...message) => readHttpCallback(keys, ...message), params.connection);
});
