import pg from "pg";
import { type Database, openDatabase } from "#lib/db";
import { FaultProxy } from "../testing/fault-proxy";

/** Where simulations take place, one after the other: a database with all migrations and two faulty ways into it. */
export type Stage = {
  databaseUrl: string;
  databaseOwnerUrl: string;
  ways: readonly Way[];
  /** Past the proxies, as the runtime role. */
  log: pg.Client;
  owner: pg.Client;
  close(): Promise<void>;
};

/** One process's way to the database. */
export type Way = { name: string; proxy: FaultProxy; database: Database };

const connections_max = 4;

export async function openStage(urls: { databaseUrl: string; databaseOwnerUrl: string }): Promise<Stage> {
  const ways = await Promise.all(["a", "b"].map((name) => openWay(name, urls.databaseUrl)));
  const [log, owner] = await Promise.all([connected(urls.databaseUrl), connected(urls.databaseOwnerUrl)]);
  return {
    ...urls,
    ways,
    log: log!,
    owner: owner!,
    async close() {
      await Promise.all([log!.end(), owner!.end()]);
      for (const { database, proxy } of ways) {
        await database.$disconnect();
        await proxy.close();
      }
    },
  };
}

async function openWay(name: string, databaseUrl: string): Promise<Way> {
  const proxy = await FaultProxy.open(databaseUrl);
  const database = openDatabase(proxy.through(databaseUrl), connections_max);
  await database.$queryRawUnsafe("SELECT 1");
  return { name, proxy, database };
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  return client;
}
