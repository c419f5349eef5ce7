import { z } from "zod";
import { commandSchema } from "#lib/domain/commands";
import { type Problem, problem } from "./problem";

/** What `POST /api/orders` takes: the command to receive an order, without what the route itself says. */
export const intakeSchema = commandSchema.options[0].omit({ type: true, past: true });

export const intakeExample: z.input<typeof intakeSchema> = {
  workflow: "order-fulfilment@1",
  requestedBy: "rita",
  source: "webshop",
  businessKey: "WS-2026-000417",
  total: { amount: 124_900, currency: "GBP" },
  customer: { reference: "17850", name: "A. Mason", email: "a.mason@example.com" },
  country: "GB",
  orderedOn: "2026-03-02",
  lines: [{ sku: "85123A", description: "Hanging heart holder", quantity: 10, unitPrice: 12_490 }],
  note: "Deliver to the back door.",
};

/** What `POST /api/orders` answers when the order was received. */
export const receivedSchema = z.object({
  order: z.uuid(),
  status: z.string().describe("Where to ask how the order stands"),
  version: z.int().positive().describe("The version of the order's stream after it was received"),
});

/** What `GET /api/orders/{id}` answers. Instants in UTC with milliseconds. */
export const standingSchema = z.object({
  order: z.uuid(),
  businessKey: z.string(),
  source: z.string(),
  requestedBy: z.string(),
  status: z.enum(["open", "completed", "rejected", "cancelling", "cancelled", "recorded"]),
  at: z.array(z.string()).describe("The steps it is at"),
  receivedAt: z.iso.datetime({ precision: 3 }),
  version: z.int().positive(),
});

export const problemSchema = z.object({
  type: z.string().describe("urn:holdpoint:problem: and a word"),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  requestId: z.uuid().describe("Also in the header X-Request-Id"),
});

/** The header a client makes up once for each order and sends again when it got no answer. */
export const idempotencyKeySchema = z
  .string("is missing")
  .regex(/^[\x21-\x7e]{1,200}$/, "must be 1 to 200 visible ASCII characters");

/** Every fault of a request's content at once, each with the member it is about. */
export function contentProblem(error: z.ZodError): Problem {
  const errors = error.issues.flatMap(({ path, message, ...issue }) =>
    "keys" in issue && Array.isArray(issue.keys)
      ? issue.keys.map((key) => ({ field: [...path, key].join("."), message: "is not known here" }))
      : [{ field: path.join("."), message }],
  );
  return problem(422, "invalid", "The order cannot be received as it is.", { errors });
}
