import { describe, expect, it } from "vitest";
import { ask, received, type Spec, spec } from "./spec";
import { orderFulfilment } from "./workflows/order-fulfilment";

const minute_ms = 60_000;
const hour_ms = 60 * minute_ms;

const intended = spec(orderFulfilment).given(received({ total: { amount: 5_000, currency: "GBP" } }));
const attempted = intended.given(ask("timer", "effect.attempt"));
const confirmed = (reference: string) => ({ kind: "confirmed", receipt: { reference } });
const retryable = { kind: "retryable", reason: "Busy" };
const doubt = { kind: "inDoubt", reason: "The connection broke" };
const rejected = { kind: "rejected", reason: "Unknown address" };
const answer = (given: object, more: object = {}) =>
  ask("dispatcher", "effect.answer", { answer: given, ...more });
const dueIn_ms = (order: Spec) => Date.parse(order.effect().dueAt!) - Date.parse(order.now);

describe("an attempt", () => {
  it("is in the log before the call, counted, and has a lease", () => {
    expect(attempted.effect()).toMatchObject({
      status: "ATTEMPTED",
      attempts: 1,
      attempt: { number: 1, fence: 1, leaseUntil: "2026-03-02T09:00:25.000Z" },
    });
  });

  it("begins once: whoever comes second, early or for what is no longer due is too late", () => {
    attempted.when(ask("timer", "effect.attempt")).refusedWith({ code: "stale" });
    intended.when(ask("timer", "effect.attempt", { since: 1 })).refusedWith({ code: "stale" });
    attempted.given(answer(retryable)).when(ask("timer", "effect.attempt")).refusedWith({ code: "stale" });
  });

  it("is begun, answered and expired by machines only", () => {
    for (const by of ["ana", "sam", "root"])
      for (const command of ["effect.attempt", "effect.expire"] as const)
        attempted.when(ask(by, command)).refusedWith({ authority: "role" });
    attempted
      .when(ask("root", "effect.answer", { answer: confirmed("T-1") }))
      .refusedWith({ authority: "role" });
  });

  it("begins with the intent when the deciding process goes on at once", () => {
    const atOnce = spec(orderFulfilment, { attemptNow_ms: 25_000 }).given(
      received({ total: { amount: 5_000, currency: "GBP" } }),
    );
    expect(atOnce.types).toEqual(["orderReceived", "policyChecked", "effectIntended"]);
    expect(atOnce.effect()).toMatchObject({ status: "ATTEMPTED", attempts: 1, attempt: { fence: 1 } });
  });
});

