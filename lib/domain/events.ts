import type { EventBody } from "#lib/log/body";
import type { Json } from "#lib/log/canonical";
import type { Envelope } from "#lib/log/envelope";
import type { Grant, Role } from "./authority";
import type { BusinessCalendar } from "./calendar";
import type { Money } from "./money";
import type { PolicyParameters, RuleResult } from "./policy";
import type { AuthorityRule } from "./rejection";
import type { SlaClock } from "./sla";

/**
 * Every fact the log can hold, by type: what stands in `data` of its body, at the current schema.
 *
 * `next` names the visits an event opens; `step` and `visit` the one it is about. What a person wrote or is called is not
 * here: it is in `data.personal`, encrypted. Times are ISO instants, amounts minor units.
 */
export type Visit = { step: string; visit: number };
export type NextVisit = Visit & { ends?: "completed" | "rejected" | "recorded" };

export type Attempt = {
  number: number;
  /** Counts every start of a call of this effect; a worker with an older one does not start. */
  fence: number;
  /** A worker that has not begun the call by this instant less the adapter's time-out does not begin it. */
  leaseUntil: string;
};

export type OrderContent = {
  total: Money;
  /** Keyed hash of the customer reference; absent when the order names no customer. */
  customerIndex?: string;
  country?: string;
  /** The client's own date of the order, YYYY-MM-DD. */
  orderedOn?: string;
};

export type EventData = {
  orderReceived: OrderContent & {
    workflow: { name: string; version: number; hash: string };
    source: string;
    businessKey: string;
    requestedBy: string;
    /** The order was brought in from the past: it is checked and counted, and nothing happens because of it. */
    past?: true;
    next: NextVisit[];
  };
  orderAmended: OrderContent & { changed: string[]; next: NextVisit[] };
  policyChecked: Visit & {
    policy: string;
    outcome: "pass" | "review";
    results: RuleResult[];
    next: NextVisit[];
  };
  taskOpened: Visit & { owners: Role[]; excluded: string[]; clock: SlaClock };
  taskClaimed: Visit & { takenFrom?: string };
  taskStarted: Visit;
  taskStopped: Visit;
  /** `lapsed`: whoever had claimed it was not at it for so long that it was given back for them. */
  taskReleased: Visit & { lapsed?: true };
  taskSuspended: Visit & { clock: SlaClock };
  taskResumed: Visit & { clock: SlaClock; excluded: string[]; afterChanges?: true };
  taskDelegated: Visit & { to: string };
  taskForwarded: Visit & { to: Role };
  taskFailed: Visit & { clock: SlaClock; next: NextVisit[] };
  taskSkipped: Visit & { clock: SlaClock; next: NextVisit[] };
  taskEscalated: Visit & { rung: number; to: Role; lateBy_ms: number; clock: SlaClock };
  decisionMade: Visit & {
    verdict: string;
    effectiveAt: string;
    evidence: string;
    /** The verdict claimed and started the task in the same moment. */
    claimed?: true;
    authority: { rule: string } & Grant;
    clock: SlaClock;
  };
  decisionWithdrawn: Visit & { clock: SlaClock };
  decisionSettled: Visit & { verdict: string; next: NextVisit[] };
  effectIntended: Visit & {
    effect: string;
    key: string;
    issue: number;
    item: string;
    input: { [member: string]: Json | undefined };
    /** SHA-256 over JCS of input and envelopes: what every attempt sends. Filled in when the event is sealed. */
    inputHash?: string;
    compensates?: string;
    /** The first attempt, when the process that intended goes on at once. */
    attempt?: Attempt;
    /** The key of the issue before, which failed for certain: this one is done in its place. */
    reissues?: string;
  };
  effectAttempted: Visit & { key: string; attempt: Attempt };
  effectConfirmed: Visit & { key: string; attempt: number; receipt: Receipt; next: NextVisit[] };
  /** `answerBy`: an answer that has not come by then is in doubt. */
  effectPending: Visit & { key: string; attempt: number; reference: string; answerBy?: string };
  /** `certain`: no attempt of this issue was done, whatever was doubtful before. */
  effectFailed: Visit & { key: string; attempt: number; reason: string; retryAt?: string; certain?: true };
  /** `probe`: at `retryAt` the outside is asked what became of it, and not asked to do it again. */
  effectDoubted: Visit & { key: string; attempt: number; reason: string; retryAt?: string; probe?: true };
  effectRetried: Visit & { key: string };
  /** An answer that changes nothing because the effect was settled already: kept, because it is evidence. */
  effectAnswered: Visit & { key: string; attempt: number; answer: string; contradicts: boolean };
  /** `awaits`: keys of effects the outside has accepted, whose outcome is waited for because it can be undone. */
  orderCancelled: { by: "requester" | "supervisor"; next: NextVisit[]; awaits: string[] };
  orderNeedsAttention: { why: string };
  attentionCleared: Record<string, never>;
  /** What was written is personal. */
  commentAdded: Record<string, never>;
  /** `hash` is the SHA-256 of the bytes as they are kept, encrypted; the file's name is personal. */
  attachmentAdded: { hash: string; size_bytes: number; mediaType: string };
  signalReceived: { signal: string; content: { [member: string]: Json | undefined } };
  signalTaken: Visit & { signal: string; version: number; next: NextVisit[] };

  personAdded: { roles: Role[]; emailIndex?: string };
  roleGranted: { role: Role };
  roleRevoked: { role: Role };
  personDisabled: Record<string, never>;
  personEnabled: Record<string, never>;
  passwordChanged: Record<string, never>;
  /** `session` alone, or all but `except`; with neither, all. */
  sessionsEnded: { session?: string; except?: string };
  /** `identity`: keyed hash of issuer and subject, by which a sign-in there is known again. */
  identityLinked: { issuer: string; identity: string };
  identityUnlinked: { issuer: string; identity: string };
  apiKeyCreated: { apiKey: string };
  apiKeyRevoked: { apiKey: string };

  accessRefused: { rule: AuthorityRule; command: string; order?: string; message: string; hour: string };
  denialsCounted: { rule: AuthorityRule; order?: string; hour: string; count: number };

  workflowPublished: { name: string; version: number; hash: string };
  policyPublished: { parameters: PolicyParameters };
  calendarPublished: { calendar: BusinessCalendar };

  /**
   * An operator took the log up to `pos` as it is, and so let it dispatch again, although the head note said something
   * else: `before`, absent when there was none that could be read. Without a `pos` a log has no event.
   */
  logAdopted: { installation: string; pos?: number; before?: { installation: string; pos?: number } };
  dispatchPaused: Record<string, never>;
  dispatchResumed: Record<string, never>;
  intakeStopped: Record<string, never>;
  intakeOpened: Record<string, never>;
};

