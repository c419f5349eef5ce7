import { describe, expect, it } from "vitest";
import { evolveAccess } from "./access";
import { alwaysOpen } from "./calendar";
import {
  type EventData,
  type EventType,
  type RecordedEvent,
  schemas,
  UnknownEventError,
  upcast,
} from "./events";
import { evolve, type OrderState } from "./order";
import { orderRows } from "./order-rows";
import { evolvePerson } from "./person";
import { defaultPolicy } from "./policy";
import { evolveCalendar, evolvePolicy, evolveWorkflow } from "./settings";
import { pauseClock, startClock, stopClock } from "./sla";
import { evolveWorkspace } from "./workspace";

/**
 * One sample of every type at its current schema, as a log may hold it. A type that is added without a sample does not
 * compile; a sample that the fold no longer understands fails. Samples are never edited: a changed meaning raises the
 * schema, and the sample of the old one stays beside it.
 */
const at = "2026-03-02T09:00:00.000Z";
const calendar = "calendar/always@1";
const review = { step: "manual.review", visit: 1 };
const send = { step: "dispatch.execute", visit: 1, key: "k".repeat(43) };
const clock = startClock(alwaysOpen, { goal_minutes: 120, at, pinned: calendar });
const paused = pauseClock(clock, alwaysOpen, at);
const stopped = stopClock(clock, alwaysOpen, at);
const attempt = { number: 1, fence: 1, leaseUntil: "2026-03-02T09:00:25.000Z" };

/** One of each schema the log may hold. */
type Samples<Type extends EventType> = { 1: EventData[Type] } | { 1: object; 2: EventData[Type] };
const samples: { [type in EventType]: Samples<type> } = {
  orderReceived: {
    1: {
      workflow: { name: "order-fulfilment", version: 1, hash: "f".repeat(64) },
      source: "shop",
      businessKey: "A-1",
      requestedBy: "rita",
      total: { amount: 150_000, currency: "GBP" },
      customerIndex: "0123456789abcdef0123456789abcdef",
      country: "GB",
      orderedOn: "2026-03-01",
      next: [{ step: "policy.check", visit: 1 }],
    },
  },
  policyChecked: {
    1: {
      step: "policy.check",
      visit: 1,
      policy: "policy/order-fulfilment@1",
      outcome: "review",
      results: [
        { rule: "limit@1", result: "review", evidence: { amount: 150_000, currency: "GBP", limit: 100_000 } },
      ],
      next: [review],
    },
  },
  taskOpened: { 1: { ...review, owners: ["reviewer"], excluded: ["rita"], clock } },
  taskClaimed: { 1: { ...review, takenFrom: "ben" } },
  taskStarted: { 1: review },
  taskStopped: { 1: review },
  taskReleased: { 1: review },
  taskSuspended: { 1: { ...review, clock: paused } },
  taskResumed: { 1: { ...review, clock, excluded: ["rita"], afterChanges: true } },
  taskDelegated: { 1: { ...review, to: "ben" } },
  taskForwarded: { 1: { ...review, to: "supervisor" } },
  taskFailed: { 1: { ...review, clock: stopped, next: [{ step: "rejected", visit: 1, ends: "rejected" }] } },
  taskSkipped: {
    1: { ...review, clock: stopped, next: [{ step: "delivered", visit: 1, ends: "completed" }] },
  },
  taskEscalated: { 1: { ...review, rung: 1, to: "supervisor", lateBy_ms: 250, clock } },
  decisionMade: {
    1: {
      ...review,
      verdict: "approve",
      effectiveAt: "2026-03-02T09:00:08.000Z",
      evidence: "e".repeat(64),
      claimed: true,
      authority: { rule: "potentialOwner@1", role: "reviewer", grantedBy: "person/ana@1" },
      clock: stopped,
    },
  },
  decisionWithdrawn: { 1: { ...review, clock } },
  decisionSettled: { 1: { ...review, verdict: "approve", next: [{ step: "dispatch.execute", visit: 1 }] } },
  effectIntended: {
    1: {
      ...send,
      effect: "carrier.dispatch",
      issue: 1,
      item: "",
      input: { order: "o", businessKey: "A-1", total: { amount: 150_000, currency: "GBP" } },
      inputHash: "a".repeat(64),
      attempt,
    },
  },
  effectAttempted: { 1: { ...send, attempt: { ...attempt, number: 2, fence: 2 } } },
  effectConfirmed: {
    1: { ...send, attempt: 1, receipt: { reference: "T-1" }, next: [{ step: "pod.capture", visit: 1 }] },
  },
  effectPending: { 1: { ...send, attempt: 1, reference: "P-1" } },
  effectFailed: { 1: { ...send, attempt: 1, reason: "Busy", retryAt: "2026-03-02T09:00:01.000Z" } },
  effectDoubted: { 1: { ...send, attempt: 1, reason: "No answer", retryAt: "2026-03-02T09:00:01.000Z" } },
  effectRetried: { 1: send },
  effectAnswered: { 1: { ...send, attempt: 1, answer: "confirmed", contradicts: false } },
  orderAmended: {
    1: {
      total: { amount: 90_000, currency: "GBP" },
      changed: ["total"],
      next: [{ step: "policy.check", visit: 2 }],
    },
  },
  orderCancelled: {
    1: { by: "supervisor", next: [] },
    2: { by: "supervisor", next: [], awaits: [send.key] },
  },
  orderNeedsAttention: { 1: { why: "carrier.dispatch was rejected." } },
  signalReceived: { 1: { signal: "paid", content: { by: "card", cents: 5, late: false } } },
  signalTaken: { 1: { step: "payment", visit: 1, signal: "paid", version: 1, next: [] } },
  personAdded: { 1: { roles: ["reviewer", "supervisor"], emailIndex: "0123456789abcdef0123456789abcdef" } },
  roleGranted: { 1: { role: "admin" } },
  roleRevoked: { 1: { role: "reviewer" } },
  attentionCleared: { 1: {} },
  commentAdded: { 1: {} },
  attachmentAdded: { 1: { hash: "ab".repeat(32), size_bytes: 5, mediaType: "application/pdf" } },
  personDisabled: { 1: {} },
  personEnabled: { 1: {} },
  passwordChanged: { 1: {} },
  sessionsEnded: { 1: { except: "5f0c1f5e-6f3b-4f0e-9d57-0b8f5a4f2c11" } },
  identityLinked: { 1: { issuer: "https://id.example.com", identity: "0123456789abcdef0123456789abcdef" } },
  identityUnlinked: { 1: { issuer: "https://id.example.com", identity: "0123456789abcdef0123456789abcdef" } },
  apiKeyCreated: { 1: { apiKey: "shop" } },
  apiKeyRevoked: { 1: { apiKey: "shop" } },
  accessRefused: {
    1: {
      rule: "own request",
      command: "task.decide",
      order: "o",
      message: "No.",
      hour: "2026-03-02T09:00:00.000Z",
    },
  },
  denialsCounted: { 1: { rule: "role", hour: "2026-03-02T09:00:00.000Z", count: 4 } },
  workflowPublished: { 1: { name: "order-fulfilment", version: 1, hash: "f".repeat(64) } },
  policyPublished: { 1: { parameters: defaultPolicy } },
  calendarPublished: { 1: { calendar: alwaysOpen } },
  logAdopted: {
    1: {
      installation: "5c1d3f3e-7a6b-4f0e-9d0a-1f2e3d4c5b6a",
      pos: 41,
      before: { installation: "5c1d3f3e-7a6b-4f0e-9d0a-1f2e3d4c5b6a", pos: 57 },
    },
  },
  dispatchPaused: { 1: {} },
  dispatchResumed: { 1: {} },
  intakeStopped: { 1: {} },
  intakeOpened: { 1: {} },
};