describe("an answer", () => {
  const pending = attempted.given(answer(confirmed("T-1")), ask("timer", "effect.attempt"));

  it("that confirms opens the next step, and the last one ends the order", () => {
    const next = attempted.when(answer(confirmed("T-1"))).gives("effectConfirmed", "effectIntended");
    expect(next.effect().effect).toBe("carrier.proofOfDelivery");
    const delivered = next
      .given(ask("timer", "effect.attempt"))
      .when(answer(confirmed("POD-1")))
      .gives("effectConfirmed");
    expect(delivered.order).toMatchObject({ status: "completed", visits: [], ends: ["completed"] });
  });

  it("by callback may come before the response that announces it", () => {
    const called = pending
      .when(ask("carrier", "effect.answer", { answer: confirmed("T-1") }))
      .gives("effectConfirmed");
    const after = called
      .when(answer({ kind: "pending", reference: "POD-1" }, { key: called.effect().key, attempt: 1 }))
      .gives("effectAnswered");
    expect(after.order).toMatchObject({ status: "completed", needsAttention: null });
  });

  it("that says later waits for the callback, which may also refuse", () => {
    const waiting = pending.when(answer({ kind: "pending", reference: "POD-1" })).gives("effectPending");
    expect(waiting.effect()).toMatchObject({ status: "PENDING", attempt: null, dueAt: null });
    const refused = waiting
      .when(ask("carrier", "effect.answer", { answer: rejected }))
      .gives("effectFailed", "orderNeedsAttention");
    expect(refused.effect().status).toBe("FAILED");
  });

  it("that comes again changes nothing", () => {
    const done = attempted.given(answer(confirmed("T-1")));
    const { key } = done.effect("carrier.dispatch");
    const again = done.when(answer(confirmed("T-1"), { key, attempt: 1 })).gives("effectAnswered");
    expect(again.order).toMatchObject({ needsAttention: null, effects: done.order.effects });
  });

  it("that contradicts a settled one is kept, and the order needs attention", () => {
    const done = attempted.given(answer(confirmed("T-1")));
    const { key } = done.effect("carrier.dispatch");
    for (const other of [confirmed("T-2"), rejected]) {
      const odd = done
        .when(answer(other, { key, attempt: 1 }))
        .gives("effectAnswered", "orderNeedsAttention");
      expect(odd.effect("carrier.dispatch")).toEqual(done.effect("carrier.dispatch"));
    }
    const failed = attempted.given(answer(rejected));
    failed.when(answer(confirmed("T-1"))).gives("effectAnswered", "orderNeedsAttention");
  });

  it("of an earlier attempt is heard while a later one is under way", () => {
    const second = attempted.given(
      ask("timer", "effect.expire", {}, 26_000),
      ask("timer", "effect.attempt", {}, hour_ms),
    );
    const late = second
      .when(answer(confirmed("T-1"), { attempt: 1 }))
      .gives("effectConfirmed", "effectIntended");
    const { key } = late.effect("carrier.dispatch");
    late.when(answer(confirmed("T-1"), { key, attempt: 2 })).gives("effectAnswered");
    second.when(answer(retryable, { attempt: 1 })).gives("effectAnswered");
  });

  it("to an attempt that was never begun is refused", () => {
    attempted.when(answer(retryable, { attempt: 2 })).refusedWith({ code: "invalid", field: "attempt" });
  });

  it("to an effect of no such key is refused", () => {
    attempted.when(answer(confirmed("T-1"), { key: "x".repeat(43) })).refusedWith({ code: "notFound" });
  });
});

describe("trying again", () => {
  it("waits longer each time up to a bound, the same whenever it is decided again, then asks for a person", () => {
    let order = attempted;
    const waits: number[] = [];
    for (let attempt = 1; attempt < 8; attempt++) {
      const failed = order.when(answer(retryable)).gives("effectFailed");
      expect(order.when(answer(retryable)).gives("effectFailed").effect()).toEqual(failed.effect());
      waits.push(dueIn_ms(failed));
      order = failed.given(ask("timer", "effect.attempt", {}, dueIn_ms(failed)));
    }
    waits.forEach((wait, n) => {
      const full = Math.min(300_000, 1_000 * 2 ** n);
      expect(wait).toBeGreaterThanOrEqual(full / 2);
      expect(wait).toBeLessThanOrEqual(full);
    });
    const given = order.when(answer(retryable)).gives("effectFailed", "orderNeedsAttention");
    expect(given.effect()).toMatchObject({ status: "FAILED", attempts: 8, dueAt: null });
  });

  it("spreads over effects, so that a carrier that comes back is not met by all at once", () => {
    const waits = ["A-1", "A-2", "A-3", "A-4", "A-5", "A-6"].map((businessKey) => {
      const settings = { history: { earlierOrders: 1, asOf: 1 } };
      const first = spec(orderFulfilment, settings).given(
        received({ businessKey, total: { amount: 5_000, currency: "GBP" } }),
        ask("timer", "effect.attempt"),
        answer(retryable),
      );
      return dueIn_ms(first);
    });
    expect(waits.every((wait) => wait >= 500 && wait <= 1_000)).toBe(true);
  });

  it("waits as long as the outside asked for", () => {
    const told = attempted.given(answer({ ...retryable, retryAfter_ms: 90_000 }));
    expect(dueIn_ms(told)).toBe(90_000);
  });

  it("of a failed effect is a supervisor's, under the same key, with all attempts anew", () => {
    const failed = attempted.given(answer(rejected));
    failed.when(ask("ana", "effect.retry", { reason: "Again" })).refusedWith({ authority: "role" });
    attempted.when(ask("sam", "effect.retry", { reason: "Again" })).refusedWith({ code: "wrongState" });
    const again = failed
      .when(ask("sam", "effect.retry", { reason: "Address corrected" }))
      .gives("effectRetried");
    expect(again.order.needsAttention).toBeNull();
    expect(again.effect()).toMatchObject({
      key: attempted.effect().key,
      issue: 1,
      status: "INTENDED",
      attemptsInRow: 0,
    });
    const retried = again.given(ask("timer", "effect.attempt"));
    expect(retried.effect().attempts).toBe(2);
    retried.when(answer(confirmed("T-1"))).gives("effectConfirmed", "effectIntended");
  });
});

