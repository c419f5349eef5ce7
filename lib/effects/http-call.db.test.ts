import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { defineWorkflow, httpCalls, lint } from "#lib/domain/workflow";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { readConnections } from "./connection";
import { httpCallAdapters } from "./http-call";

const retry = { attempts_max: 5, first_ms: 1_000, longest_ms: 60_000 };
const common = { signature: "hmac", timeout_ms: 2_000 } as const;
const billed = defineWorkflow({
  name: "billed",
  version: 1,
  title: "Billed",
  start: "bill",
  steps: {
    bill: {
      kind: "effect",
      effect: "http.call.billing.invoice",
      call: {
        ...common,
        method: "POST",
        path: "/orders/{{order.businessKey}}/invoices",
        body: { amount: "{{order.total.amount}}", to: "{{customer.name}}" },
        answers: { confirmed: [201], pending: [202], reference: "/id" },
      },
      compensatedBy: "http.call.billing.void",
      compensationCall: {
        ...common,
        method: "DELETE",
        path: "/invoices/{{receipt.bill}}",
        answers: { confirmed: [204] },
      },
      to: "paid",
      retry,
    },
    paid: { kind: "wait", signal: "paid", to: "end" },
    end: { kind: "end", outcome: "completed" },
  },
});

type Request = { method?: string; url?: string; key: string; body: string };
let heard: Request[] = [];
/** What a new piece of work is answered with. */
let creates: 201 | 202;
/** Cuts the first answer to each new piece of work, after doing it. */
const known = new Set<string>();
const provider = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const key = String(request.headers["idempotency-key"]);
  heard.push({ method: request.method, url: request.url, key, body });
  if (!known.has(key)) {
    known.add(key);
    response.destroy();
  } else if (request.method === "DELETE") response.writeHead(204).end();
  else response.writeHead(creates, { "content-type": "application/json" }).end('{"id":"INV-1"}');
});

const secret = Buffer.alloc(24, 9).toString("base64");
let address: string;
let workspace: TestWorkspace;

function adapters(more: object = {}) {
  const connection = {
    ...more,
    address,
    signingKeys: [`whsec_${secret}`],
    doubt: { kind: "honoursKey", keyRetention_ms: 86_400_000 },
  };
  const connections = readConnections({ billing: connection }, { demo: true });
  return httpCallAdapters({ calls: httpCalls([billed]), connections, now: () => workspace.clock.now() });
}

beforeAll(async () => {
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
});
afterAll(() => new Promise((resolve) => provider.close(resolve)));
beforeEach(async () => {
  heard = [];
  creates = 201;
  known.clear();
  workspace = await testWorkspace({ definitions: [billed], adapters: [] });
});
afterEach(() => workspace.close());

const receive = () =>
  workspace.receive({
    workflow: "billed@1",
    businessKey: "SO 7",
    total: { amount: 900, currency: "GBP" },
    customer: { name: "Nadia Öne" },
  });

test("an effect without its connection waits, and is done once, with the same bytes, when there is one", async () => {
  expect(lint(billed)).toEqual([]);
  const order = await receive();
  expect(Object.values((await workspace.order(order)).effects)).toMatchObject([{ status: "INTENDED" }]);

  const other = await workspace.another(adapters());
  for (let round = 0; round < 2; round++) {
    await other.tick();
    await other.dispatcher.idle();
    workspace.clock.advance_minutes(1);
  }
  const [effect] = Object.values((await workspace.order(order, other)).effects);
  expect(effect).toMatchObject({ status: "CONFIRMED", attempts: 2, receipt: { reference: "INV-1" } });
  const sent = {
    method: "POST",
    url: "/v1/orders/SO%207/invoices",
    key: effect!.key,
    body: '{"amount":900,"to":"Nadia Öne"}',
  };
  expect(heard).toEqual([sent, sent]);

  const log = JSON.stringify(await workspace.log());
  expect(log).toContain("/orders/SO%207/invoices");
  for (const hidden of ["Nadia", "127.0.0.1", secret, "/v1/"]) expect(log).not.toContain(hidden);
});

test("what is promised and not reported in the connection's time is in doubt, and asked for again", async () => {
  creates = 202;
  const other = await workspace.another(adapters({ answersWithin_ms: 600_000 }));
  const order = await receive();
  const drive = async () => {
    await other.tick();
    await other.dispatcher.idle();
  };
  await drive();
  workspace.clock.advance_minutes(1);
  await drive();
  const promised = (await workspace.log(`order/${order}`)).at(-1);
  const answerBy = new Date(Date.parse(workspace.clock.now()) + 600_000).toISOString();
  expect(promised).toMatchObject({ type: "effectPending", data: { reference: "INV-1", answerBy } });

  workspace.clock.advance_ms(599_999);
  await drive();
  expect((await workspace.log(`order/${order}`)).at(-1)?.type).toBe("effectPending");
  workspace.clock.advance_ms(1);
  await drive();
  expect((await workspace.log(`order/${order}`)).at(-1)?.type).toBe("effectDoubted");
  expect(Object.values((await workspace.order(order, other)).effects)).toMatchObject([
    { status: "IN_DOUBT" },
  ]);

  creates = 201;
  workspace.clock.advance_minutes(1);
  await drive();
  const [effect] = Object.values((await workspace.order(order, other)).effects);
  expect(effect).toMatchObject({ status: "CONFIRMED", receipt: { reference: "INV-1" } });
  expect(new Set(heard.map(({ key }) => key))).toEqual(new Set([effect!.key]));
});

test("a call whose connection names no time may be answered whenever it is", async () => {
  creates = 202;
  const other = await workspace.another(adapters());
  const order = await receive();
  for (let round = 0; round < 3; round++) {
    await other.tick();
    await other.dispatcher.idle();
    workspace.clock.advance_minutes(round === 0 ? 1 : 100_000);
  }
  const promised = (await workspace.log(`order/${order}`)).at(-1);
  expect(promised?.type).toBe("effectPending");
  expect(promised?.data).not.toHaveProperty("answerBy");
});

test("its compensation is a call of its own, under a key of its own, with the receipt", async () => {
  const other = await workspace.another(adapters());
  const order = await receive();
  const drive = async () => {
    await other.tick();
    await other.dispatcher.idle();
    workspace.clock.advance_minutes(1);
  };
  await drive();
  await drive();
  const sam = workspace.person("sam");
  await workspace.ask(sam, { type: "order.cancel", order, reason: "Ordered twice" }, undefined, other);
  await drive();
  await drive();
  expect(await workspace.order(order, other)).toMatchObject({ status: "cancelled" });
  const [post, , first, second] = heard;
  expect(first).toEqual({ method: "DELETE", url: "/v1/invoices/INV-1", key: expect.any(String), body: "" });
  expect(second).toEqual(first);
  expect(first!.key).not.toBe(post!.key);
});
