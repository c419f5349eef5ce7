import { wallClock } from "#lib/clock";
import { openDatabase } from "#lib/db";
import { workflows } from "#lib/domain/workflows/registry";
import { instantAdapters } from "#lib/effects/instant";
import { openRuntime } from "#lib/engine/runtime";
import { workspaceKeys } from "#lib/log/keys";
import { type BenchDatabase, withBenchDatabase } from "./database";
import { addPerson, idleLatency, type MeasureLine, runWorkload, type Stage } from "./workload";

/** The engine alone: effects are confirmed inside the process, at once; every run has a workspace of its own. */
export function engineLine(measure: MeasureLine): Promise<void> {
  return withBenchDatabase((database) =>
    measure({
      run: (name, orders) => onStage(database, name, (stage) => runWorkload(stage, name, orders)),
      idle: (orders) => onStage(database, "idle", (stage) => idleLatency(stage, orders)),
    }),
  );
}

/** Opens the engine alone on a fresh workspace of the bench for as long as `use` wants it; the workspace stays. */
export async function onStage<Result>(
  bench: BenchDatabase,
  workspace: string,
  use: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  await bench.makeWorkspace(workspace);
  const database = openDatabase(bench.databaseUrl, 4);
  const waiting = new Map<string, () => void>();
  const adapters = instantAdapters();
  const runtime = openRuntime({
    database,
    keys: workspaceKeys(workspace, { workspaceKey: Buffer.alloc(32, 1), identityKey: Buffer.alloc(32, 2) }),
    clock: wallClock,
    definitions: workflows,
    adapters: { byName: new Map(adapters.map((adapter) => [adapter.name, adapter])), missing: "" },
    watch(events) {
      for (const { recorded } of events)
        if (recorded.type === "effectConfirmed" && recorded.data.next.some(({ ends }) => ends))
          waiting.get(recorded.stream.slice("order/".length))?.();
    },
  });
  try {
    await runtime.publish();
    return await use({
      runtime,
      database: bench,
      requester: await addPerson(runtime, "requester", "requester"),
      reviewer: await addPerson(runtime, "reviewer", "reviewer"),
      completed: (order) =>
        new Promise((resolve) => {
          waiting.set(order, () => {
            waiting.delete(order);
            resolve();
          });
        }),
    });
  } finally {
    await runtime.stop();
    await database.$disconnect();
  }
}
