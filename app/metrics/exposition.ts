import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Stopped } from "#lib/domain/workspace";
import type { Operations } from "#lib/queries/operations";
import { counted } from "#lib/web/counters";
import type { LaneFigure } from "../operations/lanes";

const processWide = globalThis as { holdpointProcessMetrics?: Registry };

/** This process's own measures: memory, the event loop, collections of garbage. They are gathered from the first time on. */
function processMetrics(): Registry {
  if (!processWide.holdpointProcessMetrics) {
    processWide.holdpointProcessMetrics = new Registry();
    collectDefaultMetrics({ register: processWide.holdpointProcessMetrics });
  }
  return processWide.holdpointProcessMetrics;
}

export const contentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** What this process alone knows. */
export type OfProcess = {
  /** How many streams it could not fold. */
  unreadable: number;
  /** What somebody has switched off for the whole workspace. */
  stopped: Stopped;
  /** How its calls to other systems stand. */
  lanes: readonly LaneFigure[];
  /** How many spans it has sent and dropped; null where no collector is configured. */
  traces: { sent: number; dropped: number } | null;
};

/**
 * The measures as Prometheus reads them. Labels hold the names of measures, effects and states, and nothing else.
 */
export async function exposition(
  measured: Operations,
  { unreadable, stopped, lanes, traces }: OfProcess,
): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `holdpoint_${name}`, help, labelNames, registers: [registry] });
  const age_s = (oldestAt: string | null) =>
    oldestAt === null ? 0 : Math.max(0, (Date.parse(measured.at) - Date.parse(oldestAt)) / 1_000);

  const depth = gauge("depth", "How many wait; counting stops at 100,000", "what");
  const age = gauge("oldest_age_seconds", "Since when the oldest of them waits", "what");
  for (const [name, { count, oldestAt }] of Object.entries(measured.depths)) {
    const what = snake(name);
    depth.set({ what }, count);
    age.set({ what }, age_s(oldestAt));
  }
  const effects = gauge("effects", "Effects that are not done", "effect", "state");
  const effectAge = gauge(
    "effects_oldest_age_seconds",
    "Since when the oldest is in its state",
    "effect",
    "state",
  );
  for (const { effect, state, count, oldestAt } of measured.effects) {
    effects.set({ effect, state }, count);
    effectAge.set({ effect, state }, age_s(oldestAt));
  }
  gauge("backlog", "Effects that wait for a machine").set(measured.backlog.waiting);
  gauge("backlog_max", "The backlog from which on intake answers 429").set(measured.backlog.most);
  gauge(
    "streams_unreadable",
    "Streams this process met and cannot read; commands on them are refused. /operations says which and what to do",
  ).set(unreadable);
  const switchedOff = gauge("switched_off", "1 while somebody has paused dispatch or stopped intake", "part");
  for (const [part, thrown] of Object.entries(stopped)) switchedOff.set({ part }, thrown ? 1 : 0);
  const running = gauge("lane_calls", "Calls this process has under way", "effect");
  const running_max = gauge(
    "lane_calls_max",
    "Calls that may be under way at once in this process",
    "effect",
  );
  const waiting = gauge("lane_calls_waiting", "Calls that wait for their turn in this process", "effect");
  const rate = gauge(
    "lane_calls_per_second_max",
    "Calls that may begin in a second; absent without a bound",
    "effect",
  );
  const standing = gauge(
    "lane_standing",
    "1 for how the calls stand: open, cooling (the outside does not answer and is left alone) or trying (one call finds out)",
    "effect",
    "standing",
  );
  const coolsUntil = gauge(
    "lane_cools_until_timestamp_seconds",
    "When an outside that is left alone is tried again; absent otherwise",
    "effect",
  );
  for (const lane of lanes) {
    const { effect } = lane;
    running.set({ effect }, lane.running);
    running_max.set({ effect }, lane.running_max);
    waiting.set({ effect }, lane.waiting);
    if (lane.perSecond_max !== null) rate.set({ effect }, lane.perSecond_max);
    for (const each of ["open", "cooling", "trying"] as const)
      standing.set({ effect, standing: each }, lane.standing === each ? 1 : 0);
    if (lane.coolsUntil) coolsUntil.set({ effect }, Date.parse(lane.coolsUntil) / 1_000);
  }
  if (traces) {
    const spans = new Counter({
      name: "holdpoint_trace_spans_total",
      help: "Spans this process has sent to the collector, and those it has dropped",
      labelNames: ["outcome"],
      registers: [registry],
    });
    spans.inc({ outcome: "sent" }, traces.sent);
    spans.inc({ outcome: "dropped" }, traces.dropped);
  }
  const refused = new Counter({
    name: "holdpoint_refused_requests_total",
    help: "Anonymous requests this process turned away",
    labelNames: ["kind"],
    registers: [registry],
  });
  for (const [kind, count] of Object.entries(counted())) refused.inc({ kind: snake(kind) }, count);
  return Registry.merge([registry, processMetrics()]).metrics();
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
