/**
 * `npm run sim -- --seeds 5000 --seed 1 [--trace]`: the seeded simulation on a throwaway PostgreSQL. Seeds `--seed` and
 * the following are run one after the other, each in a workspace of its own. Prints what was simulated and which faults
 * fired; with the first broken promise it prints the seed and the step and exits with 1. The same seed happens the same
 * way again: `--seeds 1 --seed <the one that failed> --trace` prints every line of it.
 */
import { parseArgs } from "node:util";
import { ensureDatabase } from "./embedded-postgres";
import { migrate } from "./migrations";
import { Campaign } from "./simulation/campaign";
import { FailedSeed } from "./simulation/simulation";
import { openStage } from "./simulation/stage";
import { startThrowawayCluster } from "./testing/cluster";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    trace: { type: "boolean", default: false },
    "keep-going": { type: "boolean", default: false },
  },
});

// The server is not this process's to wait for: while it stops, nothing else would keep this one here.
const stay = setInterval(() => {}, 1_000);
const cluster = await startThrowawayCluster();
let failed = 0;
try {
  const urls = await ensureDatabase(cluster, "simulation");
  await migrate(urls.databaseOwnerUrl);
  const stage = await openStage(urls);
  const campaign = new Campaign(stage);
  const first = Number(values.seed);
  const begun = performance.now();
  for (let seed = first; seed < first + Number(values.seeds); seed++) {
    try {
      const { trace } = await campaign.run(seed);
      if (values.trace) console.log(trace.join("\n"));
    } catch (error) {
      if (!(error instanceof FailedSeed)) throw error;
      failed++;
      console.error(`${error.message}\n  npm run sim -- --seeds 1 --seed ${error.seed} --trace`);
      if (values.trace) console.error(error.trace.join("\n"));
      if (!values["keep-going"]) break;
    }
  }
  console.log(campaign.summary((performance.now() - begun) / 1_000));
  await stage.close();
} finally {
  await cluster.discard();
}
clearInterval(stay);
process.exit(failed === 0 ? 0 : 1);
