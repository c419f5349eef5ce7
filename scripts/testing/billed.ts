import { defineWorkflow } from "#lib/domain/workflow";

/** One call of `http.call` to the connection `billing`, which answers at once or later. */
export const billed = defineWorkflow({
  name: "billed",
  version: 1,
  title: "Billed",
  start: "bill",
  steps: {
    bill: {
      kind: "effect",
      effect: "http.call.billing.invoice",
      call: {
        method: "POST",
        path: "/invoices",
        signature: "none",
        timeout_ms: 2_000,
        answers: { confirmed: [201], pending: [202] },
      },
      to: "end",
      retry: { attempts_max: 1, first_ms: 1_000, longest_ms: 60_000 },
    },
    end: { kind: "end", outcome: "completed" },
  },
});
