import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import { connection } from "next/server";
import { cache } from "react";
import { currentActor } from "#lib/auth/session";
import type { AuthorizedActor, Role } from "#lib/domain/authority";

/** Why the gate kept somebody out: what the 403 page says. */
export type KeptOut = { missing: readonly Role[]; roles: readonly Role[] };

const notes = cache((): { keptOut: KeptOut | null } => ({ keptOut: null }));

/**
 * Opens every page: returns who asks, who has one of these roles (any role when none is named). Otherwise it does not
 * return: nobody signed in is sent to sign in and back, and who lacks the roles gets the page of 403.
 */
export async function gate(...roles: Role[]): Promise<AuthorizedActor> {
  await connection();
  const actor = await currentActor();
  if (!actor) redirect(`/sign-in?next=${encodeURIComponent(await currentPath())}`);
  if (roles.length > 0 && !roles.some((role) => actor.roles.includes(role))) {
    notes().keptOut = { missing: roles, roles: actor.roles };
    forbidden();
  }
  return actor;
}

/** For the 403 page: what the gate wrote down in this request. */
export function keptOut(): KeptOut | null {
  return notes().keptOut;
}

async function currentPath(): Promise<string> {
  return (await headers()).get("x-holdpoint-path") ?? "/";
}
