import { describe, expect, it } from "vitest";
import { evidenceOf } from "./order";
import type { CustomerHistory } from "./policy";
import { remaining_ms } from "./sla";
import { ask, received, type Spec, type SpecSettings, spec, specStart } from "./spec";
import { orderFulfilment } from "./workflows/order-fulfilment";

const minute_ms = 60_000;
const day_ms = 24 * 60 * minute_ms;
const fresh = (settings?: Partial<SpecSettings>) => spec(orderFulfilment, settings);
const inReview = fresh().given(received());
const small = { total: { amount: 100_000, currency: "GBP" as const } };

function reasons(order: Spec): string[] {
  return (order.order.policy?.results ?? [])
    .filter(({ result }) => result === "review")
    .map(({ rule }) => rule);
}

describe("policy sends an order to a person", () => {
  it.each<[string, ReturnType<typeof received>, Partial<SpecSettings>, string[]]>([
    ["when its total is over the limit of its currency", received(), {}, ["limit@1"]],
    ["when its currency has no limit", received({ total: { amount: 1, currency: "EUR" } }), {}, ["limit@1"]],
    [
      "when the customer has no earlier order",
      received(small),
      { history: { earlierOrders: 0, asOf: 7 } },
      ["firstTimeCustomer@1"],
    ],
    [
      "when another order looks like it",
      received(small),
      { history: { earlierOrders: 2, duplicate: { order: "other", businessKey: "A-0" }, asOf: 7 } },
      ["possibleDuplicate@1"],
    ],
    ["when its country is restricted", received({ ...small, country: "KP" }), {}, ["restrictedCountry@1"]],
    ["when no customer is named", received({ ...small, customer: undefined }), {}, ["missingCustomer@1"]],
    [
      "when a customer without a reference is named",
      received({ ...small, customer: { name: "Somebody" } }),
      {},
      ["missingCustomer@1"],
    ],
    [
      "for every reason at once",
      received({ total: { amount: 9, currency: "USD" }, customer: undefined, country: "SY" }),
      {},
      ["limit@1", "restrictedCountry@1", "missingCustomer@1"],
    ],
  ])("%s", (_, order, settings, expected) => {
    const waiting = fresh(settings).when(order).gives("orderReceived", "policyChecked", "taskOpened");
    expect(reasons(waiting)).toEqual(expected);
    expect(waiting.task).toMatchObject({ status: "READY", owner: null, roles: ["reviewer"] });
  });

  it("and lets through what is exactly at the limit, in a country that is not restricted", () => {
    const passed = fresh()
      .when(received({ ...small, country: "GB" }))
      .gives("orderReceived", "policyChecked", "effectIntended");
    expect(passed.order.visits).toEqual([{ step: "dispatch.execute", visit: 1 }]);
  });

  it("and records of each rule what it was judged on", () => {
    const history: CustomerHistory = { earlierOrders: 3, asOf: 42 };
    const { results } = fresh({ history }).given(received({ country: "GB" })).order.policy!;
    expect(results).toEqual([
      {
        rule: "limit@1",
        result: "review",
        evidence: { amount: 150_000, currency: "GBP", limit: 100_000 },
      },
      { rule: "firstTimeCustomer@1", result: "pass", evidence: { earlierOrders: 3, asOf: 42 } },
      {
        rule: "possibleDuplicate@1",
        result: "pass",
        evidence: { within_hours: 24, order: null, businessKey: null, asOf: 42 },
      },
      { rule: "restrictedCountry@1", result: "pass", evidence: { country: "GB" } },
      { rule: "missingCustomer@1", result: "pass", evidence: { customerKnown: true } },
    ]);
  });
});

