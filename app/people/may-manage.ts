import type { AuthorizedActor, Role } from "#lib/domain/authority";

/** Who may change people in the console; the engine decides by the same. */
export const managers: readonly Role[] = ["admin"];

/** Whether this actor may change people. */
export function mayManagePeople(actor: AuthorizedActor): boolean {
  return actor.roles.some((role) => managers.includes(role));
}