export type Receipt = { reference: string; [detail: string]: string | number | boolean };

export type EventType = keyof EventData;

/** An event as decide gives it: its data and, apart, what is to be encrypted under the stream's own subject. */
export type EventDraft = {
  [T in EventType]: { type: T; data: EventData[T]; personal?: { [member: string]: Json | undefined } };
}[EventType];

/** An event as the log gives it back: at its current schema, with the personal parts still sealed. */
export type RecordedEvent = {
  [T in EventType]: { type: T; data: EventData[T] & { personal?: Envelope[] } } & Recorded;
}[EventType];

export type Recorded = {
  stream: string;
  version: number;
  leaf: string;
  occurredAt: string;
  recordedAt: string;
  actor: { type: "person" | "apiKey" | "system"; id: string; onBehalfOf?: string };
};

/** The schema each type is written with. A change of meaning raises it and adds an upcaster from the one before. */
export const schemas: Record<EventType, number> = {
  orderReceived: 1,
  orderAmended: 1,
  policyChecked: 1,
  taskOpened: 1,
  taskClaimed: 1,
  taskStarted: 1,
  taskStopped: 1,
  taskReleased: 1,
  taskSuspended: 1,
  taskResumed: 1,
  taskDelegated: 1,
  taskForwarded: 1,
  taskFailed: 1,
  taskSkipped: 1,
  taskEscalated: 1,
  decisionMade: 1,
  decisionWithdrawn: 1,
  decisionSettled: 1,
  effectIntended: 1,
  effectAttempted: 1,
  effectConfirmed: 1,
  effectPending: 1,
  effectFailed: 1,
  effectDoubted: 1,
  effectRetried: 1,
  effectAnswered: 1,
  orderCancelled: 2,
  orderNeedsAttention: 1,
  attentionCleared: 1,
  commentAdded: 1,
  attachmentAdded: 1,
  signalReceived: 1,
  signalTaken: 1,
  personAdded: 1,
  roleGranted: 1,
  roleRevoked: 1,
  personDisabled: 1,
  personEnabled: 1,
  passwordChanged: 1,
  sessionsEnded: 1,
  identityLinked: 1,
  identityUnlinked: 1,
  apiKeyCreated: 1,
  apiKeyRevoked: 1,
  accessRefused: 1,
  denialsCounted: 1,
  workflowPublished: 1,
  policyPublished: 1,
  calendarPublished: 1,
  logAdopted: 1,
  dispatchPaused: 1,
  dispatchResumed: 1,
  intakeStopped: 1,
  intakeOpened: 1,
};

export type Upcaster = (data: { [member: string]: Json | undefined }) => {
  [member: string]: Json | undefined;
};

/** `type/schema` → how data of that schema becomes data of the next. */
export const upcasters: Readonly<Record<string, Upcaster>> = {
  // Until then what the outside had accepted was given up.
  "orderCancelled/1": (data) => ({ ...data, awaits: [] }),
};

export class UnknownEventError extends Error {
  constructor(
    readonly type: string,
    readonly schema: number,
  ) {
    super(`this version of Holdpoint does not know events of type ${type}, schema ${schema}`);
    this.name = "UnknownEventError";
  }
}

/** Brings data of any known schema to the current one. Throws `UnknownEventError`: a stream is stopped, never skipped. */
export function upcast(
  type: string,
  schema: number,
  data: { [member: string]: Json | undefined },
  known: { schemas: Readonly<Record<string, number>>; upcasters: Readonly<Record<string, Upcaster>> } = {
    schemas,
    upcasters,
  },
): { [member: string]: Json | undefined } {
  const current = Object.hasOwn(known.schemas, type) ? known.schemas[type] : undefined;
  if (current === undefined || schema > current) throw new UnknownEventError(type, schema);
  let upcasted = data;
  for (let from = schema; from < current; from++) {
    const step = known.upcasters[`${type}/${from}`];
    if (!step) throw new UnknownEventError(type, from);
    upcasted = step(upcasted);
  }
  return upcasted;
}

/** A body as the log holds it, at the current schema of its type. Throws `UnknownEventError`. */
export function recordedOf(body: EventBody, leaf: string): RecordedEvent {
  return {
    type: body.type,
    data: upcast(body.type, body.schema, body.data),
    stream: body.stream,
    version: body.version,
    leaf,
    occurredAt: body.occurredAt,
    recordedAt: body.recordedAt,
    actor: body.actor,
  } as RecordedEvent;
}
