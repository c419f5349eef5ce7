import { defineWorkflow } from "#lib/domain/workflow";

/** Two branches at once and a wait for a signal, which the reference workflow has not: both must end before the order does. */
export const branching = defineWorkflow({
  name: "branching",
  version: 1,
  title: "Order with papers",
  start: "policy.check",
  steps: {
    "policy.check": {
      kind: "decision",
      rules: ["limit@1", "possibleDuplicate@1"],
      pass: ["dispatch.execute", "papers.wait"],
      review: "manual.review",
    },
    "manual.review": {
      kind: "task",
      title: "Review the order",
      owners: ["reviewer"],
      outcomes: {
        approve: { label: "Approve", to: ["dispatch.execute", "papers.wait"] },
        reject: { label: "Reject", to: "refused" },
        sendBack: { label: "Send back", sendBack: { recheck: "policy.check" } },
      },
      sla: { goal_minutes: 45, calendar: "always", afterChanges_minutes: 15 },
      timeOut: { escalateTo: "supervisor" },
      fail: "refused",
      skip: ["dispatch.execute", "papers.wait"],
    },
    "dispatch.execute": {
      kind: "effect",
      effect: "carrier.dispatch",
      to: "pod.capture",
      compensatedBy: "carrier.cancelDispatch",
      retry: { attempts_max: 3, first_ms: 1_000, longest_ms: 60_000 },
    },
    "pod.capture": {
      kind: "effect",
      effect: "carrier.proofOfDelivery",
      to: "delivered",
      retry: { attempts_max: 3, first_ms: 1_000, longest_ms: 60_000 },
    },
    "papers.wait": { kind: "wait", signal: "papers", to: "filed" },
    delivered: { kind: "end", outcome: "completed" },
    filed: { kind: "end", outcome: "completed" },
    refused: { kind: "end", outcome: "rejected" },
  },
});
