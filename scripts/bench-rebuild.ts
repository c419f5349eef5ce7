/**
 * `npm run bench:rebuild [-- --json] [--orders 12000] [--runs 5]`: events a second when the opinions of a workspace are made
 * anew from its log.
 *
 * The log is that of workload W (scripts/bench/workload.ts), nine events an order, on a throwaway cluster with fsync on. Each
 * run counts all of a rebuild: reading, folding, writing, comparing the heads, and the switch. The figure is the median over
 * the runs; a first one warms up and is left out.
 */
import { parseArgs } from "node:util";
import { rebuildProjections } from "#lib/engine/rebuild";
import { withBenchDatabase } from "./bench/database";
import { onStage } from "./bench/engine-line";
import { median } from "./bench/figures";
import { runWorkload } from "./bench/workload";

const workspace = "log";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    orders: { type: "string", default: "12000" },
    runs: { type: "string", default: "5" },
  },
});

await withBenchDatabase(async (database) => {
  await onStage(database, workspace, (stage) => runWorkload(stage, workspace, Number(values.orders)));
  const rates: number[] = [];
  let events = 0;
  for (let run = 0; run <= Number(values.runs); run++) {
    const rebuilt = await rebuildProjections({ ownerUrl: database.databaseOwnerUrl, workspace });
    events = rebuilt.events;
    if (run > 0) rates.push(rebuilt.events_per_s);
    if (!values.json) console.log(run === 0 ? "warming up" : `run ${run}`, rebuilt.events_per_s, "events/s");
  }
  const result = { events, rebuiltEventsPerSecond: median(rates) };
  console.log(values.json ? JSON.stringify(result) : result);
});
