import type { AuthorizedActor, Role } from "#lib/domain/authority";

/** Who may ask for an order in the console; the engine decides by the same two. */
export const askers: readonly Role[] = ["requester", "supervisor"];

/** Whether this actor may ask for an order. */
export function mayAsk(actor: AuthorizedActor): boolean {
  return actor.roles.some((role) => askers.includes(role));
}