function recorded(
  type: EventType,
  stream: string,
  version: number,
  schema: number = schemas[type],
): RecordedEvent {
  const sample = (samples[type] as { [schema: number]: object })[schema];
  const data = upcast(type, schema, JSON.parse(JSON.stringify(sample)));
  const actor = { type: "person" as const, id: "ana" };
  const leaf = version.toString(16).padStart(64, "0");
  return { type, data, stream, version, leaf, occurredAt: at, recordedAt: at, actor } as RecordedEvent;
}

const received = evolve(null, recorded("orderReceived", "order/o", 1));
/** An order that has an open task, an effect and a signal: every order event has something to be about. */
const rich = (
  ["policyChecked", "taskOpened", "effectIntended", "signalReceived"] as const
).reduce<OrderState>((state, type) => evolve(state, recorded(type, "order/o", state.version + 1)), received);
const decided = evolve(rich, recorded("decisionMade", "order/o", rich.version + 1));

const person = evolvePerson(null, recorded("personAdded", "person/p", 1));
const ofPeople = /^(person|role|password|sessions|identity|apiKey)/;
const ofAccess = /^(accessRefused|denialsCounted)$/;
const ofSettings = {
  workflowPublished: evolveWorkflow,
  policyPublished: evolvePolicy,
  calendarPublished: evolveCalendar,
  logAdopted: evolveWorkspace,
  dispatchPaused: evolveWorkspace,
  dispatchResumed: evolveWorkspace,
  intakeStopped: evolveWorkspace,
  intakeOpened: evolveWorkspace,
};

