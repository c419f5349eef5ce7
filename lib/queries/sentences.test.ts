import { describe, expect, test } from "vitest";
import { alwaysOpen } from "#lib/domain/calendar";
import { type EventData, type EventType, type RecordedEvent, schemas } from "#lib/domain/events";
import { startClock } from "#lib/domain/sla";
import { sentenceOf } from "./sentences";

const names: { [id: string]: string } = { ana: "Ana Ruiz", ben: "Ben Okafor", rita: "Rita Gomez" };
const context = { person: (id: string) => names[id] ?? id };
const review = { step: "manual.review", visit: 1 };
const dispatch = { step: "dispatch.execute", visit: 1, key: "k", attempt: 1 };
const clock = startClock(alwaysOpen, {
  goal_minutes: 120,
  at: "2026-03-02T09:00:00.000Z",
  pinned: "calendar/always@1",
});
const total = { amount: 150_000, currency: "GBP" as const };
const nobody: { id: string; type: "system" } = { type: "system", id: "dispatcher" };
const person = (id: string) => ({ type: "person" as const, id });

type Sample<T extends EventType> = {
  data: EventData[T];
  by: RecordedEvent["actor"];
  stream?: string;
  says: string;
  technical?: true;
};

// By type, so that a new event type does not compile before it has its line here.
const samples: { [T in EventType]: Sample<T>[] } = {
  orderReceived: [
    {
      by: person("rita"),
      says: "Rita Gomez asked for the order.",
      data: received("rita"),
    },
    {
      by: { type: "apiKey", id: "shop", onBehalfOf: "rita" },
      says: "Rita Gomez through an API key handed in the order for Rita Gomez.",
      data: received("rita"),
    },
    {
      by: { type: "system", id: "import" },
      says: "The import brought this order of Rita Gomez in from the past.",
      data: { ...received("rita"), past: true },
    },
  ],
  orderAmended: [
    {
      by: person("rita"),
      says: "Rita Gomez changed the total, the customer and colour.",
      data: { total, changed: ["total", "customer", "colour"], next: [] },
    },
  ],
  policyChecked: [
    {
      by: person("rita"),
      says: "The policy asks for a person. £1,500.00 is over the limit of £1,000.00. No customer is named.",
      data: {
        ...review,
        policy: "policy/order-fulfilment@1",
        outcome: "review",
        next: [],
        results: [
          {
            rule: "limit@1",
            result: "review",
            evidence: { amount: 150_000, currency: "GBP", limit: 100_000 },
          },
          { rule: "missingCustomer@1", result: "review", evidence: { customerKnown: false } },
        ],
      },
    },
    {
      by: person("rita"),
      says: "The policy was checked and asks for nobody.",
      data: { ...review, policy: "policy/order-fulfilment@1", outcome: "pass", next: [], results: [] },
    },
  ],
  taskOpened: [
    {
      by: person("rita"),
      says: "“Review the order” waits for one of the reviewers.",
      data: { ...review, owners: ["reviewer"], excluded: ["rita"], clock },
    },
  ],
  taskClaimed: [
    { by: person("ana"), says: "Ana Ruiz claimed “Review the order”.", data: review },
    {
      by: person("ana"),
      says: "Ana Ruiz took “Review the order” over from Ben Okafor.",
      data: { ...review, takenFrom: "ben" },
    },
  ],
  taskStarted: [{ by: person("ana"), says: "Ana Ruiz began “Review the order”.", data: review }],
  taskStopped: [{ by: person("ana"), says: "Ana Ruiz set “Review the order” aside.", data: review }],
  taskReleased: [{ by: person("ana"), says: "Ana Ruiz gave “Review the order” back.", data: review }],
  taskSuspended: [
    { by: person("ben"), says: "Ben Okafor put “Review the order” on hold.", data: { ...review, clock } },
  ],
  taskResumed: [
    {
      by: person("rita"),
      says: "“Review the order” goes on with the changed order.",
      data: { ...review, clock, excluded: [], afterChanges: true },
    },
    {
      by: person("ben"),
      says: "Ben Okafor let “Review the order” go on.",
      data: { ...review, clock, excluded: [] },
    },
  ],
  taskDelegated: [
    {
      by: person("ana"),
      says: "Ana Ruiz handed “Review the order” to Ben Okafor.",
      data: { ...review, to: "ben" },
    },
  ],
  taskForwarded: [
    {
      by: person("ana"),
      says: "Ana Ruiz passed “Review the order” on to the supervisors.",
      data: { ...review, to: "supervisor" },
    },
  ],
  taskFailed: [
    {
      by: person("ana"),
      says: "Ana Ruiz declared that “Review the order” cannot be done.",
      data: { ...review, clock, next: [] },
    },
  ],
  taskSkipped: [
    {
      by: person("ana"),
      says: "Ana Ruiz skipped “Review the order”.",
      data: { ...review, clock, next: [] },
    },
  ],
  taskEscalated: [
    {
      by: { type: "system", id: "timer" },
      says: "The time for “Review the order” was up, so the supervisors may decide it too.",
      data: { ...review, rung: 1, to: "supervisor", lateBy_ms: 5, clock },
    },
  ],
  decisionMade: [
    { by: person("ana"), says: "Ana Ruiz approved the order.", data: decided("approve") },
    { by: person("ana"), says: "Ana Ruiz sent the order back.", data: decided("sendBack") },
    { by: person("ana"), says: "Ana Ruiz decided “Ask legal”.", data: decided("askLegal") },
  ],
  commentAdded: [{ by: person("ana"), says: "Ana Ruiz wrote a comment.", data: {} }],
  attachmentAdded: [
    {
      by: person("ana"),
      says: "Ana Ruiz attached a file.",
      data: { hash: "ab".repeat(32), size_bytes: 5, mediaType: "application/pdf" },
    },
  ],
  attentionCleared: [
    { by: person("ana"), says: "Ana Ruiz looked into it: the order needs no attention any more.", data: {} },
  ],
  decisionWithdrawn: [
    {
      by: person("ana"),
      says: "Ana Ruiz took the decision back before it took effect.",
      data: { ...review, clock },
    },
  ],
  decisionSettled: [
    {
      by: { type: "system", id: "timer" },
      says: "The decision took effect: rejected.",
      data: { ...review, verdict: "reject", next: [] },
      technical: true,
    },
  ],
  effectIntended: [
    {
      by: person("ana"),
      says: "The dispatch was prepared anew, in place of the one not done.",
      data: {
        ...review,
        effect: "carrier.dispatch",
        key: "k2",
        issue: 2,
        item: "",
        input: {},
        reissues: "k",
      },
    },
    {
      by: nobody,
      says: "The dispatch was prepared.",
      data: { ...review, effect: "carrier.dispatch", key: "k", issue: 1, item: "", input: {} },
      technical: true,
    },
  ],
  effectAttempted: [
    {
      by: nobody,
      says: "The carrier was asked for the dispatch, attempt 2.",
      data: { ...dispatch, attempt: { number: 2, fence: 2, leaseUntil: "2026-03-02T09:00:00.000Z" } },
      technical: true,
    },
  ],
  effectConfirmed: [
    {
      by: person("ana"),
      says: "Ana Ruiz found that the dispatch was done, reference T-1.",
      data: { ...dispatch, attempt: 1, receipt: { reference: "T-1" }, next: [] },
    },
    {
      by: nobody,
      says: "The carrier confirmed the dispatch, reference T-1.",
      data: { ...dispatch, receipt: { reference: "T-1" }, next: [] },
    },
  ],
  effectPending: [
    {
      by: nobody,
      says: "The carrier will report the dispatch later, under P-1.",
      data: { ...dispatch, reference: "P-1" },
    },
  ],
  effectFailed: [
    {
      by: nobody,
      says: "The dispatch failed: Rejected by the outside.",
      data: { ...dispatch, reason: "Rejected by the outside." },
    },
    {
      by: nobody,
      says: "The dispatch failed: Not accepted this time. It is tried again.",
      data: { ...dispatch, reason: "Not accepted this time.", retryAt: "2026-03-02T09:00:00.000Z" },
      technical: true,
    },
  ],
  effectDoubted: [
    {
      by: nobody,
      says: "Whether the dispatch happened is not known: No answer. The outside is asked what became of it.",
      data: {
        ...dispatch,
        attempt: 1,
        reason: "No answer.",
        retryAt: "2026-03-02T09:00:00.000Z",
        probe: true,
      },
      technical: true,
    },
    {
      by: nobody,
      says: "Whether the dispatch happened is not known: No clear answer came.",
      data: { ...dispatch, reason: "No clear answer came." },
    },
    {
      by: nobody,
      says: "Whether the dispatch happened is not known: No clear answer came. It is asked again.",
      data: { ...dispatch, reason: "No clear answer came.", retryAt: "2026-03-02T09:00:00.000Z" },
      technical: true,
    },
  ],
  effectRetried: [
    { by: person("ben"), says: "Ben Okafor asked for another try of the dispatch.", data: dispatch },
  ],
  effectAnswered: [
    {
      by: { type: "system", id: "carrier" },
      says: "The carrier answered once more about the dispatch: it happened.",
      data: { ...dispatch, answer: "confirmed", contradicts: false },
      technical: true,
    },
    {
      by: { type: "system", id: "carrier" },
      says: "The carrier answered once more about the dispatch: it did not accept it. That contradicts what it said before.",
      data: { ...dispatch, answer: "rejected", contradicts: true },
    },
  ],
  orderCancelled: [
    {
      by: person("rita"),
      says: "Rita Gomez cancelled the order.",
      data: { by: "requester", next: [], awaits: [] },
    },
  ],
  orderNeedsAttention: [
    {
      by: nobody,
      says: "The order needs attention. The dispatch was rejected.",
      data: { why: "carrier.dispatch was rejected." },
    },
  ],
  signalReceived: [
    { by: person("ben"), says: "Ben Okafor reported “paid”.", data: { signal: "paid", content: {} } },
  ],
  signalTaken: [
    {
      by: nobody,
      says: "The order went on because of “paid”.",
      data: { ...review, signal: "paid", version: 3, next: [] },
      technical: true,
    },
  ],
  personAdded: [
    {
      by: { type: "system", id: "operator" },
      stream: "person/ana",
      says: "The operator added Ana Ruiz as reviewer and supervisor.",
      data: { roles: ["reviewer", "supervisor"] },
    },
  ],
  roleGranted: [
    {
      by: person("ben"),
      stream: "person/ana",
      says: "Ben Okafor gave Ana Ruiz the role admin.",
      data: { role: "admin" },
    },
  ],
  roleRevoked: [
    {
      by: person("ben"),
      stream: "person/ana",
      says: "Ben Okafor took the role admin from Ana Ruiz.",
      data: { role: "admin" },
    },
  ],
  personDisabled: [
    {
      by: person("ben"),
      stream: "person/ana",
      says: "Ben Okafor disabled the account of Ana Ruiz.",
      data: {},
    },
  ],
  personEnabled: [
    {
      by: person("ben"),
      stream: "person/ana",
      says: "Ben Okafor enabled the account of Ana Ruiz again.",
      data: {},
    },
  ],
  passwordChanged: [
    { by: person("ana"), stream: "person/ana", says: "Ana Ruiz changed the password of Ana Ruiz.", data: {} },
  ],
  sessionsEnded: [
    { by: person("ben"), stream: "person/ana", says: "Ben Okafor signed Ana Ruiz out everywhere.", data: {} },
    {
      by: person("ana"),
      stream: "person/ana",
      says: "Ana Ruiz signed Ana Ruiz out everywhere else.",
      data: { except: "5f0c1f5e-6f3b-4f0e-9d57-0b8f5a4f2c11" },
    },
    {
      by: person("ben"),
      stream: "person/ana",
      says: "Ben Okafor signed Ana Ruiz out in one browser.",
      data: { session: "5f0c1f5e-6f3b-4f0e-9d57-0b8f5a4f2c11" },
    },
  ],
  identityLinked: [
    {
      by: person("ana"),
      stream: "person/ana",
      says: "Ana Ruiz signed in by an account of https://id.example.com, for the first time.",
      data: { issuer: "https://id.example.com", identity: "0123456789abcdef0123456789abcdef" },
    },
  ],
  identityUnlinked: [
    {
      by: person("ben"),
      stream: "person/ana",
      says: "Ben Okafor took from Ana Ruiz the account of https://id.example.com to sign in by.",
      data: { issuer: "https://id.example.com", identity: "0123456789abcdef0123456789abcdef" },
    },
  ],
  apiKeyCreated: [
    {
      by: person("ben"),
      stream: "person/rita",
      says: "Ben Okafor made the API key shop for Rita Gomez.",
      data: { apiKey: "shop" },
    },
  ],
  apiKeyRevoked: [
    {
      by: person("ben"),
      stream: "person/rita",
      says: "Ben Okafor revoked the API key shop of Rita Gomez.",
      data: { apiKey: "shop" },
    },
  ],
  accessRefused: [
    {
      by: nobody,
      stream: "access/rita",
      says: "Rita Gomez was refused: You asked for this order, so you may not decide this order.",
      data: {
        rule: "own request",
        command: "task.decide",
        order: "o",
        message: "You asked for this order, so you may not decide this order.",
        hour: "2026-03-02T09:00:00.000Z",
      },
    },
  ],
  denialsCounted: [
    {
      by: nobody,
      stream: "access/rita",
      says: "Rita Gomez was refused 7 more times within the hour.",
      data: { rule: "role", hour: "2026-03-02T09:00:00.000Z", count: 7 },
    },
  ],
  workflowPublished: [
    {
      by: { type: "system", id: "operator" },
      stream: "workflow/order-fulfilment:1",
      says: "The operator published the workflow order-fulfilment@1.",
      data: { name: "order-fulfilment", version: 1, hash: "h" },
    },
  ],
  policyPublished: [
    {
      by: { type: "system", id: "operator" },
      stream: "policy/order-fulfilment",
      says: "The operator published the policy of order-fulfilment.",
      data: { parameters: { limits: {}, restrictedCountries: [], duplicateWithin_hours: 24 } },
    },
  ],
  calendarPublished: [
    {
      by: { type: "system", id: "operator" },
      stream: "calendar/always",
      says: "The operator published the calendar “Always open”.",
      data: { calendar: alwaysOpen },
    },
  ],
  logAdopted: [
    {
      by: { type: "system", id: "operator" },
      stream: "workspace/main",
      says: "The operator took a log up to position 41 as it is; noted was a log up to position 57.",
      data: { installation: "i", pos: 41, before: { installation: "i", pos: 57 } },
    },
    {
      by: { type: "system", id: "operator" },
      stream: "workspace/main",
      says: "The operator took a log up to position 41 as it is; noted was an empty log.",
      data: { installation: "i", pos: 41, before: { installation: "j" } },
    },
    {
      by: { type: "system", id: "operator" },
      stream: "workspace/main",
      says: "The operator took an empty log as it is; nothing was noted.",
      data: { installation: "i" },
    },
  ],
  dispatchPaused: [
    {
      by: person("ben"),
      stream: "workspace/main",
      says: "Ben Okafor paused dispatch: nothing is sent outside.",
      data: {},
    },
  ],
  dispatchResumed: [
    { by: person("ben"), stream: "workspace/main", says: "Ben Okafor resumed dispatch.", data: {} },
  ],
  intakeStopped: [
    {
      by: person("ben"),
      stream: "workspace/main",
      says: "Ben Okafor stopped intake: no new order is taken in.",
      data: {},
    },
  ],
  intakeOpened: [
    { by: person("ben"), stream: "workspace/main", says: "Ben Okafor opened intake.", data: {} },
  ],
};