describe("handing in", () => {
  it("is for requesters and supervisors; whoever else tries is refused", () => {
    for (const by of ["ana", "ada", "root", "timer", "dispatcher"])
      fresh().when(received({}, by)).refusedWith({ code: "refused", authority: "role" });
    fresh().when(received({}, "dora")).refusedWith({ code: "refused", authority: "disabled" });
    for (const by of ["rita", "remy", "sam", "import"]) fresh().given(received({}, by));
  });

  it("names a person who exists and may act", () => {
    fresh()
      .when(received({ requestedBy: "nobody" }))
      .refusedWith({ code: "invalid", field: "requestedBy" });
    fresh()
      .when(received({ requestedBy: "dora" }))
      .refusedWith({ code: "invalid", field: "requestedBy" });
  });

  it("of the same order again is recognised, and of another content is refused naming the fields", () => {
    inReview.when(received()).refusedWith({ code: "alreadyReceived" });
    inReview
      .when(received({ total: { amount: 1, currency: "GBP" }, country: "GB", note: "Please" }))
      .refusedWith({ code: "contentDiffers", differs: ["total", "country", "note"] });
  });

  it("of an order from the past is checked and counted, and nothing happens because of it", () => {
    const past = fresh()
      .when(received({ past: { occurredAt: "2011-01-01T10:00:00.000Z" } }, "import"))
      .gives("orderReceived", "policyChecked");
    expect(past.order).toMatchObject({ status: "recorded", tasks: {}, effects: {}, visits: [] });
    past.when(ask("sam", "order.cancel", { reason: "No" })).refusedWith({ code: "tooLate" });
  });
});

describe("a verdict", () => {
  it("to approve claims, starts, decides, settles and dispatches in one append", () => {
    const approved = inReview
      .when(ask("ana", "task.decide", { verdict: "approve" }))
      .gives("decisionMade", "decisionSettled", "effectIntended");
    expect(approved.order.tasks).toEqual({});
    expect(approved.effect()).toMatchObject({ effect: "carrier.dispatch", status: "INTENDED", issue: 1 });
    expect(approved.log.find(({ type }) => type === "decisionMade")?.data).toMatchObject({
      claimed: true,
      verdict: "approve",
      authority: { rule: "potentialOwner@1", role: "reviewer", grantedBy: "person/ana@1" },
    });
  });

  it("to reject ends the order without an effect", () => {
    const rejected = inReview
      .when(ask("ana", "task.decide", { verdict: "reject" }))
      .gives("decisionMade", "decisionSettled");
    expect(rejected.order).toMatchObject({ status: "rejected", effects: {}, visits: [], tasks: {} });
  });

  it("must be one the task offers, and no member that every object has", () => {
    for (const verdict of ["Approve", "skip", "constructor", "toString", "__proto__", "hasOwnProperty"])
      for (const undo_ms of [0, 8_000])
        inReview
          .when(ask("ana", "task.decide", { verdict, undo_ms }))
          .refusedWith({ code: "invalid", field: "verdict" });
  });

  it("on something else than what is there now is stale", () => {
    const seen = { verdict: "approve", evidence: "0".repeat(64) };
    inReview.when(ask("ana", "task.decide", seen)).refusedWith({ code: "stale", authority: undefined });
  });

  it("cannot be given twice, by anybody", () => {
    const decided = inReview.given(ask("ana", "task.decide", { verdict: "approve" }));
    for (const by of ["ana", "ben", "sam"])
      decided.when(ask(by, "task.decide", { verdict: "reject" })).refusedWith({ code: "stale" });
    const undoable = inReview.given(ask("ana", "task.decide", { verdict: "approve", undo_ms: 8_000 }));
    undoable.when(ask("ana", "task.decide", { verdict: "reject" })).refusedWith({ code: "wrongState" });
    undoable.when(ask("ben", "task.decide", { verdict: "reject" })).refusedWith({ code: "stale" });
  });

  it("by who asked for the order, handed it in or changed it is refused, whatever other roles there are", () => {
    const people = {
      rita: ["requester", "reviewer", "supervisor", "admin"],
      sam: ["supervisor", "reviewer"],
      ana: ["reviewer"],
    } as const;
    const order = fresh({ people }).given(received({}, "sam"));
    order.when(ask("rita", "task.decide", { verdict: "approve" })).refusedWith({ authority: "own request" });
    order.when(ask("sam", "task.decide", { verdict: "approve" })).refusedWith({ authority: "exclusion" });
    order.given(ask("ana", "task.decide", { verdict: "approve" }));
  });
});

