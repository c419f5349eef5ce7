import type { Route } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { connection } from "next/server";
import { currentActor } from "#lib/auth/session";
import type { AuthorizedActor, Role } from "#lib/domain/authority";

/**
 * Opens every page: returns who asks, who has one of these roles (any role when none is named). Otherwise it does not
 * return: nobody signed in is sent to sign in and back, and who lacks the roles to the page of 403. That is a page of its own,
 * because what Next draws for its own `forbidden()` is empty until scripts have filled it.
 */
export async function gate(...roles: Role[]): Promise<AuthorizedActor> {
  await connection();
  const actor = await currentActor();
  if (!actor) redirect(`/sign-in?next=${encodeURIComponent(await currentPath())}`);
  if (roles.length > 0 && !roles.some((role) => actor.roles.includes(role))) {
    const page = encodeURIComponent(await currentPath());
    redirect(`/not-allowed?needs=${roles.join(",")}&page=${page}` as Route);
  }
  return actor;
}

async function currentPath(): Promise<string> {
  return (await headers()).get("x-holdpoint-path") ?? "/";
}
