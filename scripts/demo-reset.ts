/**
 * `npm run demo:reset`: removes the embedded database and what the demo carrier remembers; the next start begins anew.
 * Never touches a database of DATABASE_URL. One that was not made for the demo is removed only with `--yes`.
 */
import { existsSync, rmSync } from "node:fs";
import {
  carrierStorePath,
  demoBookPath,
  embeddedFolder,
  headNotePath,
  runningEnvironmentPath,
} from "./application";
import { removeCluster, runningCluster } from "./embedded-postgres";
import { dataFolder, readEnvironmentFile } from "./places";
import { Supervisor } from "./supervisor";

async function reset(): Promise<void> {
  readEnvironmentFile();
  if (process.env.DATABASE_URL) {
    throw new Error(
      "DATABASE_URL is set, and this removes the embedded database only. Unset it, or drop yours yourself.",
    );
  }
  const folder = embeddedFolder(dataFolder);
  if (existsSync(folder) && !existsSync(demoBookPath(dataFolder)) && !process.argv.includes("--yes")) {
    throw new Error(
      `The database in ${folder} holds no demo. To remove it all the same: npm run demo:reset -- --yes`,
    );
  }
  const supervisor = await Supervisor.take(dataFolder, console.log);
  try {
    await (await runningCluster(folder))?.stop();
    await removeCluster(folder);
    for (const path of [
      carrierStorePath(dataFolder),
      demoBookPath(dataFolder),
      runningEnvironmentPath(dataFolder),
      headNotePath(dataFolder, process.env),
    ]) {
      rmSync(path, { recursive: true, force: true });
    }
  } finally {
    await supervisor.stop();
  }
  console.log("Removed the demo's database and its carrier's memory. npm start makes new ones.");
}

reset().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
