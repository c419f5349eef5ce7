import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../prisma/client/client";
import { env } from "./env";

/**
 * The database through Prisma. Screens read with its typed queries; the append path sends one raw call per batch.
 * One client per process, made when first asked for; tools and tests open their own.
 */
export type Database = PrismaClient;

export function openDatabase(url: string, connections_max = 10): Database {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: connections_max }) });
}

const processWide = globalThis as { holdpointDatabase?: Database };

export function database(): Database {
  processWide.holdpointDatabase ??= openDatabase(env("DATABASE_URL"));
  return processWide.holdpointDatabase;
}
