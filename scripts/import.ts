/**
 * `npm run import`: orders from a CSV file, by the same door as all others. This process only hands them in: what follows
 * (dispatch, clocks) is done by the running console, or by the next one that runs.
 */
import { resolve } from "node:path";
import { wallClock } from "#lib/clock";
import { openDatabase } from "#lib/db";
import { workflowReference } from "#lib/domain/workflow";
import { workflows } from "#lib/domain/workflows/registry";
import { openRuntime, type Runtime } from "#lib/engine/runtime";
import { env, rootKeys } from "#lib/env";
import { workspaceKeys } from "#lib/log/keys";
import { Backlog } from "./import/backlog";
import { type CommandLine, readCommandLine } from "./import/command-line";
import { openCsv } from "./import/csv";
import { readMapping } from "./import/mapping";
import { checkHeader, surveyOf } from "./import/orders";
import { RefusalsFile } from "./import/refusals";
import { Progress, summaryOf } from "./import/report";
import { type Counts, importOrders } from "./import/run";
import { withInstallation } from "./installation";

async function main(): Promise<void> {
  const given = readCommandLine(process.argv.slice(2));
  const mapping = readMapping(given.map);
  if (given.mode === "past" && !mapping.columns.orderedOn)
    throw new Error(`--past needs the orders' own dates: the mapping ${given.map} has no column orderedOn.`);
  if (!workflows.some((definition) => workflowReference(definition) === given.workflow))
    throw new Error(
      `There is no workflow ${given.workflow}. There is: ${workflows.map(workflowReference).join(", ")}.`,
    );
  if (resolve(given.refusals) === resolve(given.file))
    throw new Error(
      `The refusals cannot go into ${given.file} while it is read. Name another file with --refusals.`,
    );
  const file = await openCsv(given.file, mapping);
  checkHeader(given.file, file.header, mapping);
  const { rows, split } = await surveyOf(file, mapping);

  await withInstallation(() =>
    withRuntime(async (runtime, database) => {
      await demandPerson(runtime, given.requestedBy);
      const stopping = new AbortController();
      const stop = () => stopping.abort();
      for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, stop);
      const refusals = new RefusalsFile(given.refusals, file.header, mapping);
      const progress = new Progress(rows, process.stderr);
      let latest: Counts | undefined;
      const waiting_max = env("INTAKE_BACKLOG_MAX");
      const backlog = new Backlog(database, runtime.engine.workspace, waiting_max, (waiting) => {
        if (latest)
          progress.wait(`${waiting} orders wait to be dispatched, INTAKE_BACKLOG_MAX=${waiting_max}`, latest);
      });
      try {
        const counts = await importOrders({
          engine: runtime.engine,
          file,
          reading: { ...readingOf(given), mapping, now: wallClock.now() },
          split,
          concurrency: given.concurrency,
          room: async (signal, underWay) => {
            if (given.mode === "live") await backlog.room(signal, underWay);
          },
          refuse: (refusal) => refusals.write(refusal),
          progress: (counts) => {
            latest = counts;
            progress.update(counts);
          },
          signal: stopping.signal,
        });
        progress.done();
        console.log(summaryOf(given.file, rows, counts, progress.elapsed_s, given.refusals));
        if (counts.rows === rows) process.exitCode = 0;
      } catch (error) {
        progress.done();
        throw new Error(
          `${(error as Error).message}\nThe import stopped. What was received is received; run the same command again for the rest.`,
        );
      } finally {
        refusals.close();
      }
    }),
  );
}

function readingOf({ mode, source, workflow, requestedBy }: CommandLine) {
  return { mode, source, workflow, requestedBy };
}

async function withRuntime(
  use: (runtime: Runtime, database: ReturnType<typeof openDatabase>) => Promise<void>,
): Promise<void> {
  const database = openDatabase(env("DATABASE_URL"));
  try {
    const runtime = openRuntime({
      database,
      keys: workspaceKeys(env("HOLDPOINT_WORKSPACE"), rootKeys()),
      clock: wallClock,
      adapters: { byName: new Map(), missing: "An import dispatches nothing itself." },
      definitions: workflows,
    });
    await runtime.publish();
    await use(runtime, database);
    await runtime.stop();
  } finally {
    await database.$disconnect();
  }
}

async function demandPerson({ engine }: Runtime, id: string): Promise<void> {
  const held = await engine.streams.acquire(`person/${id}`);
  engine.streams.release(held);
  if (held.current.version === 0)
    throw new Error(
      `There is no person ${id} in workspace ${engine.workspace}. npm run people -- add makes one.`,
    );
}

// Whatever ends this process before the last row was answered for, it was no success.
process.exitCode = 1;
main().catch((error: Error) => console.error(error.message));