describe("delegation", () => {
  const delegated = inReview.given(ask("ana", "task.claim"), ask("ana", "task.delegate", { to: "ben" }));

  it("hands the task to somebody who could decide it, and to nobody else", () => {
    expect(delegated.task).toMatchObject({ status: "RESERVED", owner: "ben" });
    delegated.given(ask("ben", "task.decide", { verdict: "approve" }));
    for (const to of ["rita", "ada", "dora", "nobody"])
      inReview.when(ask("sam", "task.delegate", { to })).refusedWith({ code: "invalid", field: "to" });
  });

  it("gives no right that outlives the role", () => {
    const revoked = delegated.with({ people: { ben: ["requester", "auditor"], ana: ["reviewer"] } });
    for (const verb of ["task.decide", "task.start", "task.release"] as const)
      revoked.when(ask("ben", verb, { verdict: "approve" })).refusedWith({ authority: "role" });
    revoked.given(ask("ana", "task.takeOver", { reason: "Ben left" }));
  });
});

describe("sent back", () => {
  const sentBack = inReview.given(
    ask("ana", "task.decide", { verdict: "sendBack", note: "Which address?" }, 110 * minute_ms),
  );
  const amendment = {
    total: { amount: 90_000, currency: "GBP" },
    customer: { reference: "17850" },
  };

  it("says what has to change", () => {
    inReview
      .when(ask("ana", "task.decide", { verdict: "sendBack" }))
      .refusedWith({ code: "invalid", field: "note" });
  });

  it("suspends the task and pauses its clock", () => {
    expect(sentBack.task).toMatchObject({
      status: "SUSPENDED",
      owner: null,
      suspended: { for: "changes" },
      clock: { state: "paused", breachAt: null },
    });
    for (const verb of ["task.resume", "task.claim", "task.decide", "task.forward"] as const)
      sentBack
        .when(ask("sam", verb, { to: "admin", verdict: "approve" }))
        .refusedWith(
          verb === "task.resume" || verb === "task.forward" ? { code: "wrongState" } : { authority: "role" },
        );
  });

  it("is changed by who asked for it, and by nobody else", () => {
    for (const by of ["ana", "sam", "root", "remy"])
      sentBack.when(ask(by, "order.amend", amendment)).refusedWith({ authority: "own request" });
    inReview.when(ask("rita", "order.amend", amendment)).refusedWith({ code: "wrongState" });
    sentBack
      .when(
        ask("rita", "order.amend", {
          total: { amount: 150_000, currency: "GBP" },
          customer: { reference: "17850" },
        }),
      )
      .refusedWith({ code: "invalid" });
  });

  it("comes back to a person even when policy would now let it pass, because a person asked", () => {
    const again = sentBack
      .when(ask("rita", "order.amend", amendment, 60 * minute_ms))
      .gives("orderAmended", "policyChecked", "taskResumed");
    expect(again.order.policy?.outcome).toBe("pass");
    expect(again.order.visitCounts["policy.check"]).toBe(2);
    expect(again.order.visits).toEqual([{ step: "manual.review", visit: 1 }]);
    expect(again.task).toMatchObject({ status: "READY", owner: null, decision: null, suspended: null });
    expect(again.order.effects).toEqual({});
    again
      .when(ask("ben", "task.decide", { verdict: "approve" }))
      .gives("decisionMade", "decisionSettled", "effectIntended");
  });

  it("comes back with the time that was left, and with 15 minutes at least", () => {
    const later = sentBack.given(ask("rita", "order.amend", amendment, 5 * day_ms));
    const left = remaining_ms(later.task.clock, later.settings.calendar, later.now);
    expect(left).toBe(15 * minute_ms);
    const early = inReview
      .given(ask("ana", "task.decide", { verdict: "sendBack", note: "Which?" }, 20 * minute_ms))
      .given(ask("rita", "order.amend", amendment, day_ms));
    expect(remaining_ms(early.task.clock, early.settings.calendar, early.now)).toBe(100 * minute_ms);
  });

  it("makes an approval of what was there before stale", () => {
    const amended = sentBack.given(ask("rita", "order.amend", amendment));
    const evidence = evidenceOf(inReview.order, "manual.review");
    amended.when(ask("ana", "task.decide", { verdict: "approve", evidence })).refusedWith({ code: "stale" });
  });

  it("may still be cancelled by who asked for it", () => {
    sentBack.when(ask("rita", "order.cancel", { reason: "No longer needed" })).gives("orderCancelled");
  });
});

