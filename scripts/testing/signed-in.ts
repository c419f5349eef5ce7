import { type AuthorizedActor, mintActor, type Role } from "#lib/domain/authority";

/** Somebody signed in with one role, where there is nobody to sign in to: on a throwaway server, for benches. */
export function signedIn(workspace: string, id: string, role: Role): AuthorizedActor {
  return mintActor({ workspace, type: "person", id, person: id, account: id, session: id, roles: [role] });
}
