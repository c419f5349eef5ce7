/** One throwaway PostgreSQL for a run of the database tests, with a migrated template that each test file clones. */
import type { TestProject } from "vitest/node";
import { embeddedFolder } from "../application";
import { type Cluster, ensureDatabase, startCluster } from "../embedded-postgres";
import { migrate } from "../migrations";
import { ensurePrismaClient } from "../prisma-client";
import { discardThrowawayFolder, makeThrowawayFolder } from "./throwaway";

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

/** Vitest's global set-up for the database project; returns its teardown. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  ensurePrismaClient();
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
  const folder = await makeThrowawayFolder();
  try {
    const cluster = await startCluster({ dataDirectory: embeddedFolder(folder), fsync, settings });
    return { ...cluster, discard: () => discardThrowawayFolder(folder) };
  } catch (error) {
    await discardThrowawayFolder(folder);
    throw error;
  }
}
