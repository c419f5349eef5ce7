import { defineWorkflow } from "#lib/domain/workflow";

export const largeOrder = defineWorkflow({
  name: "large-order",
  version: 1,
  title: "Large order",
  start: "policy.check",
  steps: {
    "policy.check": { kind: "decision", rules: ["limit@1"], pass: "released", review: "sign.off" },
    "sign.off": {
      kind: "task",
      title: "Sign off the order",
      owners: ["reviewer"],
      outcomes: {
        approve: { label: "Approve", to: "released" },
        reject: { label: "Reject", to: "refused" },
      },
      sla: { goal_minutes: 60, calendar: "always", afterChanges_minutes: 15 },
      timeOut: { escalateTo: "supervisor" },
    },
    released: { kind: "end", outcome: "completed" },
    refused: { kind: "end", outcome: "rejected" },
  },
});
