import { describe, expect, it, test } from "vitest";
import type { Json } from "#lib/log/canonical";
import { effectContent, isKnownEffect } from "./effect-input";
import type { HttpCall } from "./http-call";
import { ask, received, spec } from "./spec";
import { defineWorkflow, httpCalls, lint } from "./workflow";
import { orderFulfilment } from "./workflows/order-fulfilment";

const key = "k".repeat(43);
const retry = { attempts_max: 3, first_ms: 1_000, longest_ms: 60_000 };
const answers = { confirmed: [[200, 299]], reference: "/id" } as const;
const invoice: HttpCall = {
  method: "POST",
  path: "/invoices/{{order.id}}",
  signature: "none",
  timeout_ms: 5_000,
  answers,
};

const state = spec(orderFulfilment).given(
  received({ businessKey: "SO 7/ä?", country: "GB", customer: { reference: "17850" } }),
).order;
const personal: { [member: string]: Json } = {
  customer: { name: "N. One", address: "1 High Street\nLeeds" },
  lines: [{ sku: "A", quantity: 2, unitPrice: 5 }],
};

function frozen(call: Partial<HttpCall>, order = state) {
  return effectContent("http.call.billing.invoice", order, () => personal, {
    key,
    call: { ...invoice, ...call },
  });
}

describe("an http.call is frozen with", () => {
  it("its placeholders resolved, what is personal apart, and how its answers are read", () => {
    expect(
      frozen({
        path: "/orders/{{order.businessKey}}/invoices?for={{ order.businessKey }}",
        headers: { "X-Order": "{{order.id}} of {{order.source}}" },
        body: {
          amount: "{{order.total.amount}}",
          text: "{{order.total.amount}} {{order.total.currency}}",
          total: "{{order.total}}",
          to: { name: "{{customer.name}}", phone: "{{customer.phone}}" },
          lines: "{{lines}}",
          fixed: [1, null, true, "as it is"],
        },
      }),
    ).toEqual({
      input: {
        method: "POST",
        path: "/orders/SO%207%2F%C3%A4%3F/invoices?for=SO%207%2F%C3%A4%3F",
        headers: { "x-order": `${state.id} of spec` },
        signature: "none",
        timeout_ms: 5_000,
        answers,
      },
      personal: {
        body: '{"amount":150000,"fixed":[1,null,true,"as it is"],"lines":[{"quantity":2,"sku":"A","unitPrice":5}],"text":"150000 GBP","to":{"name":"N. One"},"total":{"amount":150000,"currency":"GBP"}}',
      },
    });
  });

  it("nothing personal when it asks for nothing personal, which is then not opened", () => {
    const content = effectContent(
      "http.call.billing.invoice",
      state,
      () => {
        throw new Error("opened");
      },
      { key, call: { ...invoice, body: { reference: "{{effect.key}}" } } },
    );
    expect(content).not.toHaveProperty("personal");
    expect(content.input.body).toBe(`{"reference":"${key}"}`);
  });

  it("a probe's path, apart when it names somebody", () => {
    const probe = { confirmed: [200], absent: [404] };
    expect(frozen({ probe: { ...probe, path: "/invoices?ref={{effect.key}}" } }).input.probe).toEqual({
      ...probe,
      path: `/invoices?ref=${key}`,
    });
    const named = frozen({ probe: { ...probe, path: "/invoices?name={{customer.name}}" } });
    expect(named.input).not.toHaveProperty("probe");
    expect(named.personal).toMatchObject({ probe: { path: "/invoices?name=N.%20One" } });
  });

  test.each<[string, Partial<HttpCall>, string]>([
    ["a missing value in the path", { path: "/phones/{{customer.phone}}" }, "customer.phone is missing"],
    ["a missing value in a header", { headers: { a: "{{order.orderedOn}}" } }, "order.orderedOn is missing"],
    ["half a sentence", { body: { text: "Call {{customer.phone}}" } }, "customer.phone is missing"],
    ["a body without a value", { body: "{{note}}" }, "the body is missing"],
    ["a receipt there is none of", { path: "/i/{{receipt.dispatch}}" }, "receipt.dispatch is missing"],
    [
      "a line break in a header",
      { headers: { "x-to": "{{customer.address}}" } },
      "the header x-to would hold a character that headers cannot",
    ],
    ["more than can be kept", { body: { lines: Array(1_000).fill("{{lines}}") } }, "it is too large"],
  ])("%s is not sendable, and says so without a value", (_words, call, problem) => {
    expect(frozen(call)).toEqual({ input: { problem } });
  });

  test.each([".", ".."])("the business key %s cannot lead to another path", (businessKey) => {
    const order = { ...state, businessKey };
    expect(frozen({ path: "/invoices/{{order.businessKey}}/void" }, order)).toEqual({
      input: { problem: "a value would lead to another path" },
    });
    expect(frozen({ path: "/invoices?key={{order.businessKey}}" }, order).input.path).toBe(
      `/invoices?key=${businessKey}`,
    );
  });
});

