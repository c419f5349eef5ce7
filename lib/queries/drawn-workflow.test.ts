import { describe, expect, test } from "vitest";
import { defineWorkflow } from "#lib/domain/workflow";
import { orderFulfilment } from "#lib/domain/workflows/order-fulfilment";
import { drawnWorkflow } from "./drawn-workflow";

const ways = (drawn: ReturnType<typeof drawnWorkflow>) =>
  drawn.edges.map(({ from, to, label }) => `${from} > ${to}${label ? `: ${label}` : ""}`);

describe("a definition as a drawing needs it", () => {
  test("every step by its title, every verdict as a way with its label", () => {
    const drawn = drawnWorkflow(orderFulfilment);
    expect(drawn.steps.map(({ title, kind }) => `${title} (${kind})`)).toEqual([
      "Policy check (decision)",
      "Review the order (task)",
      "Dispatch (effect)",
      "Proof of delivery (effect)",
      "Delivered (end)",
      "Rejected (end)",
    ]);
    expect(ways(drawn)).toEqual([
      "policy.check > dispatch.execute: Clear",
      "policy.check > manual.review: Needs a person",
      "manual.review > dispatch.execute: Approve",
      "manual.review > rejected: Reject",
      "manual.review > policy.check: Send back",
      "dispatch.execute > pod.capture",
      "pod.capture > delivered",
    ]);
  });

  test("the start comes first wherever it is written, branches are ways each, and two ways between two steps are one", () => {
    const drawn = drawnWorkflow(
      defineWorkflow({
        name: "odd",
        version: 1,
        title: "Odd",
        start: "check",
        steps: {
          done: { kind: "end", outcome: "completed" },
          look: {
            kind: "task",
            title: "Look",
            owners: ["reviewer"],
            outcomes: {
              yes: { label: "Yes", to: ["wait", "done"] },
              no: { label: "No", to: "done" },
            },
            sla: { goal_minutes: 10, calendar: "always", afterChanges_minutes: 1 },
            timeOut: { escalateTo: "supervisor" },
            skip: "wait",
          },
          check: { kind: "decision", rules: ["limit@1"], pass: "look", review: "look" },
          wait: { kind: "wait", signal: "paid", to: "done" },
        },
      }),
    );
    expect(drawn.steps[0]?.id).toBe("check");
    expect(ways(drawn)).toEqual([
      "check > look: Clear or Needs a person",
      "look > wait: Yes or Skipped",
      "look > done: Yes or No",
      "wait > done",
    ]);
  });
});