describe("the undo window", () => {
  const undoable = inReview.given(
    ask("ana", "task.claim"),
    ask("ana", "task.decide", { verdict: "approve", undo_ms: 8_000 }, 30 * minute_ms),
  );

  it("moves the task and nothing else", () => {
    expect(undoable.task).toMatchObject({ status: "COMPLETED", owner: "ana", clock: { state: "stopped" } });
    expect(undoable.order.effects).toEqual({});
    undoable.when(ask("timer", "timer.settle", {}, 7_999)).refusedWith({ code: "stale" });
    undoable.when(ask("timer", "timer.settle", {}, 8_000)).gives("decisionSettled", "effectIntended");
  });

  it("lets only who decided withdraw, and then counts as if the clock had never stopped", () => {
    for (const by of ["ben", "sam"]) undoable.when(ask(by, "task.withdraw")).refusedWith({ code: "refused" });
    const back = undoable.when(ask("ana", "task.withdraw", {}, 5_000)).gives("decisionWithdrawn");
    expect(back.task).toMatchObject({ status: "RESERVED", owner: "ana", decision: null });
    expect(back.task.clock).toEqual(inReview.task.clock);
    back.when(ask("timer", "timer.settle", {}, 8_000)).refusedWith({ code: "stale" });
    back.when(ask("ana", "task.withdraw")).refusedWith({ code: "tooLate" });
  });

  it("holds until the decision is settled, whatever the clock says", () => {
    undoable.when(ask("ana", "task.withdraw", {}, day_ms)).gives("decisionWithdrawn");
    undoable
      .given(ask("timer", "timer.settle", {}, 8_000))
      .when(ask("ana", "task.withdraw"))
      .refusedWith({ code: "stale" });
  });

  it("also gives a paused clock back as it was, when a return is withdrawn", () => {
    const back = inReview.given(
      ask("ana", "task.decide", { verdict: "sendBack", note: "Which?", undo_ms: 8_000 }, 30 * minute_ms),
      ask("ana", "task.withdraw", {}, 5_000),
    );
    expect(back.task.clock).toMatchObject({
      state: "running",
      breachAt: (inReview.task.clock as { breachAt: string }).breachAt,
    });
    expect(back.task).toMatchObject({ status: "READY", owner: null });
  });

  it("does nothing on an order that is no longer what was approved", () => {
    const changed = undoable.givenEvents({
      type: "orderAmended",
      data: { total: { amount: 999_999, currency: "GBP" }, changed: ["total"], next: [] },
    });
    const stopped = changed.when(ask("timer", "timer.settle", {}, 8_000)).gives("orderNeedsAttention");
    expect(stopped.order.effects).toEqual({});
    expect(stopped.order.needsAttention).toMatch(/approved/);
    stopped.when(ask("ana", "task.withdraw")).gives("decisionWithdrawn");
  });
});

