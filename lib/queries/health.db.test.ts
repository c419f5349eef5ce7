import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "#lib/db";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { databaseHealth } from "./health";

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