describe("a receipt in a later call", () => {
  const twice = defineWorkflow({
    name: "billed",
    version: 1,
    title: "Billed",
    start: "bill",
    steps: {
      bill: {
        kind: "effect",
        effect: "carrier.dispatch",
        to: "remind",
        compensatedBy: "carrier.cancelDispatch",
        retry,
      },
      remind: { kind: "effect", effect: "carrier.proofOfDelivery", to: "end", retry },
      end: { kind: "end", outcome: "completed" },
    },
  });
  const confirmed = (reference: string) =>
    ask("dispatcher", "effect.answer", { answer: { kind: "confirmed", receipt: { reference } } });
  const order = spec(twice, { attemptNow_ms: 25_000 }).given(
    received({ workflow: "billed@1" }),
    confirmed("INV-1"),
  ).order;

  it("is the one given at that step", () => {
    expect(frozen({ path: "/invoices/{{receipt.bill}}" }, order).input.path).toBe("/invoices/INV-1");
  });

  it("is the compensated effect's own in its compensation, whatever a later visit was given", () => {
    const [first] = Object.values(order.effects);
    const later = { ...first!, visit: 2, key: "later", receipt: { reference: "INV-2" } };
    const both = { ...order, effects: { ...order.effects, later } };
    const call = { ...invoice, path: "/invoices/{{receipt.bill}}/void" };
    const path = (compensates?: string) =>
      effectContent("http.call.billing.void", both, () => ({}), { key, call, compensates }).input.path;
    expect(path(first!.key)).toBe("/invoices/INV-1/void");
    expect(path()).toBe("/invoices/INV-2/void");
  });
});

