import { ensureDatabase, withClient } from "../embedded-postgres";
import { migrate } from "../migrations";
import { startThrowawayCluster } from "../testing/cluster";
import { ensureWorkspace } from "../workspace";

export type BenchDatabase = {
  /** As the runtime role. */
  databaseUrl: string;
  databaseOwnerUrl: string;
  /** Makes a workspace in real time. */
  makeWorkspace(workspace: string): Promise<void>;
  /** How many events of orders a workspace's log has. */
  orderEvents(workspace: string): Promise<number>;
};

/** Runs `use` on a migrated database of a throwaway cluster with fsync on and the settings `npm start` gives it. */
export async function withBenchDatabase<Result>(
  use: (database: BenchDatabase) => Promise<Result>,
): Promise<Result> {
  const cluster = await startThrowawayCluster({}, true);
  // A server that ends keeps no process waiting for it alive.
  const alive = setInterval(() => {}, 60_000);
  try {
    const { databaseUrl, databaseOwnerUrl } = await ensureDatabase(cluster, "bench");
    await migrate(databaseOwnerUrl);
    return await use({
      databaseUrl,
      databaseOwnerUrl,
      makeWorkspace: async (workspace) => {
        await ensureWorkspace(databaseOwnerUrl, workspace, { played: false });
      },
      orderEvents: (workspace) =>
        withClient(databaseOwnerUrl, async (client) => {
          const { rows } = await client.query(
            `SELECT count(*)::int AS events FROM event WHERE workspace = $1 AND stream LIKE 'order/%'`,
            [workspace],
          );
          return rows[0].events as number;
        }),
    });
  } finally {
    await cluster.discard();
    clearInterval(alive);
  }
}
