import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withClient } from "./embedded-postgres";
import { migrate } from "./migrations";
import { emptyDatabase, type TestDatabase } from "./testing/database";

const FIRST = "20260101000000_first";
const SECOND = "20260102000000_second";
const FIRST_SQL = `CREATE TABLE parcel (id int PRIMARY KEY);
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN n; RETURN n * 2; END; $$;`;

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await emptyDatabase();
  folder = mkdtempSync(join(tmpdir(), "holdpoint-migrations-"));
  write(FIRST, FIRST_SQL);
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

function write(name: string, text: string) {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "migration.sql"), text);
}

const run = (report?: (line: string) => void) => migrate(database.databaseOwnerUrl, report, folder);

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return withClient(database.databaseOwnerUrl, async (client) => (await client.query(text)).rows);
}

test("applies in order, records what Prisma would, and finds nothing to do the second time", async () => {
  write(SECOND, "ALTER TABLE parcel ADD COLUMN weight int;");
  const lines: string[] = [];
  expect(await run((line) => lines.push(line))).toEqual([FIRST, SECOND]);
  expect(lines).toEqual([`applied ${FIRST}`, `applied ${SECOND}`]);
  expect(await run()).toEqual([]);

  const recorded = await rows(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished, rolled_back_at, logs, applied_steps_count,
       length(id) AS id_length FROM _prisma_migrations ORDER BY started_at`,
  );
  expect(recorded).toEqual([
    {
      migration_name: FIRST,
      checksum: createHash("sha256").update(FIRST_SQL).digest("hex"),
      finished: true,
      rolled_back_at: null,
      logs: null,
      applied_steps_count: 1,
      id_length: 36,
    },
    expect.objectContaining({ migration_name: SECOND, finished: true }),
  ]);
});

test("two at the same time: one applies, the other waits and finds it done", async () => {
  const results = await Promise.all([run(), run()]);
  expect(results.flat()).toEqual([FIRST]);
});

test("refuses a file that was changed after it was applied, naming it", async () => {
  await run();
  write(FIRST, `${FIRST_SQL}\n-- harmless`);
  write(SECOND, "CREATE TABLE never ();");
  await expect(run()).rejects.toThrow(`Migration ${FIRST} was changed after it was applied`);
  expect(await rows("SELECT to_regclass('never') AS found")).toEqual([{ found: null }]);
});

test("refuses a database that is newer than the files", async () => {
  write(SECOND, "SELECT 1;");
  await run();
  rmSync(join(folder, SECOND), { recursive: true });
  await expect(run()).rejects.toThrow(`The database has migration ${SECOND}`);
});

test("a migration that fails leaves nothing behind, and what came before it stays", async () => {
  write(SECOND, "CREATE TABLE half (id int);\nINSERT INTO half VALUES (1);\nSELECT 1 / 0;");
  await expect(run()).rejects.toThrow(`Migration ${SECOND} was not applied: division by zero`);
  expect(
    await rows("SELECT to_regclass('half') AS half, to_regclass('parcel') IS NOT NULL AS parcel"),
  ).toEqual([{ half: null, parcel: true }]);
  expect(await rows("SELECT migration_name FROM _prisma_migrations")).toEqual([{ migration_name: FIRST }]);

  write(SECOND, "CREATE TABLE whole (id int);");
  expect(await run()).toEqual([SECOND]);
});

test("a syntax error is reported with its line", async () => {
  write(SECOND, "SELECT 1;\nSELEC 2;");
  await expect(run()).rejects.toThrow(/syntax error .* \(line 2\)/);
});

test("refuses a file that ends its own transaction", async () => {
  write(SECOND, "CREATE TABLE loose (); COMMIT; BEGIN;");
  await expect(run()).rejects.toThrow("it ends its own transaction");
  expect(await rows("SELECT migration_name FROM _prisma_migrations")).toEqual([{ migration_name: FIRST }]);
});

test("refuses while a migration that failed under Prisma is unsettled", async () => {
  await run();
  await rows("UPDATE _prisma_migrations SET finished_at = NULL");
  await expect(run()).rejects.toThrow(`Migration ${FIRST} was begun by Prisma and failed`);
});

test("puts the grants in place again after every run", async () => {
  write(
    SECOND,
    `CREATE FUNCTION holdpoint_apply_grants() RETURNS void LANGUAGE sql AS 'GRANT SELECT ON parcel TO holdpoint_app'`,
  );
  await run();
  await rows("REVOKE ALL ON parcel FROM holdpoint_app");
  await run();
  expect(await rows("SELECT has_table_privilege('holdpoint_app', 'parcel', 'SELECT') AS granted")).toEqual([
    { granted: true },
  ]);
});