describe("the lint of a call finds", () => {
  const lintOf = (step: {
    effect?: string;
    call?: unknown;
    compensatedBy?: string;
    compensationCall?: unknown;
  }) =>
    lint({
      name: "odd",
      version: 1,
      title: "Odd",
      start: "bill",
      steps: {
        bill: { kind: "effect", effect: "http.call.billing.invoice", to: "end", retry, ...step } as never,
        end: { kind: "end", outcome: "completed" },
      },
      hash: "",
    });
  const withCall = (call: object) => lintOf({ call: { ...invoice, ...call } });

  it("nothing in one that is right", () => {
    expect(
      withCall({
        path: "/v2/invoices/{{receipt.bill}}%20x/{{customer.name}}?a=b&c={{order.id}}",
        headers: { "x-order": "{{order.businessKey}}" },
        body: { all: "{{lines}}", some: ["{{customer.name}} and {{note}}"] },
        signature: "ed25519",
        answers: {
          confirmed: [200, 201],
          pending: [202],
          rejected: [
            [400, 407],
            [410, 424],
          ],
          retryable: [429, 503],
          inDoubt: [408, 409],
          reference: "/data/0/id~1x",
        },
        probe: { path: "/invoices?key={{effect.key}}", confirmed: [200], absent: [404], reference: "/id" },
      }),
    ).toEqual([]);
  });

  test.each<[object, string]>([
    [{ path: "/{{order.nonsense}}" }, "the path has an unknown placeholder order.nonsense"],
    [{ path: "/{{constructor}}" }, "the path has an unknown placeholder constructor"],
    [{ path: "/{{receipt.end}}" }, "the path has an unknown placeholder receipt.end"],
    [{ path: "/{{lines}}" }, "the path has lines in a text, which is neither a text nor a number"],
    [{ body: "all {{customer}}" }, "the body has customer in a text, which is neither a text nor a number"],
    [{ body: ["{{order.id}"] }, "the body has braces that are not a placeholder's"],
    [{ body: { "{{order.id}}": 1 } }, "the body has a placeholder in the name of a member"],
    [
      { path: "http://billing.example/" },
      "the path does not begin with one slash: the host is the connection's",
    ],
    [{ path: "//billing.example/" }, "the path does not begin with one slash: the host is the connection's"],
    [{ path: "{{order.id}}" }, "the path does not begin with one slash: the host is the connection's"],
    [{ path: "/a/../b" }, "the path has an empty or a dot segment"],
    [{ path: "/a/%2E%2e" }, "the path has an empty or a dot segment"],
    [{ path: "/a//b" }, "the path has an empty or a dot segment"],
    [{ path: "/a b" }, "the path holds a character that a path cannot"],
    [{ path: "/a#b" }, "the path holds a character that a path cannot"],
    [{ path: "/a\\b" }, "the path holds a character that a path cannot"],
    [{ path: "/%2{{order.id}}" }, "the path holds a character that a path cannot"],
    [{ headers: { "Idempotency-Key": "1" } }, "the header Idempotency-Key is not the definition's to set"],
    [{ headers: { "webhook-id": "1" } }, "the header webhook-id is not the definition's to set"],
    [{ headers: { Authorization: "1" } }, "the header Authorization is not the definition's to set"],
    [{ headers: { host: "x" } }, "the header host is not the definition's to set"],
    [{ headers: { "x y": "1" } }, "x y is no name of a header"],
    [{ headers: { x: "a\r\nb: c" } }, "the header x holds a character that headers cannot"],
    [{ headers: { x: "{{who}}" } }, "the header x has an unknown placeholder who"],
    [{ method: "GET" }, "the method is not one of POST, PUT, PATCH, DELETE"],
    [{ signature: "rsa" }, "the signature is not one of none, hmac, ed25519"],
    [{ timeout_ms: 0 }, "timeout_ms is not from 1 to 60000"],
    [{ timeout_ms: 60_001 }, "timeout_ms is not from 1 to 60000"],
    [{ answers: { confirmed: [] } }, "no status means confirmed"],
    [
      { answers: { confirmed: [200], rejected: [[100, 199]] } },
      "rejected holds 100 to 199, which are no statuses from 200 to 599",
    ],
    [
      { answers: { confirmed: [[299, 200]] } },
      "confirmed holds 299 to 200, which are no statuses from 200 to 599",
    ],
    [{ answers: { confirmed: [[200, 299]], pending: [202] } }, "202 means both confirmed and pending"],
    [{ answers: { confirmed: [200, 200] } }, "200 means both confirmed and confirmed"],
    [{ answers: { confirmed: [200], reference: "id" } }, "id is no JSON Pointer to a member"],
    [{ probe: { path: "/a", confirmed: [200], absent: [] } }, "the probe: no status means absent"],
    [
      { probe: { path: "b", confirmed: [200], absent: [404] } },
      "the probe's path does not begin with one slash: the host is the connection's",
    ],
    [
      { probe: { path: "/b", confirmed: [404], absent: [404] } },
      "the probe: 404 means both confirmed and absent",
    ],
  ])("%j", (call, problem) => {
    expect(withCall(call)).toEqual([`odd@1 bill: ${problem}`]);
  });

  test.each<[Parameters<typeof lintOf>[0], string]>([
    [{}, "http.call.billing.invoice does not say what to call"],
    [{ effect: "http.call", call: invoice }, "http.call is not of the form http.call.connection.what"],
    [
      { effect: "http.call.Bill.it", call: invoice },
      "http.call.Bill.it is not of the form http.call.connection.what",
    ],
    [{ effect: "carrier.dispatch", call: invoice }, "carrier.dispatch is no http.call and takes no call"],
    [
      { effect: "carrier.dispatch", compensatedBy: "http.call.billing.void" },
      "http.call.billing.void does not say what to call",
    ],
    [
      { effect: "carrier.dispatch", compensationCall: invoice },
      "has the call of a compensation it does not name",
    ],
    [
      { effect: "carrier.dispatch", compensatedBy: "carrier.dispatch" },
      "is compensated by an effect of its own name",
    ],
  ])("%j", (step, problem) => {
    expect(lintOf(step)).toEqual([`odd@1 bill: ${problem}`]);
  });
});

it("the calls of definitions are known with the longest time-out of each", () => {
  const bill = { kind: "effect", effect: "http.call.billing.invoice", retry, call: invoice } as const;
  const billed = defineWorkflow({
    name: "billed",
    version: 1,
    title: "Billed",
    start: "first",
    steps: {
      first: {
        ...bill,
        to: "second",
        compensatedBy: "http.call.billing.void",
        compensationCall: { ...invoice, method: "DELETE", timeout_ms: 1_000 },
      },
      second: { ...bill, call: { ...invoice, timeout_ms: 9_000 }, to: "end" },
      end: { kind: "end", outcome: "completed" },
    },
  });
  expect(lint(billed)).toEqual([]);
  expect(httpCalls([billed, orderFulfilment])).toEqual([
    { effect: "http.call.billing.invoice", connection: "billing", timeout_ms: 9_000 },
    { effect: "http.call.billing.void", connection: "billing", timeout_ms: 1_000 },
  ]);
  expect(isKnownEffect("http.call.billing.void")).toBe(true);
  expect(isKnownEffect("http.calls")).toBe(false);
});