describe("a deadline", () => {
  it("brings in the supervisors once, late or not, and decides nothing", () => {
    inReview.when(ask("timer", "timer.breach", {}, 119 * minute_ms)).refusedWith({ code: "stale" });
    const breached = inReview.when(ask("timer", "timer.breach", {}, 125 * minute_ms)).gives("taskEscalated");
    expect(breached.task).toMatchObject({
      status: "READY",
      escalated: true,
      roles: ["reviewer", "supervisor"],
      clock: { breachedAt: "2026-03-02T11:00:00.000Z" },
    });
    expect(breached.log.at(-1)?.data).toMatchObject({ rung: 1, lateBy_ms: 5 * minute_ms });
    breached.when(ask("timer", "timer.breach", {}, minute_ms)).refusedWith({ code: "stale" });
    breached.given(ask("sam", "task.decide", { verdict: "approve" }));
    inReview.when(ask("sam", "task.decide", { verdict: "approve" })).refusedWith({ authority: "role" });
  });

  it("that passed unnoticed is noted before a verdict, so that no breach is lost", () => {
    inReview
      .when(ask("ana", "task.decide", { verdict: "reject" }, 3 * 60 * minute_ms))
      .gives("taskEscalated", "decisionMade", "decisionSettled");
    inReview
      .when(ask("sam", "task.suspend", { reason: "Fire drill" }, 3 * 60 * minute_ms))
      .gives("taskEscalated", "taskSuspended");
  });

  it("is asked about by no person", () => {
    for (const by of ["ana", "sam", "root"]) {
      inReview.when(ask(by, "timer.breach", {}, day_ms)).refusedWith({ authority: "role" });
      inReview.when(ask(by, "timer.settle", {}, day_ms)).refusedWith({ authority: "role" });
    }
  });
});

