/** Databases for tests: a fresh one per test file, cloned from the migrated template in some milliseconds. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { createDatabase, withClient } from "../embedded-postgres";

export type TestDatabase = {
  /** As the runtime role, which may execute append() and read. */
  databaseUrl: string;
  /** As the role that owns the tables. */
  databaseOwnerUrl: string;
  /** As the superuser: for tampering, and for looking at the server itself. */
  superuserUrl: string;
  /** Ends every connection to the database and removes it. */
  drop(): Promise<void>;
};

/** Makes a database with all migrations applied. */
export async function testDatabase(): Promise<TestDatabase> {
  return makeDatabase(inject("cluster").template);
}

/** Makes a database with the roles and nothing else. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return makeDatabase(undefined);
}

async function makeDatabase(template: string | undefined): Promise<TestDatabase> {
  const { superuserUrl, databaseUrl, databaseOwnerUrl } = inject("cluster");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await withClient(superuserUrl, (client) => createDatabase(client, name, template));
  return {
    databaseUrl: onDatabase(databaseUrl, name),
    databaseOwnerUrl: onDatabase(databaseOwnerUrl, name),
    superuserUrl: onDatabase(superuserUrl, name),
    drop: () =>
      withClient(superuserUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
      }),
  };
}

function onDatabase(url: string, name: string): string {
  const moved = new URL(url);
  moved.pathname = `/${name}`;
  return moved.href;
}
