import type { Json } from "#lib/log/canonical";
import type { Grant, Role, SystemPart } from "./authority";
import type { BusinessCalendar } from "./calendar";
import type { CustomerHistory, PolicyParameters } from "./policy";
import { type Rejection, refuse } from "./rejection";
import type { Stopped } from "./workspace";

/**
 * What a decision needs from outside its own stream. The engine loads it and, for what *permits* (people, policy,
 * calendars), has append() compare the versions again; what *informs* (the customer's history) is as of a position.
 */
export type Principal =
  | { kind: "system"; part: SystemPart }
  | { kind: "person"; person: string; grants: readonly Grant[]; disabled: boolean };

export type Facts = {
  workspace: string;
  /** The stream the command is about. */
  stream: string;
  /** The instant of the command, never earlier than the stream's last event. */
  now: string;
  principal: Principal;
  /** Whether a person exists and may act; null when there is no such person. */
  person(id: string): { disabled: boolean; grants: readonly Grant[] } | null;
  /** Whether somebody else is an admin who may act. Known for who takes that right from themselves. */
  anotherAdmin(than: string): boolean;
  policy: { parameters: PolicyParameters; reference: string };
  /** A calendar by name (its newest version) or by `stream@version` (as it was pinned). */
  calendar(nameOrReference: string): { calendar: BusinessCalendar; reference: string };
  /** Keyed hash of the command's customer reference. */
  customerIndex?: string;
  customer: CustomerHistory;
  /** The order's personal parts in plain, for what an effect sends. */
  personal(): { [member: string]: Json | undefined };
  /** What somebody has switched off for the whole workspace. */
  stopped: Stopped;
  /** How long this process holds an attempt it goes on with at once; null when it leaves the effect to the dispatcher. */
  attemptNow(effect: string): { lease_ms: number } | null;
  /** What can be done when nobody knows whether an attempt of this effect did its work. */
  doubt(effect: string): DoubtFact;
  /** How long a promised answer may take; null when it may take for ever. */
  answersWithin_ms(effect: string): number | null;
};

export type DoubtFact =
  /** The outside answers a repeated key from memory for so long: ask again. */
  | { kind: "honoursKey"; keyRetention_ms: number }
  /** It would do it again, but can be asked what became of a key, so long after the attempt. */
  | { kind: "probe"; lag_ms: number }
  /** A person has to find out. */
  | { kind: "neither" };

/** The grant by which somebody has one of these roles, or the refusal that says which is missing. */
export function grantOf(facts: Facts, wanted: readonly Role[], doing: string): Grant | Rejection {
  const { principal } = facts;
  if (principal.kind === "system") return refuse("role", `A machine may not ${doing}.`, people(wanted));
  if (principal.disabled) return refuse("disabled", "This account is disabled.", people(wanted));
  const grant = principal.grants.find(({ role }) => wanted.includes(role));
  return grant ?? refuse("role", `To ${doing} you need the role ${wanted.join(" or ")}.`, people(wanted));
}

export function people(wanted: readonly Role[]): string {
  return wanted.map((role) => `${/^[aeiou]/.test(role) ? "an" : "a"} ${role}`).join(" or ");
}
