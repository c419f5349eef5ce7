import { randomUUID } from "node:crypto";
import { type AuthorizedActor, mintActor, type Role } from "#lib/domain/authority";
import type { AuthContext } from "./context";

/**
 * A session is a row that is looked at on every request: ended, 12 hours old, 30 minutes unused or its person disabled,
 * and whoever holds its cookie is nobody. Its id is no secret (events name it); the signed cookie around it is.
 */
export const session_s_max = 12 * 60 * 60;
const idle_ms_max = 30 * 60_000;
const seenAgain_ms = 60_000;

type SessionRow = {
  session_id: string;
  person_id: string;
  created_at: Date;
  seen_at: Date;
  ended_at: Date | null;
  account: string | null;
  roles: Role[];
  disabled: boolean;
};

/** Sessions begun and used after these instants are open, unless somebody has ended them. */
export type OpenSince = { begunAfter: string; seenAfter: string };

/** From when on a session has to be begun and used to be open at this instant. */
export function openSince(now: string): OpenSince {
  const before = (ms: number) => new Date(Date.parse(now) - ms).toISOString();
  return { begunAfter: before(session_s_max * 1000), seenAfter: before(idle_ms_max) };
}

/**
 * Begins a session of somebody who has shown who they are, and returns its id. `account` is by what, and null by the password
 * kept here.
 */
export async function beginSession(
  { database, keys, clock }: AuthContext,
  person: string,
  account: string | null = null,
): Promise<string> {
  const now = clock.now();
  const sessionId = randomUUID();
  await database.session.create({
    data: { sessionId, workspace: keys.workspace, personId: person, account, createdAt: now, seenAt: now },
  });
  return sessionId;
}

/** The account that the events of a session name. */
export function accountOf(person: string, account: string | null): string {
  return account ?? `credentials:${person}`;
}

/** Ends a session for good; an ended or unknown one stays as it is. */
export async function endSession({ database, keys, clock }: AuthContext, sessionId: string): Promise<void> {
  await database.session.updateMany({
    where: { sessionId, workspace: keys.workspace, endedAt: null },
    data: { endedAt: clock.now() },
  });
}

/** Ends one session of this person; one of somebody else stays as it is. */
export async function endSessionOf(
  { database, keys, clock }: AuthContext,
  person: string,
  sessionId: string,
): Promise<void> {
  await database.session.updateMany({
    where: { sessionId, personId: person, workspace: keys.workspace, endedAt: null },
    data: { endedAt: clock.now() },
  });
}

/** Ends every session of a person but this one: signed out elsewhere. */
export async function endOtherSessionsOf(
  { database, keys, clock }: AuthContext,
  person: string,
  sessionId: string,
): Promise<void> {
  await database.session.updateMany({
    where: { sessionId: { not: sessionId }, personId: person, workspace: keys.workspace, endedAt: null },
    data: { endedAt: clock.now() },
  });
}

/** Ends every session of a person: after a new password, whoever signed in with the old one is out. */
export async function endSessionsOf({ database, keys, clock }: AuthContext, person: string): Promise<void> {
  await database.session.updateMany({
    where: { personId: person, workspace: keys.workspace, endedAt: null },
    data: { endedAt: clock.now() },
  });
}

/** Who a session stands for, with the roles of this moment, or null when it is not, or no longer, alive. */
export async function sessionActor(
  { database, keys, clock }: AuthContext,
  sessionId: string,
): Promise<AuthorizedActor | null> {
  const { workspace } = keys;
  const [row] = await database.$queryRawUnsafe<SessionRow[]>(
    `SELECT s.person_id, s.account, s.created_at, s.seen_at, s.ended_at, p.roles, p.disabled
     FROM session s
     JOIN workspace_head h ON h.workspace = s.workspace
     JOIN person p ON p.workspace = s.workspace AND p.generation = h.generation AND p.person_id = s.person_id
     WHERE s.session_id = $1 AND s.workspace = $2`,
    sessionId,
    workspace,
  );
  const now = clock.now();
  if (!row || row.disabled || row.ended_at || !isFresh(row, openSince(now))) return null;
  if (Date.parse(now) - row.seen_at.getTime() >= seenAgain_ms)
    await database.session.updateMany({
      where: { sessionId, workspace, endedAt: null, seenAt: { lt: now } },
      data: { seenAt: now },
    });
  return mintActor({
    workspace,
    type: "person",
    id: row.person_id,
    person: row.person_id,
    account: accountOf(row.person_id, row.account),
    session: sessionId,
    roles: row.roles,
  });
}

function isFresh({ created_at, seen_at }: SessionRow, { begunAfter, seenAfter }: OpenSince): boolean {
  return created_at.getTime() > Date.parse(begunAfter) && seen_at.getTime() > Date.parse(seenAfter);
}
