/**
 * One throwaway PostgreSQL for a run of the database tests, with a migrated template that each test file clones.
 * A run that was killed leaves its server behind; the next run finds it by the mark of the process that made it.
 */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import {
  type Cluster,
  ensureDatabase,
  removeCluster,
  runningCluster,
  startCluster,
} from "../embedded-postgres";
import { migrate } from "../migrations";
import { type ProcessMark, processMark, stillRuns } from "../processes";

declare module "vitest" {
  interface ProvidedContext {
    /** Addresses on the throwaway server. Both databases exist; neither may be written to by a test. */
    cluster: { superuserUrl: string; databaseUrl: string; databaseOwnerUrl: string; template: string };
  }
}

export type ThrowawayCluster = Cluster & {
  /** Stops the server and deletes all it had. */
  discard(): Promise<void>;
};

const TEMPLATE = "holdpoint_template";
const FOLDER_PREFIX = "holdpoint-throwaway-";

/** Vitest's global set-up for the database project; returns its teardown. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startThrowawayCluster({ max_connections: "200" });
  try {
    const { databaseUrl, databaseOwnerUrl } = await ensureDatabase(cluster, TEMPLATE);
    await migrate(databaseOwnerUrl);
    const superuserUrl = cluster.superuserUrl("postgres");
    project.provide("cluster", { superuserUrl, databaseUrl, databaseOwnerUrl, template: TEMPLATE });
  } catch (error) {
    await cluster.discard();
    throw error;
  }
  return () => cluster.discard();
}

/** Starts a server in the system's temporary folder for as long as this process wants it. */
export async function startThrowawayCluster(
  settings: Record<string, string> = {},
  fsync = false,
): Promise<ThrowawayCluster> {
  await discardAbandoned();
  const folder = mkdtempSync(join(tmpdir(), FOLDER_PREFIX));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "maker.json"), JSON.stringify(processMark(process.pid)));
  const dataDirectory = join(folder, "postgres");
  try {
    const cluster = await startCluster({ dataDirectory, fsync, settings });
    return { ...cluster, discard: () => discard(folder, cluster) };
  } catch (error) {
    await removeCluster(dataDirectory);
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function discard(folder: string, cluster: Cluster | undefined): Promise<void> {
  await cluster?.stop("immediate");
  await removeCluster(join(folder, "postgres"));
  rmSync(folder, { recursive: true, force: true });
}

async function discardAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDER_PREFIX))) {
    const folder = join(tmpdir(), name);
    const maker = join(folder, "maker.json");
    // Without a mark it is one that is being made at this moment.
    if (!existsSync(maker)) continue;
    const mark: ProcessMark = JSON.parse(readFileSync(maker, "utf8"));
    if (!stillRuns(mark)) await discard(folder, await runningCluster(join(folder, "postgres")));
  }
}
