import { type AuthorizedActor, demandActor, type Role, roles } from "#lib/domain/authority";

/**
 * Who may read what, in one table: a page asks it whom to let in, a query asks it again. What is not named here is read
 * by nobody.
 */
export type Reading =
  | "queue"
  | "orders"
  | "ownOrders"
  | "escalations"
  | "operations"
  | "auditLog"
  | "people"
  | "emailAddresses"
  | "workflows";

const readers: Readonly<Record<Reading, readonly Role[]>> = {
  queue: ["reviewer", "supervisor"],
  orders: ["reviewer", "supervisor", "auditor", "admin"],
  // Whatever else somebody is: who asked for an order may see what became of it.
  ownOrders: roles,
  escalations: ["supervisor", "admin"],
  operations: ["supervisor", "admin"],
  auditLog: ["auditor", "admin"],
  people: ["supervisor", "auditor", "admin"],
  // What people sign in by is for who gives them their passwords.
  emailAddresses: ["admin"],
  workflows: ["reviewer", "supervisor", "auditor", "admin"],
};

/** The roles of which one suffices. */
export function readersOf(reading: Reading): readonly Role[] {
  return Object.hasOwn(readers, reading) ? readers[reading] : [];
}

/** Whether this actor has a role that may read it. */
export function mayRead(actor: AuthorizedActor, reading: Reading): boolean {
  return actor.roles.some((role) => readersOf(reading).includes(role));
}

/** Somebody asked for what none of their roles may read. */
export class NotAllowedToReadError extends Error {
  constructor(readonly reading: Reading) {
    super(`to read ${reading} one needs the role ${readersOf(reading).join(" or ")}`);
    this.name = "NotAllowedToReadError";
  }
}

/** Throws `UnauthorizedActorError` for an actor nobody minted, `NotAllowedToReadError` for one without the role. */
export function demandReader(actor: AuthorizedActor, workspace: string, reading: Reading): void {
  demandActor(actor, workspace);
  if (!mayRead(actor, reading)) throw new NotAllowedToReadError(reading);
}
