import { didSomething } from "#lib/engine/driver";
import { engineProcess } from "#lib/engine/process";
import { env } from "#lib/env";
import { bearsSecret } from "#lib/web/bearer";
import { count } from "#lib/web/counters";
import { logEngine } from "#lib/web/log-engine";
import { problem } from "#lib/web/problem";
import { route } from "#lib/web/route";

/** The scheduled route: does what is due. GET, as a scheduler calls it, and POST. */
const tick = route(async (request) => {
  const secret = env("CRON_SECRET");
  if (!secret) return problem(503, "notConfigured", "CRON_SECRET is not set, so nobody can call this.");
  if (!bearsSecret(request.headers.get("authorization"), secret)) {
    count("ticksRefused");
    return problem(401, "unauthenticated", "Send the secret as Authorization: Bearer ….", {
      headers: { "WWW-Authenticate": 'Bearer realm="holdpoint"' },
    });
  }
  const report = await (await engineProcess()).runtime.tick();
  if (didSomething(report)) logEngine({ what: "ticked", report });
  return { status: 200, body: report };
});

export { tick as GET, tick as POST };