describe("doubt", () => {
  const doubted = attempted.when(ask("timer", "effect.expire", {}, 25_000)).gives("effectDoubted");
  const again = doubted.given(ask("timer", "effect.attempt", {}, minute_ms));

  it("is what an attempt without an answer is in once its lease is over, and it is asked again under the same key", () => {
    attempted.when(ask("timer", "effect.expire", {}, 24_999)).refusedWith({ code: "stale" });
    expect(doubted.effect()).toMatchObject({ status: "IN_DOUBT", attempt: null });
    expect(dueIn_ms(doubted)).toBeGreaterThan(0);
    expect(again.effect()).toMatchObject({ key: attempted.effect().key, issue: 1, attempts: 2 });
  });

  it("of one attempt is not settled by the refusal of the next", () => {
    const stillDoubted = again.when(answer(retryable)).gives("effectDoubted");
    expect(stillDoubted.effect()).toMatchObject({ status: "IN_DOUBT" });
    const unsure = again.when(answer(rejected)).gives("effectDoubted", "orderNeedsAttention");
    expect(unsure.effect()).toMatchObject({ status: "IN_DOUBT", dueAt: null });
    const cancelled = stillDoubted.given(ask("sam", "order.cancel", { reason: "Ordered twice" }));
    expect(cancelled.order.status).toBe("cancelling");
  });

  it("is settled by the late answer of the attempt in doubt itself", () => {
    doubted.when(answer(confirmed("T-1"), { attempt: 1 })).gives("effectConfirmed", "effectIntended");
    const known = doubted.when(answer(rejected, { attempt: 1 })).gives("effectFailed", "orderNeedsAttention");
    expect(known.effect().status).toBe("FAILED");
    const learned = again.given(answer(retryable, { attempt: 1 }));
    learned.when(answer(retryable, { attempt: 2 })).gives("effectFailed");
  });

  it("ends asking when the outside will have forgotten the key, also when nobody came in time to ask", () => {
    const short = spec(orderFulfilment, { keyRetention_ms: 20_000 }).given(
      received({ total: { amount: 5_000, currency: "GBP" } }),
      ask("timer", "effect.attempt"),
    );
    const lost = short
      .when(ask("timer", "effect.expire", {}, 26_000))
      .gives("effectDoubted", "orderNeedsAttention");
    expect(lost.effect()).toMatchObject({ status: "IN_DOUBT", dueAt: null });
    lost.when(ask("sam", "effect.retry", { reason: "Again" })).refusedWith({ code: "notPossible" });

    const slept = doubted
      .when(ask("timer", "effect.attempt", {}, 48 * hour_ms))
      .gives("effectDoubted", "orderNeedsAttention");
    expect(slept.effect()).toMatchObject({ status: "IN_DOUBT", dueAt: null, attempts: 1 });
  });

  it("ends asking after the attempts allowed, and a supervisor may ask once more", () => {
    let order = attempted;
    for (let attempt = 1; attempt < 8; attempt++) {
      order = order.given(answer(doubt));
      order = order.given(ask("timer", "effect.attempt", {}, dueIn_ms(order)));
    }
    const given = order.when(answer(doubt)).gives("effectDoubted", "orderNeedsAttention");
    expect(given.effect()).toMatchObject({ status: "IN_DOUBT", dueAt: null });
    const asked = given.when(ask("sam", "effect.retry", { reason: "They are back" })).gives("effectRetried");
    expect(asked.effect()).toMatchObject({
      status: "IN_DOUBT",
      attemptsInRow: 0,
      key: attempted.effect().key,
    });
    asked
      .given(ask("timer", "effect.attempt"))
      .when(answer(confirmed("T-1")))
      .gives("effectConfirmed", "effectIntended");
    doubted.when(ask("sam", "effect.retry", { reason: "Hurry" })).refusedWith({ code: "wrongState" });
  });

  it("never makes a second issue", () => {
    expect(Object.keys(again.order.effects)).toEqual([attempted.effect().key]);
  });
});

