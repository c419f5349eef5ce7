/**
 * Who acts, and with what right.
 *
 * An `AuthorizedActor` exists only where `lib/auth` (people and API keys) or the engine's system actors minted it: every
 * query and every command checks `isAuthorizedActor`, so a plain object that looks like one is refused. Roles seen here
 * are those at the time of minting and serve reading; a command is judged by the roles the person's stream holds when it
 * is decided, and append() compares that stream's version again under the lock.
 */
export const roles = ["requester", "reviewer", "supervisor", "auditor", "admin"] as const;
export type Role = (typeof roles)[number];

export type SystemPart = "timer" | "dispatcher" | "import" | "operator" | "carrier" | "connection";

export type AuthorizedActor = {
  readonly workspace: string;
  readonly type: "person" | "apiKey" | "system";
  /** The person, the API key, or the part of the system. */
  readonly id: string;
  /** The person whose rights apply: the person, or whom the API key acts for. Absent for a system actor. */
  readonly person?: string;
  readonly account?: string;
  readonly session?: string;
  readonly roles: readonly Role[];
};

/** A role and the event that gave it, as `person/…@7`. */
export type Grant = { role: Role; grantedBy: string };

// Next bundles routes, actions and instrumentation apart, each with its own copy of this module: the register of
// minted actors must be one for the process.
const processWide = globalThis as { [holder: symbol]: WeakSet<object> | undefined };
const holder = Symbol.for("holdpoint.actors");
const register = processWide[holder] ?? new WeakSet<object>();
processWide[holder] = register;

/** For `lib/auth` and the engine's system actors only; the tidy test holds everybody else to that. */
export function mintActor(actor: AuthorizedActor): AuthorizedActor {
  const minted = Object.freeze({ ...actor, roles: Object.freeze([...actor.roles]) });
  register.add(minted);
  return minted;
}

export function isAuthorizedActor(value: unknown): value is AuthorizedActor {
  return typeof value === "object" && value !== null && register.has(value);
}

export class UnauthorizedActorError extends Error {
  constructor() {
    super("the actor was not minted by the sign-in, so nothing is shown or done");
    this.name = "UnauthorizedActorError";
  }
}

/** Throws unless the actor is minted and of this workspace: every query opens with it. */
export function demandActor(actor: AuthorizedActor, workspace: string): void {
  if (!isAuthorizedActor(actor) || actor.workspace !== workspace) throw new UnauthorizedActorError();
}
