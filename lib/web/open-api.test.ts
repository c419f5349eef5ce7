import { expect, test } from "vitest";
import { z } from "zod";
import { commandSchema } from "#lib/domain/commands";
import {
  batchEnvelopeSchema,
  contentProblem,
  idempotencyKeySchema,
  intakeExample,
  intakeSchema,
  orders_per_request_max,
  readBatchItem,
} from "./intake";
import { openApiDocument } from "./open-api";
import { isProblem } from "./problem";

const document = JSON.parse(JSON.stringify(openApiDocument()));
const post = document.paths["/api/orders"].post;
const batch = document.paths["/api/orders/batch"].post;
const describedBatch = z.fromJSONSchema(batch.requestBody.content["application/json"].schema);
const described = z.fromJSONSchema(post.requestBody.content["application/json"].schema);

function problemsOf(change: Record<string, unknown>) {
  const parsed = intakeSchema.safeParse({ ...intakeExample, ...change });
  return parsed.success ? [] : [...new Set(contentProblem(parsed.error).errors!.map(({ field }) => field))];
}

test("the document's example is what the document describes, and what the engine takes", () => {
  const { example } = post.requestBody.content["application/json"];
  expect(example).toEqual(intakeExample);
  expect(described.safeParse(example).success).toBe(true);
  expect(intakeSchema.safeParse(example).success).toBe(true);
  expect(commandSchema.safeParse({ type: "order.receive", ...example }).success).toBe(true);
});

test.each([
  ["workflow", undefined],
  ["requestedBy", "not a person!"],
  ["source", "Webshop"],
  ["total", { amount: -1, currency: "GBP" }],
  ["total", { amount: 1.5, currency: "GBP" }],
  ["country", "gb"],
  ["surprise", 1],
])("described and taken agree that %s cannot be %j", (field, value) => {
  const broken = { ...intakeExample, [field]: value };
  expect(described.safeParse(broken).success).toBe(false);
  expect(intakeSchema.safeParse(broken).success).toBe(false);
});

test("described and taken agree on what is a batch", () => {
  const { example } = batch.requestBody.content["application/json"];
  expect(describedBatch.safeParse(example).success).toBe(true);
  const [item] = example.orders;
  const taken = (given: unknown) => {
    const envelope = batchEnvelopeSchema.safeParse(given);
    return envelope.success && envelope.data.orders.every((order) => !isProblem(readBatchItem(order)));
  };
  const { idempotencyKey, ...keyless } = item;
  expect(idempotencyKey).toBe(intakeExample.businessKey);
  const many = (count: number) => ({ orders: Array.from({ length: count }, () => item) });
  for (const good of [many(1), many(orders_per_request_max)])
    expect([describedBatch.safeParse(good).success, taken(good)]).toEqual([true, true]);
  for (const bad of [
    many(0),
    many(orders_per_request_max + 1),
    [item],
    { orders: item },
    { orders: [keyless] },
    { orders: [{ ...item, idempotencyKey: "two words" }] },
    { orders: [{ ...item, surprise: 1 }] },
    { orders: [item], surprise: 1 },
  ])
    expect([describedBatch.safeParse(bad).success, taken(bad)]).toEqual([false, false]);
});

test("every answer is listed: what was received, and each problem as a problem", () => {
  const { responses } = post;
  expect(Object.keys(responses)).toEqual([
    "201",
    "400",
    "401",
    "403",
    "409",
    "413",
    "422",
    "429",
    "500",
    "503",
  ]);
  for (const [status, response] of Object.entries<{ content: object; headers: object }>(responses)) {
    expect(Object.keys(response.headers)).toContain("X-Request-Id");
    expect(Object.keys(response.content)).toEqual([
      status === "201" ? "application/json" : "application/problem+json",
    ]);
  }
  for (const status of ["429", "503"])
    expect(Object.keys(responses[status].headers)).toContain("Retry-After");
  expect(Object.keys(document.paths["/api/orders/{id}"].get.responses)).toEqual([
    "200",
    "401",
    "404",
    "500",
    "503",
  ]);
  expect(Object.keys(batch.responses)).toEqual(["207", "400", "401", "413", "422", "429", "500", "503"]);
  expect(post.parameters).toMatchObject([{ name: "Idempotency-Key", in: "header", required: true }]);
});

test("every fault of a request is told at once, by the member it is in", () => {
  expect(
    problemsOf({
      total: { amount: Number.MAX_SAFE_INTEGER + 1, currency: "XXX" },
      businessKey: "a\u0000b",
      note: "\ud800",
      orderedOn: "2026-02-30",
      surprise: true,
    }).sort(),
  ).toEqual(["businessKey", "note", "orderedOn", "surprise", "total.amount", "total.currency"]);
  expect(problemsOf({ lines: [{ sku: "1", quantity: 0, unitPrice: 1, extra: 1 }] }).sort()).toEqual([
    "lines.0.extra",
    "lines.0.quantity",
  ]);
  expect(problemsOf({ past: { occurredAt: "2020-01-01T00:00:00.000Z" } })).toEqual(["past"]);
});

test("an idempotency key is one visible word", () => {
  for (const key of ["1", "a".repeat(200), "550e8400-e29b-41d4-a716-446655440000"])
    expect(idempotencyKeySchema.safeParse(key).success).toBe(true);
  for (const key of [undefined, "", "a b", "é", "a".repeat(201)])
    expect(idempotencyKeySchema.safeParse(key).success).toBe(false);
});
