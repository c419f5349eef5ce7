import { httpCalls } from "#lib/domain/workflow";
import { workflows } from "#lib/domain/workflows/registry";
import type { EffectAdapters } from "#lib/effects/adapter";
import { carrierAdapters } from "#lib/effects/carrier";
import { type HttpConnections, readConnections } from "#lib/effects/connection";
import { connectionsMissing, httpCallAdapters } from "#lib/effects/http-call";
import { type WorkspaceKeys, workspaceKeys } from "#lib/log/keys";
import { wallClock } from "../clock";
import { database } from "../db";
import { env, httpCallConnections, rootKeys } from "../env";
import { type Driver, startDriver, type Tell } from "./driver";
import { HeadGuard } from "./head-guard";
import { openRuntime, type Runtime } from "./runtime";
import type { Traces } from "./traces";

/**
 * The one engine of this process, made from the environment when first asked for and published before anybody gets it.
 *
 * It lives on globalThis: Next bundles instrumentation, routes and actions apart, and two queues would quietly cost group
 * commit. `startProcess` also drives it; a tool that only asks leaves that to the app.
 */
export type Process = {
  runtime: Runtime;
  keys: WorkspaceKeys;
  guard: HeadGuard;
  /** The outside systems of `http.call`, as the installation's file had them when this process began. */
  connections: HttpConnections;
  /** What is sent to a collector; null where none is configured. */
  traces: Traces | null;
  /** Why nothing, or not everything, is sent outside from here at this moment; null when all of it is. */
  readonly effectsMissing: string | null;
};

const processWide = globalThis as {
  holdpointGuard?: HeadGuard;
  holdpointProcess?: Promise<Process>;
  holdpointDriver?: Promise<Driver>;
  holdpointSuperseded?(why: string): void;
};

export function engineProcess(): Promise<Process> {
  processWide.holdpointProcess ??= open().catch((error) => {
    // A database that is not up yet must not decide over the life of the process.
    processWide.holdpointProcess = undefined;
    throw error;
  });
  return processWide.holdpointProcess;
}

/** `end` is called once, when a newer version has taken over the workspace; without it the process stays, and refuses. */
export async function startProcess(tell: Tell, end?: () => void): Promise<Driver> {
  processWide.holdpointSuperseded ??= once((why) => {
    tell({ what: "superseded", why });
    end?.();
  });
  processWide.holdpointDriver ??= engineProcess()
    .then(({ runtime, guard }) => {
      guard.watch(({ sends, why }) => tell({ what: sends ? "sending" : "held", why }));
      return startDriver(runtime, env("DATABASE_URL"), tell);
    })
    .catch((error) => {
      processWide.holdpointDriver = undefined;
      throw error;
    });
  return processWide.holdpointDriver;
}

/** What drives this process; null while it has not come up, and where nothing has started it. */
export function processDriver(): Promise<Driver> | null {
  return processWide.holdpointDriver ?? null;
}

/** Why this process holds effects back; null when it does not, or has not come up yet. */
export function effectsHeld(): string | null {
  return processWide.holdpointGuard?.held ?? null;
}

async function open(): Promise<Process> {
  const keys = workspaceKeys(env("HOLDPOINT_WORKSPACE"), rootKeys());
  const guard = new HeadGuard(database(), keys.workspace, env("HOLDPOINT_HEAD_FILE") ?? null);
  await guard.look();
  const connections = readConnections(httpCallConnections(), { demo: env("HOLDPOINT_DEMO") === "1" });
  const adapters = adaptersFromEnvironment(connections);
  const traces = await tracesFromEnvironment(keys.workspace);
  const runtime = openRuntime({
    database: database(),
    keys,
    clock: wallClock,
    adapters,
    definitions: workflows,
    held: () => guard.held,
    watch: traces?.watch,
    superseded: (why) => processWide.holdpointSuperseded?.(why),
  });
  await runtime.publish();
  guard.keep();
  processWide.holdpointGuard = guard;
  return {
    runtime: {
      ...runtime,
      async stop() {
        await runtime.stop();
        await guard.stop();
        await traces?.stop();
      },
    },
    keys,
    guard,
    connections,
    traces,
    get effectsMissing() {
      return guard.held ?? (adapters.byName.size > 0 ? null : adapters.missing);
    },
  };
}

function once(tell: (why: string) => void): (why: string) => void {
  let told = false;
  return (why) => {
    if (!told) tell(why);
    told = true;
  };
}

/** Without a collector nothing is traced, and what it takes to do so is not even loaded. */
async function tracesFromEnvironment(workspace: string): Promise<Traces | null> {
  const endpoint = env("OTEL_EXPORTER_OTLP_ENDPOINT");
  if (!endpoint) return null;
  const [{ Traces }, { openTraceExporter }] = await Promise.all([
    import("./traces"),
    import("./trace-exporter"),
  ]);
  const exporter = openTraceExporter(endpoint, workspace);
  return new Traces({ database: database(), workspace, clock: wallClock, exporter });
}

function adaptersFromEnvironment(connections: HttpConnections): EffectAdapters {
  const url = env("CARRIER_URL");
  const calls = httpCalls(workflows);
  const adapters = [
    ...(url ? carrierAdapters({ url, mode: env("CARRIER_MODE") }) : []),
    ...httpCallAdapters({ calls, connections, now: () => wallClock.now() }),
  ];
  const missing = [
    url
      ? null
      : "CARRIER_URL is not set, so nothing is sent to a carrier: effects stay INTENDED until it is.",
    connectionsMissing({ calls, connections }),
  ];
  return {
    byName: new Map(adapters.map((adapter) => [adapter.name, adapter])),
    missing: missing.filter((sentence) => sentence !== null).join(" "),
  };
}