describe("doubt about an outside that can be asked what became of a key", () => {
  const lag_ms = 30_000;
  const probing = attempted.with({ doubt: { kind: "probe", lag_ms } }).given(answer(doubt));
  const probed = (found: object) => ask("dispatcher", "effect.probed", { found }, dueIn_ms(probing));

  it("is asked about once work under way must show, and never asked for again", () => {
    expect(probing.effect()).toMatchObject({ status: "IN_DOUBT", probing: true, probesInRow: 1 });
    expect(dueIn_ms(probing)).toBeGreaterThanOrEqual(lag_ms);
    probing.when(ask("timer", "effect.attempt", {}, hour_ms)).refusedWith({ code: "stale" });
    probing
      .when(ask("dispatcher", "effect.probed", { found: { kind: "absent" } }, lag_ms / 2))
      .refusedWith({ code: "stale" });
  });

  it("is settled by what the outside knows", () => {
    const found = probing.when(probed(confirmed("T-1"))).gives("effectConfirmed", "effectIntended");
    expect(found.effect("carrier.dispatch")).toMatchObject({
      status: "CONFIRMED",
      receipt: { reference: "T-1" },
    });
    const promised = probing.when(probed({ kind: "pending", reference: "P-1" })).gives("effectPending");
    expect(promised.effect()).toMatchObject({ status: "PENDING", probing: false });
  });

  it("ends when the outside knows nothing of it: then the same key is sent again", () => {
    const absent = probing.when(probed({ kind: "absent" })).gives("effectFailed");
    expect(absent.effect()).toMatchObject({ status: "INTENDED", doubts: [], issue: 1 });
    const again = absent.when(ask("timer", "effect.attempt", {}, dueIn_ms(absent))).gives("effectAttempted");
    expect(again.effect()).toMatchObject({ key: probing.effect().key, attempts: 2 });
  });

  it("goes to a person when nothing clear comes of asking, and a supervisor may have it asked once more", () => {
    let asked = probing;
    const unknown = () =>
      ask("dispatcher", "effect.probed", { found: { kind: "unknown", reason: "503" } }, dueIn_ms(asked));
    while (asked.effect().dueAt !== null) asked = asked.given(unknown());
    expect(asked.order.needsAttention).toContain("in doubt");
    expect(asked.types.filter((type) => type === "effectAttempted")).toHaveLength(1);
    const again = asked.when(ask("sam", "effect.retry", { reason: "They are back" })).gives("effectRetried");
    expect(again.effect()).toMatchObject({ status: "IN_DOUBT", probing: false });
  });

  it("is not settled twice by two who asked at once", () => {
    probing
      .given(probed({ kind: "unknown", reason: "503" }))
      .when(
        ask("dispatcher", "effect.probed", { found: { kind: "absent" }, since: probing.effect().dueSince }),
      )
      .refusedWith({ code: "stale" });
  });

  it("is asked about by machines only", () => {
    probing.when({ ...probed({ kind: "absent" }), by: "sam" }).refusedWith({ authority: "role" });
  });
});

describe("an answer that was promised", () => {
  const promised = attempted
    .with({ answersWithin_ms: hour_ms })
    .given(answer({ kind: "pending", reference: "P-1" }));

  it("and does not come in time is in doubt, and is asked for again under the same key", () => {
    promised.when(ask("timer", "effect.overdue", {}, hour_ms - 1)).refusedWith({ code: "stale" });
    const overdue = promised.when(ask("timer", "effect.overdue", {}, hour_ms)).gives("effectDoubted");
    expect(overdue.effect()).toMatchObject({ status: "IN_DOUBT", key: promised.effect().key });
    expect(overdue.effect().dueAt).not.toBeNull();
  });

  it("may come after all", () => {
    promised
      .given(ask("timer", "effect.overdue", {}, hour_ms))
      .when(ask("carrier", "effect.answer", { answer: confirmed("T-1") }, hour_ms))
      .gives("effectConfirmed", "effectIntended");
  });

  it("has no end where there is no telling how long it takes", () => {
    const open = attempted.given(answer({ kind: "pending", reference: "P-1" }));
    expect(open.effect().dueAt).toBeNull();
    open.when(ask("timer", "effect.overdue", {}, 1_000 * hour_ms)).refusedWith({ code: "stale" });
  });
});

