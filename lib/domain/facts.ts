import type { Json } from "#lib/log/canonical";
import type { Grant, Role, SystemPart } from "./authority";
import type { BusinessCalendar } from "./calendar";
import type { CustomerHistory, PolicyParameters } from "./policy";
import { type Rejection, refuse } from "./rejection";

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
  policy: { parameters: PolicyParameters; reference: string };
  /** A calendar by name (its newest version) or by `stream@version` (as it was pinned). */
  calendar(nameOrReference: string): { calendar: BusinessCalendar; reference: string };
  /** Keyed hash of the command's customer reference. */
  customerIndex?: string;
  customer: CustomerHistory;
  /** The order's personal parts in plain, for what an effect sends. */
  personal(): { [member: string]: Json | undefined };
  /** How long this process holds an attempt it goes on with at once; null when it leaves the effect to the dispatcher. */
  attemptNow(effect: string): { lease_ms: number } | null;
  /** How long the outside system of an effect remembers a key; 0 when it does not, so doubt is for a person. */
  keyRetention_ms(effect: string): number;
};

/** The grant by which somebody has one of these roles, or the refusal that says which is missing. */
export function grantOf(facts: Facts, wanted: readonly Role[], doing: string): Grant | Rejection {
  const { principal } = facts;
  if (principal.kind === "system") return refuse("role", `A machine may not ${doing}.`, people(wanted));
  if (principal.disabled) return refuse("disabled", "This account is disabled.", people(wanted));
  const grant = principal.grants.find(({ role }) => wanted.includes(role));
  return grant ?? refuse("role", `To ${doing} you need the role ${wanted.join(" or ")}.`, people(wanted));
}

export function people(wanted: readonly Role[]): string {
  return wanted.map((role) => `a ${role}`).join(" or ");
}
