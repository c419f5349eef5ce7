import { type AuthorizedActor, mintActor, type Role } from "#lib/domain/authority";
import type { AuthContext } from "./context";
import { accountOf, openSince } from "./live-session";

type AliveRow = { session_id: string; person_id: string; account: string | null; roles: Role[] };

/**
 * Who these sessions stand for, each by its id; those that are no longer alive are not among them. Nobody is seen by this: who
 * only watches is not there, and a session that nobody uses runs out under a page that is open. One statement.
 */
export async function sessionsAlive(
  { database, keys, clock }: AuthContext,
  sessionIds: readonly string[],
): Promise<Map<string, AuthorizedActor>> {
  const { workspace } = keys;
  const { begunAfter, seenAfter } = openSince(clock.now());
  const rows = await database.$queryRawUnsafe<AliveRow[]>(
    `SELECT s.session_id, s.person_id, s.account, p.roles
     FROM session s
     JOIN workspace_head h ON h.workspace = s.workspace
     JOIN person p ON p.workspace = s.workspace AND p.generation = h.generation AND p.person_id = s.person_id
     WHERE s.session_id = ANY ($1::text[]) AND s.workspace = $2 AND s.ended_at IS NULL AND NOT p.disabled
       AND s.created_at > $3::timestamptz AND s.seen_at > $4::timestamptz`,
    sessionIds,
    workspace,
    begunAfter,
    seenAfter,
  );
  return new Map(rows.map((row) => [row.session_id, actorOf(row, workspace)]));
}

function actorOf({ session_id, person_id, account, roles }: AliveRow, workspace: string): AuthorizedActor {
  return mintActor({
    workspace,
    type: "person",
    id: person_id,
    person: person_id,
    account: accountOf(person_id, account),
    session: session_id,
    roles,
  });
}
