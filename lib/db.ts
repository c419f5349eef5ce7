import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { PrismaClient } from "../prisma/client/client";
import { env } from "./env";

/**
 * The database through Prisma, and the pool of connections under it. Screens read with typed queries; the append path
 * hands its one call per batch to the pool itself, because Prisma writes the parameters of a raw query as JSON and reads
 * them back, which for a batch costs more than sending it.
 *
 * One client per process, made when first asked for; tools and tests open their own. `$disconnect` ends the pool too.
 * A query that is answered by silence for `silence_ms_max` fails, and its connection is given up: what it would have
 * written may be there or come to be there.
 */
export type Database = PrismaClient & { readonly pool: Pool };

export function openDatabase(url: string, connections_max = 10, silence_ms_max = 15_000): Database {
  const pool = new Pool({
    connectionString: url,
    max: connections_max,
    query_timeout: silence_ms_max,
    connectionTimeoutMillis: silence_ms_max,
  });
  // An idle connection that breaks is replaced at the next query, which says what is wrong if anything is.
  pool.on("error", () => {});
  const client = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }) });
  return Object.assign(client, { pool });
}

const processWide = globalThis as { holdpointDatabase?: Database };

export function database(): Database {
  processWide.holdpointDatabase ??= openDatabase(env("DATABASE_URL"));
  return processWide.holdpointDatabase;
}
