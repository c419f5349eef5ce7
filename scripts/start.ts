/**
 * `npm start`: everything Holdpoint needs, on this machine. `--demo` plays the demo orders also into a database that
 * has events or is not ours; HOLDPOINT_DEMO=1 does the same, HOLDPOINT_DEMO=0 leaves the demo out.
 */
import { startApplication } from "./application";
import { dataFolder, readEnvironmentFile } from "./places";
import { Supervisor } from "./supervisor";

const report = (line: string) => console.log(line);
// Whoever read our output may go before us; stopping in order matters more than being read.
process.stdout.on("error", () => {});

function demoWanted(): "no" | "onceEmpty" | "always" {
  if (process.argv.includes("--demo") || process.env.HOLDPOINT_DEMO === "1") return "always";
  return process.env.DATABASE_URL || process.env.HOLDPOINT_DEMO === "0" ? "no" : "onceEmpty";
}

/** Resolves at a signal, and when the npm that started us is gone: it is not followed by its children when it is ended. */
function untilToldToStop(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => resolve());
    setInterval(() => process.ppid !== parent && resolve(), 500).unref();
  });
}

async function main(): Promise<number> {
  readEnvironmentFile();
  const port = Number(process.env.PORT || 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`PORT=${process.env.PORT} is no port.`);
  const supervisor = await Supervisor.take(dataFolder, report);
  const signalled = untilToldToStop();
  const stopOnSignal = signalled.then(() => {
    report("");
    return supervisor.stop(report);
  });
  try {
    const options = { dataFolder, port, fsync: true, demo: demoWanted(), environment: process.env, report };
    const { url, signIns } = await startApplication(supervisor, options);
    report(`\nHoldpoint runs on ${url}\n${signIns ? `\n${signIns}\n` : ""}\nCtrl-C stops it.\n`);
    const failure = await Promise.race([supervisor.failed, signalled]);
    if (failure && !supervisor.stopping) throw new Error(failure);
    await stopOnSignal;
    return 0;
  } catch (error) {
    const wasStopping = supervisor.stopping;
    await supervisor.stop(report);
    if (wasStopping) return 0;
    throw error;
  }
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(`\n${error.message}`);
    process.exit(1);
  },
);