describe("cancelling", () => {
  const reason = { reason: "Ordered twice" };

  it("before the decision is for who asked, and for a supervisor", () => {
    for (const by of ["rita", "sam"]) {
      const cancelled = inReview.when(ask(by, "order.cancel", reason)).gives("orderCancelled");
      expect(cancelled.order).toMatchObject({ status: "cancelled", tasks: {}, visits: [] });
    }
    for (const by of ["ana", "ada", "root", "remy"])
      inReview.when(ask(by, "order.cancel", reason)).refusedWith({ authority: "role" });
    inReview.when(ask("timer", "order.cancel", reason)).refusedWith({ authority: "role" });
  });

  it("afterwards is for a supervisor", () => {
    const decided = inReview.given(ask("ana", "task.decide", { verdict: "approve", undo_ms: 8_000 }));
    decided
      .when(ask("rita", "order.cancel", reason))
      .refusedWith({ authority: "role", whoCan: "a supervisor" });
    decided.when(ask("sam", "order.cancel", reason)).gives("orderCancelled");
  });

  it("of an order that is over tells those who might, and refuses the others", () => {
    const over = inReview.given(ask("ana", "task.decide", { verdict: "reject" }));
    over.when(ask("sam", "order.cancel", reason)).refusedWith({ code: "tooLate" });
    over.when(ask("rita", "order.cancel", reason)).refusedWith({ code: "tooLate" });
    over.when(ask("ada", "order.cancel", reason)).refusedWith({ authority: "role" });
  });

  const dispatched = inReview
    .given(
      ask("ana", "task.decide", { verdict: "approve" }),
      ask("dispatcher", "effect.attempt"),
      ask("dispatcher", "effect.answer", { answer: { kind: "confirmed", receipt: { reference: "T-1" } } }),
    )
    .with({ attemptNow_ms: 25_000 });

  it("undoes what was done: the dispatch is compensated, the proof no longer wanted", () => {
    const cancelling = dispatched
      .when(ask("sam", "order.cancel", reason))
      .gives("orderCancelled", "effectIntended");
    expect(cancelling.order.status).toBe("cancelling");
    expect(cancelling.effect("carrier.proofOfDelivery").status).toBe("OBSOLETE");
    expect(cancelling.effect("carrier.cancelDispatch")).toMatchObject({ status: "ATTEMPTED" });
    const done = cancelling
      .when(
        ask("dispatcher", "effect.answer", { answer: { kind: "confirmed", receipt: { reference: "C-1" } } }),
      )
      .gives("effectConfirmed");
    expect(done.order.status).toBe("cancelled");
    expect(done.effect("carrier.dispatch").status).toBe("COMPENSATED");
    cancelling.when(ask("sam", "order.cancel", reason)).refusedWith({ code: "tooLate" });
  });

  it("waits for what the carrier has accepted, and undoes it once it was done", () => {
    const accepted = inReview
      .with({ attemptNow_ms: 25_000 })
      .given(
        ask("ana", "task.decide", { verdict: "approve" }),
        ask("dispatcher", "effect.answer", { answer: { kind: "pending", reference: "ACC-1" } }),
      );
    const cancelling = accepted.when(ask("sam", "order.cancel", reason)).gives("orderCancelled");
    expect(cancelling.order.status).toBe("cancelling");
    const undoing = cancelling
      .when(ask("carrier", "effect.answer", { answer: { kind: "confirmed", receipt: { reference: "T-1" } } }))
      .gives("effectConfirmed", "effectIntended");
    expect(undoing.effect()).toMatchObject({ effect: "carrier.cancelDispatch", status: "ATTEMPTED" });
    const refused = cancelling
      .when(ask("carrier", "effect.answer", { answer: { kind: "rejected", reason: "Full" } }))
      .gives("effectFailed");
    expect(refused.order).toMatchObject({ status: "cancelled", needsAttention: null });
  });

  it("is not over while a compensation has failed, and is once a supervisor's retry succeeded", () => {
    const failed = dispatched
      .given(ask("sam", "order.cancel", reason))
      .when(ask("dispatcher", "effect.answer", { answer: { kind: "rejected", reason: "On its way" } }))
      .gives("effectFailed", "orderNeedsAttention");
    expect(failed.order.status).toBe("cancelling");
    const done = failed.given(
      ask("sam", "effect.retry", { reason: "They said to ask again" }),
      ask("dispatcher", "effect.attempt"),
      ask("dispatcher", "effect.answer", { answer: { kind: "confirmed", receipt: { reference: "C-1" } } }),
    );
    expect(done.order).toMatchObject({ status: "cancelled", needsAttention: null });
  });

  const underWay = inReview
    .with({ attemptNow_ms: 25_000 })
    .given(ask("ana", "task.decide", { verdict: "approve" }), ask("sam", "order.cancel", reason));

  it("while an attempt is under way waits for its answer, and compensates what it did", () => {
    expect(underWay.order.status).toBe("cancelling");
    const confirmed = underWay
      .when(
        ask("dispatcher", "effect.answer", { answer: { kind: "confirmed", receipt: { reference: "T-1" } } }),
      )
      .gives("effectConfirmed", "effectIntended");
    expect(confirmed.effect().effect).toBe("carrier.cancelDispatch");
    expect(confirmed.order.visitCounts["pod.capture"]).toBeUndefined();
  });

  it("while an attempt is under way does not try again what certainly did not happen", () => {
    for (const answer of [
      { kind: "retryable", reason: "Busy" },
      { kind: "rejected", reason: "Unknown address" },
    ]) {
      const cancelled = underWay.when(ask("dispatcher", "effect.answer", { answer })).gives("effectFailed");
      expect(cancelled.order).toMatchObject({ status: "cancelled", needsAttention: null });
      expect(cancelled.effect()).toMatchObject({ status: "FAILED", dueAt: null });
      cancelled.when(ask("sam", "effect.retry", { reason: "Once more" })).refusedWith({ code: "wrongState" });
    }
  });

  it("while an attempt is in doubt asks again under the same key until it is known", () => {
    const doubted = underWay.when(ask("timer", "effect.expire", {}, 26_000)).gives("effectDoubted");
    expect(doubted.order.status).toBe("cancelling");
    const confirmed = doubted
      .given(ask("timer", "effect.attempt", {}, day_ms / 2))
      .when(
        ask("dispatcher", "effect.answer", { answer: { kind: "confirmed", receipt: { reference: "T-1" } } }),
      )
      .gives("effectConfirmed", "effectIntended");
    expect(confirmed.effect().compensates).toBe(doubted.effect().key);
  });
});

it("begins at a moment that tests can name", () => {
  expect(inReview.order.receivedAt).toBe(specStart);
});
