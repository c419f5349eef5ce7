import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "#lib/db";
import { withClient } from "#scripts/embedded-postgres";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { databaseHealth, newestMigration, readiness } from "./health";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

test("health says what holds the log append-only, and when the database is away", async () => {
  expect(await databaseHealth(workspace.database)).toEqual({
    database: "reachable",
    appendOnly: "grants and trigger",
  });
  const owner = openDatabase(workspace.urls.databaseOwnerUrl);
  expect(await databaseHealth(owner)).toEqual({ database: "reachable", appendOnly: "trigger alone" });
  await owner.$disconnect();
  const away = openDatabase("postgresql://nobody:x@127.0.0.1:1/none");
  expect(await databaseHealth(away)).toEqual({ database: "unreachable" });
  await away.$disconnect();
});

test("ready is a database that is there, migrated to this version and has the workspace; else it says what to do", async () => {
  expect(await readiness(workspace.database, workspace.name)).toEqual({
    ready: true,
    generation: 1,
    writable: true,
  });
  expect(await readiness(workspace.database, "other")).toEqual({
    ready: false,
    why: "There is no workspace other in this database: npm start makes it.",
  });
  const away = openDatabase("postgresql://nobody:x@127.0.0.1:1/none");
  expect(await readiness(away, workspace.name)).toMatchObject({ why: "The database cannot be reached." });
  await away.$disconnect();

  // An older version migrated it.
  const owned = (text: string) =>
    withClient(workspace.urls.databaseOwnerUrl, (client) => client.query(text, [newestMigration]));
  const notMigrated = { ready: false, why: "The database is not migrated to this version: npm run migrate." };
  await owned("DELETE FROM _prisma_migrations WHERE migration_name = $1");
  expect(await readiness(workspace.database, workspace.name)).toEqual(notMigrated);

  // Nobody has.
  const empty = openDatabase(workspace.urls.superuserUrl.replace(/\/[^/]*$/, "/postgres"));
  expect(await readiness(empty, workspace.name)).toEqual(notMigrated);
  await empty.$disconnect();
});

test("where another tool migrated it, so that the runtime role cannot read how far, append() has to do", async () => {
  await withClient(workspace.urls.databaseOwnerUrl, (client) =>
    client.query("REVOKE SELECT ON _prisma_migrations FROM holdpoint_app"),
  );
  expect(await readiness(workspace.database, workspace.name)).toMatchObject({ ready: true });
});

test("the newest migration that is waited for is the newest there is", () => {
  const folders = readdirSync(join(import.meta.dirname, "../../prisma/migrations"), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(newestMigration).toBe(names.sort().at(-1));
});
