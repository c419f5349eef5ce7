import { OpenAPIRegistry, OpenApiGeneratorV31 } from "@asteasolutions/zod-to-openapi";
import { z } from "zod";
import {
  batch_bytes_max,
  batchAnswerSchema,
  batchSchema,
  idempotencyKeySchema,
  intakeExample,
  intakeSchema,
  orders_per_request_max,
  problemSchema,
  receivedSchema,
  standingSchema,
} from "./intake";

/**
 * The interface for machines as OpenAPI 3.1, made from the very schemas that read the requests, so that it cannot say
 * anything else than what is done.
 */
export function openApiDocument() {
  const registry = new OpenAPIRegistry();
  const key = registry.registerComponent("securitySchemes", "apiKey", {
    type: "http",
    scheme: "bearer",
    description: "An API key: hp_…, made with npm run api-key -- create --person <id>",
  });
  const security = [{ [key.name]: [] }];
  const requestId = { "X-Request-Id": { schema: { type: "string" as const, format: "uuid" } } };
  const refusals = (texts: { [status: number]: string }) =>
    Object.fromEntries(
      Object.entries(texts).map(([status, description]) => [
        status,
        {
          description,
          headers: {
            ...requestId,
            ...((status === "429" || status === "503") && {
              "Retry-After": { schema: { type: "integer" as const }, description: "Seconds" },
            }),
          },
          content: { "application/problem+json": { schema: problemSchema } },
        },
      ]),
    );
  const common = {
    401: "The API key is missing, wrong or revoked",
    500: "An error of ours, logged under the request id",
    503: "Not now: the database is away, or takes no writes. Send it again under the same key",
  };
  registry.registerPath({
    method: "post",
    path: "/api/orders",
    operationId: "receiveOrder",
    summary: "Hand in an order",
    description:
      "Once for each Idempotency-Key of an API key: the same request again gets the same answer, with Idempotency-Replayed.",
    security,
    request: {
      headers: z.object({
        "Idempotency-Key": idempotencyKeySchema.meta({
          description: "Made up by the client, one for each order",
        }),
      }),
      body: {
        required: true,
        content: { "application/json": { schema: intakeSchema, example: intakeExample } },
      },
    },
    responses: {
      201: {
        description: "Received",
        headers: {
          ...requestId,
          Location: { schema: { type: "string" }, description: "Where to ask how the order stands" },
          "Idempotency-Replayed": {
            schema: { type: "string", enum: ["true"] },
            description: "It had been received before",
          },
        },
        content: { "application/json": { schema: receivedSchema } },
      },
      ...refusals({
        ...common,
        400: "The Idempotency-Key is missing or malformed, or the body is not JSON",
        403: "The person of this key may not hand in orders",
        409: "The same request is still being worked on, or the order was received under another Idempotency-Key",
        413: "The body is over 64 KiB",
        422: "The content is not right (errors says where), or differs from what was received under this key",
        429: "Too many orders are waiting",
      }),
    },
  });
  registry.registerPath({
    method: "post",
    path: "/api/orders/batch",
    operationId: "receiveOrders",
    summary: `Hand in up to ${orders_per_request_max} orders`,
    description:
      "Each order is received, refused or recognised by its own idempotencyKey as if it had come alone, and has one result at its place. What a result's status says is what POST /api/orders would have answered.",
    security,
    request: {
      body: {
        required: true,
        content: {
          "application/json": {
            schema: batchSchema,
            example: { orders: [{ idempotencyKey: intakeExample.businessKey, ...intakeExample }] },
          },
        },
      },
    },
    responses: {
      207: {
        description: "What became of each order, in their order",
        headers: requestId,
        content: { "application/json": { schema: batchAnswerSchema } },
      },
      ...refusals({
        ...common,
        400: "The body is not JSON",
        413: `The body is over ${batch_bytes_max / 1024 / 1024} MiB`,
        422: `The body is no list of 1 to ${orders_per_request_max} orders`,
        429: "Too many orders are waiting; none of these was looked at",
      }),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/orders/{id}",
    operationId: "readOrder",
    summary: "Ask how an order stands",
    security,
    request: { params: z.object({ id: z.uuid() }) },
    responses: {
      200: {
        description: "How it stands",
        headers: requestId,
        content: { "application/json": { schema: standingSchema } },
      },
      ...refusals({ ...common, 404: "No such order among those this key may see" }),
    },
  });
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: "3.1.0",
    info: { title: "Holdpoint", version: "1", description: "Intake of orders that wait for a person." },
  });
}
