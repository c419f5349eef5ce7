import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { database } from "#lib/db";
import { evidenceOf } from "#lib/domain/order";
import { workflows } from "#lib/domain/workflows/registry";
import type { EffectAdapter, EffectOutcome } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";
import { until } from "#scripts/testing/until";
import { environmentOf, type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { answerEffect } from "./callbacks";
import { engineProcess } from "./process";
import { openRuntime, type Runtime } from "./runtime";
import { openTraceExporter } from "./trace-exporter";
import { Traces } from "./traces";

/** Spans as a collector gets them over HTTP, of orders whose waits last for days and pass from process to process. */
type Value = {
  stringValue?: string;
  intValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: Value[] };
};
type Received = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Value }[];
  status: { code?: number };
};

class Collector {
  readonly spans: Received[] = [];
  readonly bodies: string[] = [];
  status = 200;
  constructor(readonly server: Server) {}

  static async open(): Promise<Collector> {
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      request.on("end", () => {
        collector.bodies.push(`${request.method} ${request.url} ${body}`);
        if (collector.status === 200)
          for (const { scopeSpans } of JSON.parse(body).resourceSpans)
            for (const { spans } of scopeSpans) collector.spans.push(...spans);
        response.writeHead(collector.status, { "content-type": "application/json" }).end("{}");
      });
    });
    const collector = new Collector(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** One span of a name as its times and attributes; throws unless there is exactly one. */
  only(name: string) {
    const found = this.spans.filter((span) => span.name === name);
    expect(found.map((span) => span.name)).toEqual([name]);
    const [span] = found as [Received];
    const attributes = Object.fromEntries(span.attributes.map(({ key, value }) => [key, plain(value)]));
    return { ...span, ...times(span), attributes };
  }
}

function plain({ arrayValue, ...value }: Value): unknown {
  return arrayValue ? arrayValue.values.map(plain) : Object.values(value)[0];
}

function times({ startTimeUnixNano, endTimeUnixNano }: Received) {
  const instant = (nanoseconds: string) => new Date(Number(BigInt(nanoseconds) / 1_000_000n)).toISOString();
  return { from: instant(startTimeUnixNano), until: instant(endTimeUnixNano) };
}

const day_minutes = 24 * 60;
let workspace: TestWorkspace;
let collector: Collector;
const opened: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  workspace = await testWorkspace({ adapters: [] });
  collector = await Collector.open();
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  await workspace.close();
  await new Promise((resolve) => collector.server.close(resolve));
});

/** A process that traces, with its own memory. */
function tracing(answer?: (effect: string) => EffectOutcome, waiting_max?: number) {
  const adapters = instantAdapters().map(
    (adapter): EffectAdapter =>
      answer ? { ...adapter, perform: async () => answer(adapter.name) } : adapter,
  );
  const { name, clock, keys } = workspace;
  const exporter = openTraceExporter(collector.url, name);
  const traces = new Traces({ database: workspace.database, workspace: name, clock, exporter, waiting_max });
  const runtime: Runtime = openRuntime({
    database: workspace.database,
    keys,
    clock,
    adapters: { byName: new Map(adapters.map((each) => [each.name, each])), missing: "" },
    definitions: workflows,
    watch: traces.watch,
  });
  const stop = async () => {
    await runtime.stop();
    await traces.stop();
  };
  opened.push(stop);
  return { runtime, traces, stop };
}

const secret = { name: "Zoë Ünal", email: "zoe@example.org", reference: "CUSTOMER-7" };

async function receive(runtime: Runtime, total = 150_000): Promise<string> {
  const asked = await workspace.ask(
    workspace.person("rita"),
    {
      type: "order.receive",
      workflow: "order-fulfilment@1",
      source: "shop",
      businessKey: `SHOP-${total}`,
      requestedBy: "rita",
      total: { amount: total, currency: "GBP" },
      customer: secret,
      note: "Ring at the back door",
    },
    undefined,
    runtime,
  );
  expect(asked).toMatchObject({ rejected: false });
  return (asked as { stream: string }).stream.slice("order/".length);
}

const at = (order: string) => ({ order, step: "manual.review", visit: 1 });

async function decide(runtime: Runtime, order: string, verdict: string, note?: string) {
  const evidence = evidenceOf(await workspace.order(order, runtime), "manual.review");
  const ana = workspace.person("ana");
  const command = { type: "task.decide", ...at(order), verdict, evidence, undo_ms: 0, note } as const;
  expect(await workspace.ask(ana, command, undefined, runtime)).toMatchObject({ rejected: false });
}