describe("what a person finds out", () => {
  const reason = "Rang the depot";
  const done = { finding: { kind: "done", reference: "T-9" }, reason };
  const notDone = { finding: { kind: "notDone", issueAgain: false }, reason };
  const again = { finding: { kind: "notDone", issueAgain: true }, reason };
  const stuck = attempted.with({ doubt: { kind: "neither" } }).given(answer(doubt));

  it("is asked for where the outside can neither be asked nor be trusted with the key", () => {
    expect(stuck.effect()).toMatchObject({ status: "IN_DOUBT", dueAt: null });
    expect(stuck.order.needsAttention).toContain("in doubt");
    stuck.when(ask("sam", "effect.retry", { reason })).refusedWith({ code: "notPossible" });
  });

  it("is a supervisor's to say", () => {
    for (const by of ["rita", "ana", "dispatcher"])
      stuck.when(ask(by, "effect.settle", done)).refusedWith({ authority: "role" });
  });

  it("that it was done counts like the outside's own word, and the order goes on", () => {
    const settled = stuck
      .when(ask("sam", "effect.settle", done))
      .gives("effectConfirmed", "effectIntended", "attentionCleared");
    expect(settled.effect("carrier.dispatch")).toMatchObject({
      status: "CONFIRMED",
      receipt: { reference: "T-9" },
    });
    expect(settled.order.needsAttention).toBeNull();
  });

  it("that it was not done leaves it failed, for another try under the same key", () => {
    const failed = stuck.when(ask("sam", "effect.settle", notDone)).gives("effectFailed");
    expect(failed.effect()).toMatchObject({ status: "FAILED", doubts: [] });
    expect(failed.order.needsAttention).not.toBeNull();
    const retried = failed.when(ask("sam", "effect.retry", { reason })).gives("effectRetried");
    expect(retried.effect()).toMatchObject({ status: "INTENDED", issue: 1 });
  });

  it("that it was not done may have it done anew, under a key of its own", () => {
    const issued = stuck
      .when(ask("sam", "effect.settle", again))
      .gives("effectFailed", "effectIntended", "attentionCleared");
    const [first, second] = Object.values(issued.order.effects);
    expect(first).toMatchObject({ status: "OBSOLETE", issue: 1, dueAt: null });
    expect(second).toMatchObject({ status: "INTENDED", issue: 2, visit: first!.visit });
    expect(second!.key).not.toBe(first!.key);
  });

  it("may also have a rejected one done anew", () => {
    attempted
      .given(answer(rejected))
      .when(ask("sam", "effect.settle", again))
      .gives("effectIntended", "attentionCleared");
  });

  it("is not asked for while an attempt is under way or when it is known", () => {
    attempted.when(ask("sam", "effect.settle", again)).refusedWith({ code: "wrongState" });
    const known = attempted.given(answer(confirmed("T-1")));
    known
      .when(ask("sam", "effect.settle", { ...again, key: known.effect("carrier.dispatch").key }))
      .refusedWith({ code: "wrongState" });
  });

  it("of one attempt says nothing of the next: who looked before that one began looks again", () => {
    const tried = stuck
      .with({ doubt: undefined })
      .given(ask("sam", "effect.retry", { reason }), ask("dispatcher", "effect.attempt"))
      .with({ doubt: { kind: "neither" } })
      .given(answer(doubt));
    for (const finding of [done, notDone, again])
      tried.when(ask("sam", "effect.settle", { ...finding, attempt: 1 })).refusedWith({ code: "stale" });
    tried.when(ask("sam", "effect.settle", { ...notDone, attempt: 2 })).gives("effectFailed");
  });

  it("of one effect leaves the attention on another that nobody has settled", () => {
    const undoing = attempted
      .with({ attemptNow_ms: 25_000 })
      .given(answer(confirmed("T-1")), ask("sam", "order.cancel", { reason }))
      .with({ doubt: { kind: "neither" } });
    const [proof, undo] = [undoing.effect("carrier.proofOfDelivery"), undoing.effect()];
    const both = undoing.given(
      answer({ kind: "rejected", reason: "On its way" }, { key: undo.key }),
      answer(doubt, { key: proof.key }),
    );
    const one = both
      .when(ask("sam", "effect.settle", { ...done, key: proof.key, attempt: 1 }))
      .gives("effectConfirmed");
    expect(one.order).toMatchObject({ status: "cancelling" });
    expect(one.order.needsAttention).not.toBeNull();
    const retried = undoing
      .given(
        answer(doubt, { key: proof.key }),
        answer({ kind: "rejected", reason: "On its way" }, { key: undo.key }),
      )
      .when(ask("sam", "effect.retry", { reason, key: undo.key }))
      .gives("effectRetried", "orderNeedsAttention");
    expect(retried.order.needsAttention).toContain("carrier.proofOfDelivery");
  });

  it("is contradicted by a later answer to the key that was given up", () => {
    const contradicted = stuck
      .given(ask("sam", "effect.settle", again))
      .when(answer(confirmed("T-1"), { key: stuck.effect().key }))
      .gives("effectAnswered", "orderNeedsAttention");
    expect(contradicted.order.needsAttention).toContain("now says confirmed");
  });

  it("ends a cancelled order: what was done is undone, what was not needs nothing", () => {
    const cancelled = stuck
      .when(ask("sam", "order.cancel", { reason }))
      .gives("orderCancelled", "orderNeedsAttention");
    expect(cancelled.order.status).toBe("cancelling");
    const undone = cancelled
      .when(ask("sam", "effect.settle", done))
      .gives("effectConfirmed", "effectIntended", "attentionCleared");
    expect(undone.effect().effect).toBe("carrier.cancelDispatch");
    const nothing = cancelled
      .when(ask("sam", "effect.settle", notDone))
      .gives("effectFailed", "attentionCleared");
    expect(nothing.order).toMatchObject({ status: "cancelled", needsAttention: null });
    cancelled.when(ask("sam", "effect.settle", again)).refusedWith({ code: "wrongState" });
  });
});