describe("a sample of every event", () => {
  const each = (Object.keys(samples) as EventType[]).flatMap((type) =>
    Object.keys(samples[type]).map((schema) => [type, Number(schema)] as const),
  );
  it.each(each)("%s, schema %i, is folded", (type, schema) => {
    if (type in ofSettings)
      expect(
        ofSettings[type as keyof typeof ofSettings](null, recorded(type, "policy/p", 1, schema) as never)
          .version,
      ).toBe(1);
    else if (ofAccess.test(type))
      expect(evolveAccess(null, recorded(type, "access/p", 1, schema)).version).toBe(1);
    else if (type === "personAdded") expect(person.grants).toHaveLength(2);
    else if (ofPeople.test(type))
      expect(evolvePerson(person, recorded(type, "person/p", 2, schema)).version).toBe(2);
    else if (type === "orderReceived") expect(received.version).toBe(1);
    else {
      const before = type === "decisionWithdrawn" || type === "decisionSettled" ? decided : rich;
      const after = evolve(before, recorded(type, "order/o", before.version + 1, schema));
      expect(after.version).toBe(before.version + 1);
      expect(() => orderRows(after)).not.toThrow();
    }
  });

  it("has the schema the type is written with", () => {
    for (const [type, schema] of Object.entries(schemas))
      expect(Object.keys(samples[type as EventType]).map(Number)).toEqual(
        Array.from({ length: schema }, (_, n) => n + 1),
      );
  });

  it("does not belong in a stream of another kind", () => {
    for (const type of Object.keys(samples) as EventType[]) {
      const ofOrder = !(type in ofSettings) && !ofAccess.test(type) && !ofPeople.test(type);
      if (!ofOrder) expect(() => evolve(rich, recorded(type, "order/o", 9))).toThrow(/does not belong/);
      if (!ofPeople.test(type))
        expect(() => evolvePerson(person, recorded(type, "person/p", 9))).toThrow(/does not belong/);
      if (!ofAccess.test(type))
        expect(() => evolveAccess(null, recorded(type, "access/p", 9))).toThrow(/does not belong/);
    }
  });

  it("is not folded before the one its stream begins with", () => {
    expect(() => evolve(null, recorded("taskOpened", "order/o", 1))).toThrow(/does not begin with/);
    expect(() => evolvePerson(null, recorded("roleGranted", "person/p", 1))).toThrow(/does not begin with/);
  });
});

it("folding changes neither the state nor the event it is given", () => {
  const freeze = <T>(value: T): T => {
    if (typeof value === "object" && value !== null)
      for (const held of Object.values(Object.freeze(value))) freeze(held);
    return value;
  };
  for (const type of Object.keys(samples) as EventType[]) {
    if (type in ofSettings || ofAccess.test(type) || ofPeople.test(type) || type === "orderReceived")
      continue;
    const before = freeze(structuredClone(type.startsWith("decision") ? decided : rich));
    expect(() => evolve(before, freeze(recorded(type, "order/o", before.version + 1)))).not.toThrow();
  }
});

it("a cancellation of before what is accepted was waited for gives it up, as it did then", () => {
  const pending = evolve(rich, recorded("effectPending", "order/o", rich.version + 1));
  const cancelled = (schema: number) =>
    evolve(pending, recorded("orderCancelled", "order/o", pending.version + 1, schema));
  expect(cancelled(1)).toMatchObject({
    status: "cancelled",
    effects: { [send.key]: { status: "OBSOLETE" } },
  });
  expect(cancelled(2)).toMatchObject({
    status: "cancelling",
    effects: { [send.key]: { status: "PENDING" } },
  });
});

describe("an old schema", () => {
  const known = {
    schemas: { noteAdded: 3 },
    upcasters: {
      "noteAdded/1": (data: object) => ({ ...data, language: "en" }),
      "noteAdded/2": ({ text, ...data }: { [member: string]: unknown }) => ({
        ...data,
        lines: [text] as string[],
      }),
    },
  } as never as Parameters<typeof upcast>[3];

  it("is brought up to date step by step, and the newest is left as it is", () => {
    expect(upcast("noteAdded", 1, { text: "Hello" }, known)).toEqual({ lines: ["Hello"], language: "en" });
    expect(upcast("noteAdded", 2, { text: "Salut", language: "fr" }, known)).toEqual({
      lines: ["Salut"],
      language: "fr",
    });
    const newest = { lines: [] };
    expect(upcast("noteAdded", 3, newest, known)).toBe(newest);
  });

  it("that is newer than this build, of a type it does not know, or without a way up stops the reader", () => {
    const stops = (type: string, schema: number, of = known) =>
      expect(() => upcast(type, schema, {}, of)).toThrow(UnknownEventError);
    stops("noteAdded", 4);
    stops("noteRemoved", 1);
    stops("constructor", 1);
    stops("noteAdded", 1, { schemas: { noteAdded: 2 }, upcasters: {} });
    expect(() => upcast("orderReceived", 2, {})).toThrow(/orderReceived, schema 2/);
  });
});
