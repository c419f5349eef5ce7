import { defineWorkflow } from "../workflow";

/** The reference workflow: received, checked, reviewed by a person where policy wants one, dispatched, delivered. */
export const orderFulfilment = defineWorkflow({
  name: "order-fulfilment",
  version: 1,
  title: "Order fulfilment",
  start: "policy.check",
  steps: {
    "policy.check": {
      kind: "decision",
      rules: [
        "limit@1",
        "firstTimeCustomer@1",
        "possibleDuplicate@1",
        "restrictedCountry@1",
        "missingCustomer@1",
      ],
      pass: "dispatch.execute",
      review: "manual.review",
    },
    "manual.review": {
      kind: "task",
      title: "Review the order",
      owners: ["reviewer"],
      outcomes: {
        approve: { label: "Approve", to: "dispatch.execute" },
        reject: { label: "Reject", to: "rejected" },
        sendBack: { label: "Send back", sendBack: { recheck: "policy.check" } },
      },
      sla: { goal_minutes: 120, calendar: "always", afterChanges_minutes: 15 },
      timeOut: { escalateTo: "supervisor" },
    },
    "dispatch.execute": {
      kind: "effect",
      effect: "carrier.dispatch",
      to: "pod.capture",
      compensatedBy: "carrier.cancelDispatch",
      retry: { attempts_max: 8, first_ms: 1_000, longest_ms: 300_000 },
    },
    "pod.capture": {
      kind: "effect",
      effect: "carrier.proofOfDelivery",
      to: "delivered",
      retry: { attempts_max: 8, first_ms: 1_000, longest_ms: 300_000 },
    },
    delivered: { kind: "end", outcome: "completed" },
    rejected: { kind: "end", outcome: "rejected" },
  },
});