describe("every event has one plain sentence", () => {
  test.each(Object.keys(schemas) as EventType[])("%s", (type) => {
    for (const { data, by, stream = "order/o", says, technical = false } of samples[type]) {
      const event = { type, data, actor: by, stream, version: 2, leaf: "", occurredAt: "", recordedAt: "" };
      expect(sentenceOf(event as RecordedEvent, context)).toEqual({ sentence: says, technical });
    }
    expect(samples[type].length).toBeGreaterThan(0);
  });

  test("an effect is called by what it is where its intent is known, not by its step", () => {
    const event = {
      type: "effectConfirmed",
      data: { ...dispatch, receipt: { reference: "R-1" }, next: [] },
      actor: nobody,
      stream: "order/o",
      version: 9,
      leaf: "",
      occurredAt: "",
      recordedAt: "",
    } as RecordedEvent;
    const { sentence } = sentenceOf(event, { ...context, effect: () => "carrier.cancelDispatch" });
    expect(sentence).toBe("The carrier confirmed the recall, reference R-1.");
  });
});

function received(requestedBy: string): EventData["orderReceived"] {
  return {
    workflow: { name: "order-fulfilment", version: 1, hash: "h" },
    source: "console",
    businessKey: "A-1",
    requestedBy,
    total,
    next: [],
  };
}

function decided(verdict: string): EventData["decisionMade"] {
  return {
    ...review,
    verdict,
    effectiveAt: "2026-03-02T09:00:08.000Z",
    evidence: "e",
    authority: { rule: "potentialOwner@1", role: "reviewer", grantedBy: "person/ana@1" },
    clock,
  };
}
