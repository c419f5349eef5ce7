import { describe, expect, it } from "vitest";
import { ask, received, spec } from "./spec";
import { defineWorkflow, lint, type Step, type WorkflowDefinition } from "./workflow";
import { workflows } from "./workflows/registry";

const retry = { attempts_max: 3, first_ms: 1_000, longest_ms: 60_000 };
const sla = { goal_minutes: 60, calendar: "always", afterChanges_minutes: 15 };
const timeOut = { escalateTo: "supervisor" as const };

/** After the check, a dispatch and a signal side by side; a person may fail or skip the review before. */
const twoBranches = defineWorkflow({
  name: "two-branches",
  version: 1,
  title: "Two branches",
  start: "check",
  steps: {
    check: { kind: "decision", rules: ["limit@1"], pass: ["send", "payment"], review: "review" },
    review: {
      kind: "task",
      title: "Review",
      owners: ["reviewer"],
      outcomes: { approve: { label: "Approve", to: ["send", "payment"] } },
      sla,
      timeOut,
      fail: "refused",
      skip: ["send", "payment"],
    },
    send: { kind: "effect", effect: "carrier.dispatch", to: "sent", retry },
    payment: { kind: "wait", signal: "paid", to: "paid" },
    sent: { kind: "end", outcome: "completed" },
    paid: { kind: "end", outcome: "completed" },
    refused: { kind: "end", outcome: "rejected" },
  },
});

const small = received({ workflow: "two-branches@1", total: { amount: 5, currency: "GBP" } });
const confirmed = ask("dispatcher", "effect.answer", {
  answer: { kind: "confirmed", receipt: { reference: "T-1" } },
});
const paid = ask("sam", "signal.receive", { signal: "paid", content: { by: "card" } });

describe("a definition of two branches", () => {
  const both = spec(twoBranches, { attemptNow_ms: 25_000 })
    .when(small)
    .gives("orderReceived", "policyChecked", "effectIntended");

  it("opens both at once", () => {
    expect(both.order.visits).toEqual([
      { step: "send", visit: 1 },
      { step: "payment", visit: 1 },
    ]);
  });

  it("is completed when both have ended, whichever ended first", () => {
    const sent = both.when(confirmed).gives("effectConfirmed");
    expect(sent.order).toMatchObject({ status: "open", visits: [{ step: "payment", visit: 1 }] });
    expect(sent.when(paid).gives("signalReceived", "signalTaken").order.status).toBe("completed");

    const first = both.when(paid).gives("signalReceived", "signalTaken");
    expect(first.order).toMatchObject({ status: "open", visits: [{ step: "send", visit: 1 }] });
    expect(first.when(confirmed).gives("effectConfirmed").order.status).toBe("completed");
  });

  it("takes a signal that came before anything waited for it, the oldest first and each once", () => {
    const early = spec(twoBranches)
      .given(received({ workflow: "two-branches@1" }))
      .given(paid, ask("sam", "signal.receive", { signal: "paid", content: { by: "cheque" } }));
    expect(early.order.signals).toHaveLength(2);
    const approved = early
      .when(ask("ana", "task.decide", { verdict: "approve" }))
      .gives("decisionMade", "decisionSettled", "effectIntended", "signalTaken");
    expect(approved.log.at(-1)?.data).toMatchObject({ signal: "paid", version: 4 });
    expect(approved.order.signals).toEqual([{ signal: "paid", version: 5 }]);
  });

  it("keeps a signal nothing waits for, in any state of the order, from supervisors and machines", () => {
    const other = ask("carrier", "signal.receive", { signal: "strange", content: {} });
    both.when(other).gives("signalReceived");
    both.given(confirmed, paid).when(other).gives("signalReceived");
    for (const by of ["ana", "rita", "root"])
      both
        .when(ask(by, "signal.receive", { signal: "paid", content: {} }))
        .refusedWith({ authority: "role" });
  });

  it("lets its task fail by who holds it and be skipped by a supervisor, with a breach that was due", () => {
    const review = spec(twoBranches).given(received({ workflow: "two-branches@1" }));
    const late_ms = 61 * 60_000;
    const skipped = review
      .when(ask("sam", "task.skip", { reason: "Agreed by phone" }, late_ms))
      .gives("taskEscalated", "taskSkipped", "effectIntended");
    expect(skipped.order).toMatchObject({ tasks: {}, visits: [{ step: "send" }, { step: "payment" }] });
    const failed = review
      .given(ask("ana", "task.start"))
      .when(ask("ana", "task.fail", { reason: "Unreadable" }))
      .gives("taskFailed");
    expect(failed.order).toMatchObject({ status: "rejected", tasks: {}, visits: [] });
  });

  it("is cancelled only when what is under way in one branch is known", () => {
    const cancelling = both.given(ask("sam", "order.cancel", { reason: "Ordered twice" }));
    expect(cancelling.order.status).toBe("cancelling");
    expect(cancelling.when(confirmed).gives("effectConfirmed").order.status).toBe("cancelled");
  });
});