describe("an order of many days", () => {
  it("is one trace, though processes come and go, with every wait as long as it was and nothing of a person", async () => {
    const pending = (effect: string): EffectOutcome =>
      effect === "carrier.proofOfDelivery"
        ? { kind: "pending", reference: "P-1" }
        : { kind: "confirmed", receipt: { reference: "T-1" } };
    const begun = tracing(pending);
    const order = await receive(begun.runtime);
    const received = workspace.clock.now();
    await begun.stop();

    // Three days until somebody looks, then a day until what was asked for is changed.
    workspace.clock.advance_minutes(3 * day_minutes);
    const next = tracing(pending);
    await decide(next.runtime, order, "sendBack", "Whose is it?");
    const sentBack = workspace.clock.now();
    workspace.clock.advance_minutes(day_minutes);
    const amend = { type: "order.amend", order, total: { amount: 150_001, currency: "GBP" } } as const;
    const amended = await workspace.ask(workspace.person("rita"), amend, undefined, next.runtime);
    expect(amended).toMatchObject({ rejected: false });
    const changed = workspace.clock.now();
    workspace.clock.advance_minutes(30);
    await decide(next.runtime, order, "approve");
    const approved = workspace.clock.now();
    await next.runtime.dispatcher.idle();
    await next.stop();

    workspace.clock.advance_minutes(2 * day_minutes);
    const last = tracing(pending);
    const delivered = workspace.clock.now();
    const effects = Object.values((await workspace.order(order, last.runtime)).effects);
    const reported = {
      effectKey: effects.find(({ status }) => status === "PENDING")!.key,
      outcome: { kind: "confirmed", receipt: { reference: "T-1" } },
      messageId: "message-1",
      occurredAt: delivered,
      personal: { receivedBy: "Yusuf Ünal" },
    } as const;
    expect(await answerEffect(last.runtime.engine, reported)).toMatchObject({ rejected: false });
    await last.stop();

    const whole = collector.only("order-fulfilment@1");
    expect(whole).toMatchObject({ from: received, until: delivered });
    expect(whole.parentSpanId ?? "").toBe("");
    expect(whole.attributes).toMatchObject({ "holdpoint.order": order, "holdpoint.status": "completed" });
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(
      new Set([order.replaceAll("-", "")]),
    );
    expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(collector.spans.length);
    const others = collector.spans.filter(({ spanId }) => spanId !== whole.spanId);
    expect(new Set(others.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([whole.spanId]));

    expect(collector.only("manual.review")).toMatchObject({
      from: received,
      until: approved,
      attributes: {
        "holdpoint.ended.by": "approve",
        "holdpoint.paused_ms": day_minutes * 60_000,
        "holdpoint.breached": true,
      },
    });
    expect(collector.only("manual.review paused")).toMatchObject({
      from: sentBack,
      until: changed,
      attributes: { "holdpoint.paused.for": "changes" },
    });
    expect(collector.only("carrier.dispatch")).toMatchObject({
      kind: 3,
      from: approved,
      until: approved,
      attributes: { "holdpoint.attempt": 1, "holdpoint.issue": 1, "holdpoint.result": "confirmed" },
    });
    expect(collector.only("carrier.proofOfDelivery").attributes).toMatchObject({
      "holdpoint.result": "pending",
    });
    expect(collector.only("carrier.proofOfDelivery answer")).toMatchObject({
      from: approved,
      until: delivered,
      attributes: { "holdpoint.result": "confirmed" },
    });
    expect(collector.only("orderReceived")).toMatchObject({
      from: received,
      attributes: {
        "holdpoint.events": ["orderReceived", "policyChecked", "taskOpened"],
        "holdpoint.actor.type": "person",
        "holdpoint.version": 1,
      },
    });
    expect(collector.only("orderAmended").attributes["holdpoint.events"]).toContain("taskResumed");
    // One for each command, and one for each of the six things above that had a beginning and an end.
    const commands = await workspace.database.$queryRawUnsafe<{ count: number }[]>(
      "SELECT count(*)::int AS count FROM command WHERE stream = $1",
      `order/${order}`,
    );
    expect(collector.spans).toHaveLength(commands[0]!.count + 6);

    const sent = collector.bodies.join("\n");
    expect(sent).toContain("holdpoint.actor.type");
    for (const hidden of [...Object.values(secret), "Ring at", "Whose is it", "Yusuf", "SHOP-150000"])
      expect(sent).not.toContain(hidden);
    for (const { id, account } of ["rita", "ana"].map((person) => workspace.person(person)))
      for (const hidden of [`"${id}"`, account!]) expect(sent).not.toContain(hidden);
  });

  it("that is cancelled ends its trace, and calls that fail are told as failed", async () => {
    const { runtime, traces } = tracing(() => ({ kind: "retryable", reason: "Zoë is unknown here" }));
    await receive(runtime);
    const order = await receive(runtime, 5_000);
    await runtime.dispatcher.idle();
    const sam = workspace.person("sam");
    workspace.clock.advance_minutes(1);
    expect(
      await workspace.ask(sam, { type: "order.cancel", order, reason: "Gone" }, undefined, runtime),
    ).toMatchObject({ rejected: false });
    await traces.flush();
    expect(collector.only("carrier.dispatch")).toMatchObject({
      status: { code: 2 },
      attributes: { "holdpoint.result": "failed" },
    });
    expect(collector.only("order-fulfilment@1").attributes).toMatchObject({
      "holdpoint.order": order,
      "holdpoint.status": "cancelled",
    });
    expect(collector.bodies.join("\n")).not.toContain("unknown here");
  });
});

it("how long an order needed attention is told, and not why", async () => {
  let answer: EffectOutcome = { kind: "rejected", reason: "Zoë is unknown here" };
  const { runtime, traces } = tracing(() => answer);
  await receive(runtime);
  const order = await receive(runtime, 5_000);
  await runtime.dispatcher.idle();
  const refused = workspace.clock.now();
  workspace.clock.advance_minutes(60);
  const [key] = Object.keys((await workspace.order(order, runtime)).effects) as [string];
  answer = { kind: "confirmed", receipt: { reference: "T-1" } };
  const retry = { type: "effect.retry", order, key, reason: "Zoë moved" } as const;
  expect(await workspace.ask(workspace.person("sam"), retry, undefined, runtime)).toMatchObject({
    rejected: false,
  });
  const asked = workspace.clock.now();
  await traces.flush();
  expect(collector.only("needs attention")).toMatchObject({ from: refused, until: asked, attributes: {} });
  expect(collector.bodies.join("\n")).not.toContain("Zoë");
});

describe("a collector that is no help", () => {
  it("holds nobody up: what it does not take is dropped and counted", async () => {
    const { runtime, traces } = tracing();
    collector.status = 400;
    await receive(runtime);
    await receive(runtime, 5_000);
    await runtime.dispatcher.idle();
    await traces.flush();
    expect(traces.sent).toBe(0);
    const { dropped } = traces;
    expect(dropped).toBeGreaterThan(3);
    expect(collector.spans).toEqual([]);

    collector.status = 200;
    const order = await receive(runtime, 6_000);
    await runtime.dispatcher.idle();
    await traces.flush();
    expect(traces.dropped).toBe(dropped);
    expect(traces.sent).toBe(collector.spans.length);
    expect(collector.only("order-fulfilment@1").attributes).toMatchObject({ "holdpoint.order": order });
  });

  it("fills no memory: more than may wait is dropped and counted", async () => {
    const { runtime, traces } = tracing(undefined, 3);
    for (let n = 0; n < 6; n++) await receive(runtime, 200_000 + n);
    expect(traces.dropped).toBeGreaterThan(0);
    await traces.flush();
    expect(traces.sent).toBe(3);
  });

  it("is sent to by itself, some seconds later", async () => {
    const { runtime } = tracing();
    await receive(runtime);
    expect(collector.bodies).toEqual([]);
    await until("the spans are there", () => collector.spans.length > 0);
    expect(collector.bodies[0]).toMatch(/^POST \/v1\/traces /);
  });
});

describe("the engine of a process", () => {
  const processWide = globalThis as { holdpointProcess?: unknown; holdpointDatabase?: unknown };
  const engine = async (endpoint: string) => {
    for (const [variable, value] of Object.entries(environmentOf(workspace))) vi.stubEnv(variable, value);
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    const process = await engineProcess();
    opened.push(async () => {
      await process.runtime.stop();
      processWide.holdpointProcess = undefined;
      await database().$disconnect();
      processWide.holdpointDatabase = undefined;
      vi.unstubAllEnvs();
    });
    return process;
  };

  it("traces nothing and asks nobody unless it is told of a collector", async () => {
    // Where OpenTelemetry's own default would send it.
    vi.stubEnv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.url);
    const { runtime, traces } = await engine("");
    await receive(runtime);
    expect(traces).toBeNull();
    await runtime.stop();
    expect(collector.bodies).toEqual([]);
  });

  it("sends what is left when it stops", async () => {
    const { runtime, traces } = await engine(`${collector.url}/`);
    await receive(runtime);
    await runtime.stop();
    expect(collector.only("orderReceived").attributes).toMatchObject({ "holdpoint.actor.type": "person" });
    expect(traces).toMatchObject({ sent: 1, dropped: 0 });
  });
});
