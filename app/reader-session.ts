import type { AuthorizedActor } from "#lib/domain/authority";
import { mayRead, type Reading } from "#lib/queries/permission";
import { isProblem, type Problem, problem } from "#lib/web/problem";
import { demandSession } from "#lib/web/session-route";

/** Who asks from a page of the console, or the problem that they may not read this; `needed` says what they would need. */
export async function demandReaderSession(what: Reading, needed: string): Promise<AuthorizedActor | Problem> {
  const actor = await demandSession();
  return isProblem(actor) || mayRead(actor, what) ? actor : problem(403, "refused", needed);
}
