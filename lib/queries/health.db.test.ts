import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "#lib/db";
import { withClient } from "#scripts/embedded-postgres";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { databaseHealth, readiness } from "./health";

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
  expect(await readiness(workspace.database, workspace.name)).toEqual({ ready: true, generation: 1 });
  expect(await readiness(workspace.database, "other")).toEqual({
    ready: false,
    why: "There is no workspace other in this database: npm start makes it.",
  });
  const away = openDatabase("postgresql://nobody:x@127.0.0.1:1/none");
  expect(await readiness(away, workspace.name)).toMatchObject({ why: "The database cannot be reached." });
  await away.$disconnect();

  // What the database has is another version's: its write path takes something else.
  await withClient(workspace.urls.superuserUrl, (client) =>
    client.query("ALTER FUNCTION append RENAME TO append_of_another_version"),
  );
  expect(await readiness(workspace.database, workspace.name)).toMatchObject({
    ready: false,
    why: "The database is not migrated to this version: npm run migrate.",
  });
});
