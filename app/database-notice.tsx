import { authContext } from "#lib/auth/context";
import { env } from "#lib/env";
import { type Readiness, readiness, whyNothingIsRecorded } from "#lib/queries/health";
import { Notice } from "../components/notice";

const holds_ms = 2_000;
let known: { at_ms: number; state: Promise<Readiness> } | undefined;

/** Says on every page that nothing can be recorded, while that is so. The database is asked once in two seconds at most. */
export async function DatabaseNotice() {
  const why = whyNothingIsRecorded(await recentReadiness());
  if (why === null) return null;
  return (
    <div className="pb-6">
      <Notice kind="error" title="Nothing can be recorded at the moment">
        {why}
      </Notice>
    </div>
  );
}

function recentReadiness(): Promise<Readiness> {
  const { database, clock } = authContext();
  const now_ms = Date.parse(clock.now());
  // A clock that was set back must not keep an old answer.
  if (!known || Math.abs(now_ms - known.at_ms) >= holds_ms)
    known = { at_ms: now_ms, state: readiness(database, env("HOLDPOINT_WORKSPACE")) };
  return known.state;
}
