import type { RecordedEvent } from "./events";
import type { AuthorityRule } from "./rejection";

/**
 * What a principal was refused, in that principal's own stream: the denied never move an order's version.
 *
 * The first three refusals of one rule on one order in one hour are events; the rest of the hour is one
 * `denialsCounted`. A principal who tries many orders is bounded too: `events_per_hour_max` events in all.
 */
export const events_per_hour_max = 60;
const first = 3;

export type AccessState = {
  version: number;
  hour: string;
  eventsThisHour: number;
  refusals: { readonly [subject: string]: number };
};

export function hourOf(instant: string): string {
  return `${instant.slice(0, 13)}:00:00.000Z`;
}

export function refusalSubject(rule: AuthorityRule, order: string | undefined): string {
  return `${rule} ${order ?? ""}`;
}

export function evolveAccess(state: AccessState | null, event: RecordedEvent): AccessState {
  if (event.type !== "accessRefused" && event.type !== "denialsCounted")
    throw new Error(`${event.type} does not belong in ${event.stream}`);
  const hour = hourOf(event.recordedAt);
  const before = state?.hour === hour ? state : { eventsThisHour: 0, refusals: {} };
  if (event.type === "denialsCounted")
    return { version: event.version, hour, eventsThisHour: before.eventsThisHour, refusals: before.refusals };
  const subject = refusalSubject(event.data.rule, event.data.order);
  const refusals = before.refusals as { readonly [subject: string]: number };
  return {
    version: event.version,
    hour,
    eventsThisHour: before.eventsThisHour + 1,
    refusals: { ...refusals, [subject]: (refusals[subject] ?? 0) + 1 },
  };
}

/** Whether so much was refused in this hour that what is only counted is counted together. */
export function isCrowded(state: AccessState | null, subject: string, now: string): boolean {
  if (!state || state.hour !== hourOf(now)) return false;
  return state.eventsThisHour >= events_per_hour_max && state.refusals[subject] === undefined;
}

/** Whether this refusal is written as an event of its own, or only counted. */
export function isRecorded(state: AccessState | null, subject: string, now: string): boolean {
  if (!state || state.hour !== hourOf(now)) return true;
  return (state.refusals[subject] ?? 0) < first && state.eventsThisHour < events_per_hour_max;
}
