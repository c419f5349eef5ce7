import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import { connection } from "next/server";
import { cache } from "react";
import { currentActor } from "#lib/auth/session";
import type { AuthorizedActor, Role } from "#lib/domain/authority";

/** Why the gate kept somebody out: what the 403 page says. */
export type KeptOut = { missing: readonly Role[]; roles: readonly Role[] };

const gates = cache((): { underWay: Set<Promise<unknown>>; keptOut: KeptOut | null } => ({
  underWay: new Set(),
  keptOut: null,
}));

/**
 * Opens every page: returns who asks, who has one of these roles (any role when none is named). Otherwise it does not
 * return: nobody signed in is sent to sign in and back, and who lacks the roles gets the page of 403.
 */
export async function gate(...roles: Role[]): Promise<AuthorizedActor> {
  const { underWay } = gates();
  const deciding = decide(roles);
  underWay.add(deciding);
  try {
    return await deciding;
  } finally {
    underWay.delete(deciding);
  }
}

/**
 * For the 403 page: what the gate of this request wrote down, or null when there was none. Next draws that page together
 * with the one asked for, before anybody knows whether it is wanted, so it waits here until the gates have decided.
 */
export async function keptOut(): Promise<KeptOut | null> {
  const request = gates();
  await new Promise((resolve) => setImmediate(resolve));
  while (request.underWay.size > 0) await Promise.allSettled(request.underWay);
  return request.keptOut;
}

async function decide(roles: readonly Role[]): Promise<AuthorizedActor> {
  await connection();
  const actor = await currentActor();
  if (!actor) redirect(`/sign-in?next=${encodeURIComponent(await currentPath())}`);
  if (roles.length > 0 && !roles.some((role) => actor.roles.includes(role))) {
    gates().keptOut = { missing: roles, roles: actor.roles };
    forbidden();
  }
  return actor;
}

async function currentPath(): Promise<string> {
  return (await headers()).get("x-holdpoint-path") ?? "/";
}
