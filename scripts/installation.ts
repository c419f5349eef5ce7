/**
 * How a command (`npm run people`, `import`, `verify` …) gets at the installation it is meant for: the server of
 * DATABASE_URL if that is set, otherwise the embedded one, whether or not the console runs beside it.
 */
import { existsSync, readFileSync } from "node:fs";
import { headNotePath, keysPath, runningEnvironmentPath, secretsPath, startEmbedded } from "./application";
import { migrate } from "./migrations";
import { dataFolder, readEnvironmentFile } from "./places";
import { ensureKeys, ensureSecrets, hasEvents } from "./secrets";
import { isTaken } from "./supervisor";

/**
 * Puts the installation's database, keys, secrets and carrier into the environment of this process, as the console
 * has them, and runs `use`. An embedded server that was not running is started for as long as `use` takes, brought to
 * the newest migration and stopped again. What the environment already says is left as it is.
 */
export async function withInstallation<Result>(use: () => Promise<Result>): Promise<Result> {
  readEnvironmentFile();
  const { environment, stop } = process.env.DATABASE_URL ? outside() : await embedded();
  for (const [name, value] of Object.entries(environment)) process.env[name] ||= value;
  try {
    return await use();
  } finally {
    await stop();
  }
}

type Installation = { environment: Record<string, string>; stop(): Promise<void> };

function outside(): Installation {
  // Without a key file of its own the command says which variable is missing, when it comes to need a key.
  const keys = existsSync(keysPath(dataFolder)) && !process.env.HOLDPOINT_WORKSPACE_KEY;
  const environment = {
    ...(keys && { HOLDPOINT_KEYS_FILE: keysPath(dataFolder) }),
    HOLDPOINT_HEAD_FILE: headNotePath(dataFolder, process.env),
  };
  return { environment, stop: async () => {} };
}

async function embedded(): Promise<Installation> {
  const { cluster, databaseUrl, databaseOwnerUrl } = await startEmbedded(dataFolder, true);
  // The console may have been started meanwhile and have taken the server over.
  const stop = async () => {
    if (!cluster.adopted && !isTaken(dataFolder)) await cluster.stop();
  };
  try {
    await migrate(databaseOwnerUrl);
    const environment = {
      ...(isTaken(dataFolder) ? readRunningEnvironment() : {}),
      DATABASE_URL: databaseUrl,
      DATABASE_OWNER_URL: databaseOwnerUrl,
      HOLDPOINT_HEAD_FILE: headNotePath(dataFolder, process.env),
      ...ensureKeys(keysPath(dataFolder), process.env, await hasEvents(databaseOwnerUrl), console.error),
      ...ensureSecrets(secretsPath(dataFolder), process.env),
    };
    return { environment, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readRunningEnvironment(): Record<string, string> {
  const path = runningEnvironmentPath(dataFolder);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}
