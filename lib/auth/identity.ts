import { type AuthorizedActor, mintActor, type Role } from "#lib/domain/authority";
import { emailIndex, identityIndex } from "#lib/log/keys";
import type { AuthContext } from "./context";
import { beginSession, endSession } from "./live-session";

/**
 * Signing in by an account at an OpenID Connect provider. What is known again is issuer and subject, which a provider gives to
 * nobody else; an address can be given to somebody else, so it counts once, to find the person an account is of, and only if the
 * provider says that it has verified it. From then on the link stands in the log, and is read there.
 */
export type Presented = { issuer: string; subject: string; email?: string; emailVerified: boolean };

/** Has the engine write the link down; false when it refuses. */
export type LinkIdentity = (
  actor: AuthorizedActor,
  link: { person: string; issuer: string; identity: string },
) => Promise<boolean>;

export type IdentitySignIn =
  | { kind: "signedIn"; person: string; sessionId: string }
  /** `unverified`: it comes with no verified address. `unknown`: nobody here has it. `other`: they come by another account. */
  | { kind: "refused"; why: IdentityRefusal };

export type IdentityRefusal = "unverified" | "unknown" | "other";

/** Signs in whom an account is of, and begins a session. Whoever is disabled is as unknown as whoever never was here. */
export async function signInByIdentity(
  context: AuthContext,
  { issuer, subject, email, emailVerified }: Presented,
  link: LinkIdentity,
): Promise<IdentitySignIn> {
  const { keys } = context;
  const identity = identityIndex(keys, issuer, subject);
  const account = `oidc:${identity}`;
  const known = await linkedTo(context, identity);
  if (known)
    return { kind: "signedIn", person: known, sessionId: await beginSession(context, known, account) };

  if (!email || !emailVerified) return { kind: "refused", why: "unverified" };
  const found = await withAddress(context, emailIndex(keys, email));
  if (!found) return { kind: "refused", why: "unknown" };
  const { person, roles } = found;
  // An event names the session it happened in; nobody holds the cookie of this one before the link is written down.
  const session = await beginSession(context, person, account);
  const { workspace } = keys;
  const actor = mintActor({ workspace, type: "person", id: person, person, account, session, roles });
  // When two windows link it at once, one is refused and finds it linked.
  if ((await link(actor, { person, issuer, identity })) || (await linkedTo(context, identity)) === person)
    return { kind: "signedIn", person, sessionId: session };
  await endSession(context, session);
  return { kind: "refused", why: "other" };
}

/** Who signs in by this account, or null. */
async function linkedTo({ database, keys }: AuthContext, identity: string): Promise<string | null> {
  const [row] = await database.$queryRawUnsafe<{ person: string }[]>(
    `SELECT p.person_id AS person FROM event l
     JOIN workspace_head h ON h.workspace = l.workspace
     JOIN person p ON p.workspace = l.workspace AND p.generation = h.generation AND 'person/' || p.person_id = l.stream
     WHERE l.workspace = $1 AND l.type = 'identityLinked' AND ${indexIn("l", "identity")} = $2 AND NOT p.disabled
       AND NOT EXISTS (
         SELECT FROM event u
         WHERE u.workspace = $1 AND u.type = 'identityUnlinked' AND ${indexIn("u", "identity")} = $2
           AND u.stream = l.stream AND u.version > l.version)
     ORDER BY l.pos DESC LIMIT 1`,
    keys.workspace,
    identity,
  );
  return row?.person ?? null;
}

/** Whose address this is, or null: also when several people who may act share it, because then it says nothing. */
async function withAddress(
  { database, keys }: AuthContext,
  index: string,
): Promise<{ person: string; roles: Role[] } | null> {
  const rows = await database.$queryRawUnsafe<{ person: string; roles: Role[] }[]>(
    `SELECT p.person_id AS person, p.roles FROM event e
     JOIN workspace_head h ON h.workspace = e.workspace
     JOIN person p ON p.workspace = e.workspace AND p.generation = h.generation AND 'person/' || p.person_id = e.stream
     WHERE e.workspace = $1 AND e.type = 'personAdded' AND NOT p.disabled
       AND ${indexIn("e", "emailIndex")} = $2
     LIMIT 2`,
    keys.workspace,
    index,
  );
  return rows.length === 1 ? rows[0]! : null;
}

/** A keyed index out of an event's bytes: word for word the expression over which the database keeps its own index. */
function indexIn(event: string, field: "identity" | "emailIndex"): string {
  return `substring(encode(${event}.body, 'escape') from '"${field}":"([0-9a-f]{32})"')`;
}