describe("an order that needs attention", () => {
  const done = attempted.given(answer(confirmed("T-1")));
  const contradicted = done.given(answer(confirmed("T-2"), { key: done.effect("carrier.dispatch").key }));
  const seen = { reason: "Both parcels were found" };

  it("is put at rest by a supervisor who says why", () => {
    expect(contradicted.order.needsAttention).not.toBeNull();
    contradicted.when(ask("ana", "order.clearAttention", seen)).refusedWith({ authority: "role" });
    const rested = contradicted.when(ask("sam", "order.clearAttention", seen)).gives("attentionCleared");
    expect(rested.order.needsAttention).toBeNull();
    rested.when(ask("sam", "order.clearAttention", seen)).refusedWith({ code: "wrongState" });
  });

  it("is not put at rest over an effect nobody has settled", () => {
    attempted
      .given(answer(rejected))
      .when(ask("sam", "order.clearAttention", seen))
      .refusedWith({ code: "wrongState" });
  });
});

it("a step that was done is not done again by a later visit, unless the workflow says so", () => {
  const before = { ...attempted.effect(), step: "pod.capture", effect: "carrier.proofOfDelivery" };
  const done = attempted.givenState((order) => ({
    ...order,
    effects: { ...order.effects, before: { ...before, key: "before", status: "CONFIRMED" as const } },
  }));
  const stopped = done
    .when(answer(confirmed("T-1"), { key: attempted.effect().key }))
    .gives("effectConfirmed", "orderNeedsAttention");
  expect(stopped.order.needsAttention).toContain("was done before");
});

it("an effect of an order that is over is not tried again", () => {
  const cancelled = attempted.given(
    answer(rejected),
    ask("sam", "order.cancel", { reason: "Unknown address" }),
  );
  expect(cancelled.order.status).toBe("cancelled");
  cancelled.when(ask("sam", "effect.retry", { reason: "Again" })).refusedWith({ code: "wrongState" });
});

it("effects of one order never share a key", () => {
  const done = attempted
    .given(answer(confirmed("T-1")))
    .given(ask("sam", "order.cancel", { reason: "Ordered twice" }));
  const effects = Object.values(done.order.effects);
  expect(new Set(effects.map(({ key }) => key)).size).toBe(3);
  expect(effects.map(({ effect }) => effect)).toEqual([
    "carrier.dispatch",
    "carrier.proofOfDelivery",
    "carrier.cancelDispatch",
  ]);
});