it("every definition of this build passes the lint", () => {
  for (const definition of [...workflows, twoBranches]) expect(lint(definition)).toEqual([]);
});

describe("the lint finds", () => {
  const end: Step = { kind: "end", outcome: "completed" };
  const task: Step = {
    kind: "task",
    title: "Review",
    owners: ["reviewer"],
    outcomes: { approve: { label: "Approve", to: "end" } },
    sla,
    timeOut,
  };
  const effect: Step = { kind: "effect", effect: "carrier.dispatch", to: "end", retry };
  const lintOf = (steps: WorkflowDefinition["steps"], start = "first") =>
    lint({ name: "odd", version: 1, title: "Odd", start, steps, hash: "" });

  it.each<[string, WorkflowDefinition["steps"], string]>([
    [
      "a step that is named and missing",
      { first: { ...effect, to: "gone" } },
      "gone: is named but not defined",
    ],
    ["a step nothing leads to", { first: effect, end, lost: end }, "lost: cannot be reached"],
    [
      "a way that never ends",
      { first: { ...effect, to: "second" }, second: { ...effect, to: "first" } },
      "first: never leads to an end",
    ],
    [
      "a decision without a rule",
      { first: { kind: "decision", rules: [], pass: "end", review: "end" }, end },
      "first: has no rule",
    ],
    [
      "an effect without an attempt",
      { first: { ...effect, retry: { ...retry, attempts_max: 0 } }, end },
      "first: allows no attempt",
    ],
    [
      "a task nobody owns",
      { first: { ...task, owners: [] }, end },
      "first: has no owner, so nobody is eligible",
    ],
    [
      "a task only requesters own",
      { first: { ...task, owners: ["requester"] }, end },
      "first: is owned by requesters only, who may not decide their own orders: nobody is left eligible",
    ],
    ["a task without an outcome", { first: { ...task, outcomes: {} }, end }, "first: has no outcome"],
    [
      "a task that only sends back",
      {
        first: { ...task, outcomes: { back: { label: "Back", sendBack: { recheck: "check" } } } },
        check: { kind: "decision", rules: ["limit@1"], pass: "end", review: "end" },
        end,
      },
      "first: only ever sends back, so no order gets past it",
    ],
    [
      "a task that does not say what its time-out does",
      { first: { ...task, timeOut: undefined as never }, end },
      "first: does not say what its time-out does",
    ],
    [
      "a task whose SLA never fires",
      { first: { ...task, sla: { ...sla, goal_minutes: 0 } }, end },
      "first: has no live SLA",
    ],
    [
      "a return that nothing checks again",
      {
        first: {
          ...task,
          outcomes: {
            approve: { label: "Approve", to: "end" },
            back: { label: "Back", sendBack: { recheck: "end" } },
          },
        },
        end,
      },
      "first: outcome back is checked again by end, which is not a decision",
    ],
    [
      "a way that opens one step twice",
      { first: { ...effect, to: ["end", "end"] }, end },
      "first: opens the same step twice on one way",
    ],
  ])("%s", (_, steps, problem) => {
    expect(lintOf(steps)).toContain(`odd@1 ${problem}`);
  });

  it("a start that does not exist", () => {
    expect(lintOf({ end }, "begin")).toContain("odd@1 begin: is named but not defined");
  });
});

it("a misspelt step does not compile", () => {
  defineWorkflow({
    name: "misspelt",
    version: 1,
    title: "Misspelt",
    // @ts-expect-error the first step is called send
    start: "sned",
    steps: {
      send: { kind: "effect", effect: "carrier.dispatch", to: "end", retry },
      end: { kind: "end", outcome: "completed" },
    },
  });
  defineWorkflow({
    name: "misspelt",
    version: 1,
    title: "Misspelt",
    start: "send",
    steps: {
      // @ts-expect-error the last step is called end
      send: { kind: "effect", effect: "carrier.dispatch", to: "edn", retry },
      end: { kind: "end", outcome: "completed" },
    },
  });
  const approvedByTimeOut: Step = {
    kind: "task",
    title: "Review",
    owners: ["reviewer"],
    outcomes: {},
    sla,
    // @ts-expect-error there is no way to say that a time-out approves
    timeOut: { verdict: "approve" },
  };
  expect(approvedByTimeOut.kind).toBe("task");
});

it("a definition's hash changes with its content, and not with the order its members are written in", () => {
  const { hash, ...definition } = twoBranches;
  const { start, steps, ...rest } = definition as never as Parameters<typeof defineWorkflow>[0];
  expect(defineWorkflow({ steps, ...rest, start }).hash).toBe(hash);
  expect(defineWorkflow({ ...rest, start, steps, title: "Other" }).hash).not.toBe(hash);
});
