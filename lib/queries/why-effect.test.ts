import { describe, expect, test } from "vitest";
import { ask, received, type Spec, spec } from "#lib/domain/spec";
import { orderFulfilment } from "#lib/domain/workflows/order-fulfilment";
import type { EventBody } from "#lib/log/body";
import { readOn } from "./order-reading";
import type { StoredEvent } from "./store";
import { whyEffect } from "./why-effect";

const approved = spec(orderFulfilment).given(received(), ask("ana", "task.decide", { verdict: "approve" }));
const attempted = approved.given(ask("timer", "effect.attempt"));
const answer = (given: object) => ask("dispatcher", "effect.answer", { attempt: 1, answer: given });
const confirmed = { kind: "confirmed", receipt: { reference: "T-1" } };

/** The answer for the newest effect as text; `written` is what stood with an event. */
function why(order: Spec, written: (version: number) => string | undefined = () => undefined) {
  const events = order.log.map(
    (event): StoredEvent => ({
      pos: event.version,
      body: { ...event, data: event.data } as unknown as EventBody,
      leaf: event.leaf,
      event,
    }),
  );
  const reading = readOn(null, events);
  if (!reading) throw new Error("nothing was read");
  const found = whyEffect({ reading, events, person: (id) => id, written }, order.effect(), null);
  return (
    found && {
      question: found.question,
      because: found.because.map(({ version, parts }) => {
        const text = parts.map((part) =>
          typeof part === "string" ? part : "at" in part ? part.at : part.ms,
        );
        return `${version ?? "-"} ${text.join("")}`;
      }),
    }
  );
}

describe("why an effect is not done", () => {
  test("what led to it, and when it is sent", () => {
    expect(why(approved)).toEqual({
      question: "Why is the dispatch not done?",
      because: [
        "5 It was approved (ana), so “Dispatch” came next.",
        `6 So it is sent at ${approved.effect().dueAt}.`,
      ],
    });
    const passed = spec(orderFulfilment).given(received({ total: { amount: 500, currency: "GBP" } }));
    expect(why(passed)?.because[0]).toBe(
      "2 No rule of policy/order-fulfilment@1 asked for a person, so “Dispatch” came next.",
    );
  });

  test("under way its answer is awaited; done it needs no reason", () => {
    expect(why(attempted)?.because.slice(1)).toEqual([
      `7 The carrier was asked once, at ${attempted.now}.`,
      "- Its answer is awaited.",
    ]);
    const delivered = attempted.given(
      answer(confirmed),
      ask("timer", "effect.attempt"),
      answer({ kind: "confirmed", receipt: { reference: "P-1" } }),
    );
    expect(why(delivered)).toBeNull();
  });

  test("what was done before leads to the next, which the outside reports in its own time", () => {
    const pending = attempted.given(
      answer(confirmed),
      ask("timer", "effect.attempt"),
      answer({ kind: "pending", reference: "POD-1" }),
    );
    expect(why(pending)).toEqual({
      question: "Why is the proof of delivery not done?",
      because: [
        "8 After the dispatch was done, “Proof of delivery” came next.",
        `10 The carrier was asked once, at ${pending.now}.`,
        "11 It was accepted under POD-1, to be reported later.",
        "- So its answer is awaited, however long that takes.",
      ],
    });
  });

  test("a refusal for now is sent again, one for good waits for a person, each with what the outside said", () => {
    const later = attempted.given(answer({ kind: "retryable", reason: "Busy." }));
    expect(why(later)?.because.slice(2)).toEqual([
      "8 It did not happen: Not accepted this time.",
      `8 So it is sent at ${later.effect().dueAt}.`,
    ]);
    const rejected = attempted.given(answer({ kind: "rejected", reason: "Unknown address" }));
    expect(
      why(rejected, (version) => (version === 8 ? "No such postcode" : undefined))?.because.slice(2),
    ).toEqual([
      "8 It did not happen: Rejected by the outside. It said “No such postcode”",
      "- So a supervisor or an admin has to say how it goes on.",
    ]);
  });

  test("a doubt is asked about while that can be, and then waits for a person", () => {
    const doubted = attempted.given(answer({ kind: "inDoubt", reason: "The connection broke." }));
    expect(why(doubted)?.because.slice(2)).toEqual([
      "8 What came of it is not known: No clear answer came.",
      `8 So it is sent again at ${doubted.effect().dueAt}.`,
    ]);
    const unaskable = approved
      .with({ doubt: { kind: "neither" } })
      .given(ask("timer", "effect.attempt"), answer({ kind: "inDoubt", reason: "The connection broke." }));
    expect(why(unaskable)?.because.at(-1)).toMatch(/^- .+ So a supervisor or an admin has to find out\.$/);
  });

  test("what is taken back is taken back because the order was given up", () => {
    const cancelled = attempted.given(
      answer(confirmed),
      ask("sam", "order.cancel", { reason: "Not wanted" }),
    );
    expect(why(cancelled)?.question).toBe("Why is the recall not done?");
    expect(why(cancelled)?.because[0]).toMatch(
      /^\d+ The order was given up, so what was done is taken back\.$/,
    );
  });
});
