import { randomUUID } from "node:crypto";
import { SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { OrderSpan } from "./order-spans";
import type { TraceExporter } from "./traces";

/**
 * Sends spans to an OpenTelemetry collector (OTLP over HTTP, JSON). `endpoint` is its base address; the path `v1/traces` is
 * added. Headers, time-out and compression are taken by the exporter from the variables OpenTelemetry has for them.
 */
export function openTraceExporter(endpoint: string, workspace: string): TraceExporter {
  const url = `${endpoint.replace(/\/$/, "")}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url });
  const resource = resourceFromAttributes({
    "service.name": "holdpoint",
    "service.instance.id": randomUUID(),
    "holdpoint.workspace": workspace,
  });
  return {
    send: (spans) =>
      new Promise((resolve, reject) => {
        exporter.export(
          spans.map((span) => exported(span, resource)),
          ({ code, error }) =>
            code === succeeded ? resolve() : reject(error ?? new Error("not taken by the collector")),
        );
      }),
    close: () => exporter.shutdown(),
  };
}

/** `ExportResultCode.SUCCESS`. */
const succeeded = 0;

type Exported = Parameters<OTLPTraceExporter["export"]>[0][number];

function exported(span: OrderSpan, resource: Exported["resource"]): Exported {
  const { trace: traceId, id: spanId, parent, startedAt, endedAt } = span;
  const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  return {
    name: span.name,
    kind: span.kind === "client" ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => context,
    parentSpanContext:
      parent === null ? undefined : { traceId, spanId: parent, traceFlags: TraceFlags.SAMPLED },
    startTime: time(Date.parse(startedAt)),
    endTime: time(Date.parse(endedAt)),
    duration: time(Date.parse(endedAt) - Date.parse(startedAt)),
    status: { code: span.failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: span.attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: "holdpoint" },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Seconds and nanoseconds. */
function time(at_ms: number): [number, number] {
  return [Math.floor(at_ms / 1_000), (at_ms % 1_000) * 1_000_000];
}
