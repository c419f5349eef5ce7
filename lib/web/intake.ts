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

/** How much `POST /api/orders/batch` takes in one request. */
export const orders_per_request_max = 100;
export const batch_bytes_max = 1024 * 1024;

const batchItemSchema = intakeSchema.extend({
  idempotencyKey: idempotencyKeySchema.meta({
    description: "What the header Idempotency-Key is for one order; a key is the same key either way",
  }),
});

/** One order of a batch as it came, told apart into its key and its content, or the problem with it. */
export function readBatchItem(
  value: unknown,
): { idempotencyKey: string; content: z.infer<typeof intakeSchema> } | Problem {
  const item = batchItemSchema.safeParse(value);
  if (!item.success) return contentProblem(item.error);
  const { idempotencyKey, ...content } = item.data;
  return { idempotencyKey, content };
}

const ordersProblem = `must be a list of 1 to ${orders_per_request_max} orders`;
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    orders: z.array(item, ordersProblem).min(1, ordersProblem).max(orders_per_request_max, ordersProblem),
  });

/** What `POST /api/orders/batch` takes, every order in it. */
export const batchSchema = listOf(batchItemSchema);

/** The same around the orders, each of which is looked at by itself. */
export const batchEnvelopeSchema = listOf(z.unknown());

/** What became of one order of a batch. */
const batchResultSchema = z.union([
  z.object({
    status: z.literal(201),
    repeated: z.boolean().describe("It had been received before"),
    received: receivedSchema,
  }),
  z.object({ status: z.int().min(400), problem: problemSchema }),
]);

/** What `POST /api/orders/batch` answers: one result for each order, in their order. */
export const batchAnswerSchema = z.object({ results: z.array(batchResultSchema) });

/** Every fault of a request's content at once, each with the member it is about. */
export function contentProblem(
  error: z.ZodError,
  detail = "The order cannot be received as it is.",
): Problem {
  const errors = error.issues.flatMap(({ path, message, ...issue }) =>
    "keys" in issue && Array.isArray(issue.keys)
      ? issue.keys.map((key) => ({ field: [...path, key].join("."), message: "is not known here" }))
      : [{ field: path.join("."), message }],
  );
  return problem(422, "invalid", detail, { errors });
}
