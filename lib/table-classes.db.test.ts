import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withClient } from "#scripts/embedded-postgres";
import { type TestDatabase, testDatabase } from "#scripts/testing/database";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const query = (text: string, values: unknown[] = [], url = database.superuserUrl) =>
  withClient(url, async (client) => (await client.query(text, values)).rows);

/** What each table is, and so what becomes of it: kept for ever, made anew by rebuild, or backed up by itself. */
const classes: Record<string, "log" | "opinion" | "operational"> = {
  event: "log",
  workspace_head: "opinion",
  stream_head: "opinion",
  command: "opinion",
  orders: "opinion",
  task: "opinion",
  timer: "opinion",
  effect: "opinion",
  person: "opinion",
  api_key: "opinion",
  subject_key: "operational",
  credential: "operational",
  session: "operational",
  api_key_secret: "operational",
  rate_limit: "operational",
  claim_lease: "operational",
  attachment: "operational",
  saved_view: "operational",
};

const projections = ["orders", "task", "timer", "effect", "person", "api_key"];

test("every table says in its comment which class it is of, and what that asks for", async () => {
  const rows = await query(
    `SELECT relname AS name, obj_description(oid) AS comment FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_prisma_migrations'`,
  );
  const said = rows.map(({ name, comment }) => [
    name,
    /^class: (log|opinion|operational)\. ./.exec(comment ?? "")?.[1],
  ]);
  expect(Object.fromEntries(said)).toEqual(classes);
});

test("every key of a tenant's table begins with the workspace", async () => {
  const rows = await query(
    `SELECT c.relname AS name, i.indexrelid::regclass::text AS index,
       (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = i.indkey[0]) AS first
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND i.indisunique`,
  );
  // Whoever signs in or calls has a secret before anybody knows the workspace; limits are of the whole installation.
  const global = ["_prisma_migrations", "session_pkey", "api_key_secret_secret_hash_key", "rate_limit_pkey"];
  const other = rows.filter(
    ({ name, index, first }) => first !== "workspace" && !global.includes(index) && !global.includes(name),
  );
  expect(other).toEqual([]);
});

test("a projection's key begins with workspace and generation, or a rebuild could not stand beside it", async () => {
  const rows = await query(
    `SELECT c.relname AS name, (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = i.indkey[1]) AS second
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE c.relname = ANY ($1) AND i.indisprimary`,
    [projections],
  );
  expect(rows.map(({ name, second }) => [name, second]).sort()).toEqual(
    projections.map((name) => [name, "generation"]).sort(),
  );
});

const everything = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"];
const read = ["SELECT"];
const readAdd = ["SELECT", "INSERT"];
const readAddChange = ["SELECT", "INSERT", "UPDATE"];
const all = ["SELECT", "INSERT", "UPDATE", "DELETE"];

/** Exactly what each role may do with each table and view. */
const privileges: Record<string, Record<string, string[]>> = {
  // Reads everything the console shows and writes credentials and sessions; into the log only by append().
  holdpoint_app: {
    // To say whether the database is this version's.
    _prisma_migrations: read,
    event: read,
    event_view: read,
    workspace_head: read,
    stream_head: read,
    command: read,
    subject_key: read,
    ...Object.fromEntries(projections.map((name) => [name, read])),
    credential: all,
    session: all,
    api_key_secret: all,
    rate_limit: all,
    claim_lease: all,
    saved_view: all,
    attachment: readAdd,
  },
  // Whose rights append() has. Nobody can log in as it.
  holdpoint_append: {
    event: readAdd,
    command: readAdd,
    subject_key: readAdd,
    workspace_head: ["SELECT", "UPDATE"],
    stream_head: readAddChange,
    orders: readAddChange,
    effect: readAddChange,
    person: readAddChange,
    api_key: readAddChange,
    task: all,
    timer: all,
  },
  holdpoint_report: { event_view: read },
  holdpoint_owner: Object.fromEntries(
    [...Object.keys(classes), "event_view", "_prisma_migrations"].map((name) => [name, everything]),
  ),
};

test.each(Object.keys(privileges))("%s may do exactly this", async (role) => {
  const rows = await query(
    `SELECT c.relname AS name, array_agg(p.privilege) AS held
     FROM pg_class c CROSS JOIN unnest($2::text[]) AS p(privilege)
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
       AND has_table_privilege($1, c.oid, p.privilege)
     GROUP BY c.relname`,
    [role, everything],
  );
  const held = Object.fromEntries(rows.map(({ name, held }) => [name, held.sort()]));
  const expected = Object.entries(privileges[role]!).map(([name, list]) => [name, [...list].sort()]);
  expect(held).toEqual(Object.fromEntries(expected));
});

test("beyond whole tables, the app may only move the claims of what is due", async () => {
  const rows = await query(
    `SELECT c.relname AS name, a.attname AS column, x.privilege_type AS privilege, x.grantee::regrole::text AS role
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) x
     WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.relname`,
  );
  expect(rows).toEqual([
    { name: "effect", column: "claimed_until", privilege: "UPDATE", role: "holdpoint_app" },
    { name: "timer", column: "claimed_until", privilege: "UPDATE", role: "holdpoint_app" },
  ]);
});

test("functions: the app may execute append() and nothing else; append() has the appender's rights", async () => {
  const rows = await query(
    `SELECT proname AS name, proowner::regrole::text AS owner, prosecdef AS definer,
       ARRAY(SELECT role FROM unnest(ARRAY['holdpoint_app', 'holdpoint_append', 'holdpoint_report']) AS role
         WHERE has_function_privilege(role, oid, 'EXECUTE')) AS may
     FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname`,
  );
  expect(rows).toEqual([
    { name: "append", owner: "holdpoint_append", definer: true, may: ["holdpoint_app", "holdpoint_append"] },
    { name: "event_is_append_only", owner: "holdpoint_owner", definer: false, may: [] },
    { name: "holdpoint_apply_grants", owner: "holdpoint_owner", definer: false, may: [] },
    { name: "holdpoint_refuse", owner: "holdpoint_owner", definer: false, may: ["holdpoint_append"] },
    { name: "holdpoint_refuse_body", owner: "holdpoint_owner", definer: false, may: ["holdpoint_append"] },
    { name: "project", owner: "holdpoint_owner", definer: false, may: ["holdpoint_append"] },
  ]);
});

test("roles: nobody logs in as the appender or is it without being the owner, and none of them is a superuser", async () => {
  const rows = await query(
    `SELECT rolname AS name, rolcanlogin AS login, rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication AS mighty,
       ARRAY(SELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member = r.oid) AS is
     FROM pg_roles r WHERE rolname LIKE 'holdpoint%' ORDER BY rolname`,
  );
  expect(rows).toEqual([
    { name: "holdpoint_app", login: true, mighty: false, is: [] },
    { name: "holdpoint_append", login: false, mighty: false, is: [] },
    { name: "holdpoint_owner", login: true, mighty: false, is: ["holdpoint_append"] },
    { name: "holdpoint_report", login: false, mighty: false, is: [] },
  ]);
});

test.each([
  ["INSERT INTO event (workspace) VALUES ('main')", "permission denied for table event"],
  ["UPDATE event SET actor = 'somebody'", "permission denied for table event"],
  ["DELETE FROM event", "permission denied for table event"],
  ["UPDATE orders SET status = 'completed'", "permission denied for table orders"],
  ["UPDATE timer SET due_at = now()", "permission denied for table timer"],
  ["INSERT INTO workspace_head VALUES ('other')", "permission denied for table workspace_head"],
  ["SELECT project('main', 1, '{}', '{}')", "permission denied for function project"],
  ["CREATE TABLE mine ()", "permission denied for schema public"],
  ["SET ROLE holdpoint_append", 'permission denied to set role "holdpoint_append"'],
])("the app is refused: %s", async (text, refusal) => {
  await expect(query(text, [], database.databaseUrl)).rejects.toThrow(refusal);
});

test.each(["UPDATE event SET actor = 'somebody'", "DELETE FROM event", "TRUNCATE event"])(
  "the second guard refuses the owner too: %s",
  async (text) => {
    await withClient(database.databaseOwnerUrl, async (client) => {
      await client.query("BEGIN");
      await client.query(
        `INSERT INTO event (workspace, pos, stream, version, body, type, actor, occurred_at, recorded_at)
         VALUES ('main', 0, 'order/1', 1, '{}', 'x', 'y', now(), now())`,
      );
      await expect(client.query(text)).rejects.toThrow("the event log is append-only");
      await client.query("ROLLBACK");
    });
  },
);

/** Prisma's types as the database has them, for those this schema uses. */
const nativeTypes: Record<string, string> = {
  String: "text",
  Int: "integer",
  BigInt: "bigint",
  Boolean: "boolean",
  Bytes: "bytea",
  "DateTime @db.Timestamptz(3)": "timestamp(3) with time zone",
  "DateTime @db.Date": "date",
  "String @db.VarChar(255)": "character varying(255)",
};

test("schema.prisma says of every column what the tables have", async () => {
  const rows = await query(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS optional
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations'
       AND a.attnum > 0 AND NOT a.attisdropped`,
  );
  const real = rows.map(
    ({ table, column, type, optional }) => `${table}.${column} ${type}${optional ? " or null" : ""}`,
  );
  const schema = readFileSync(new URL("../prisma/schema.prisma", import.meta.url), "utf8");
  expect(declared(schema).sort()).toEqual(real.sort());
});

test("schema.prisma names the key of every table", async () => {
  const rows = await query(
    `SELECT c.relname AS table, ARRAY(
         SELECT a.attname FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k(attnum, n)
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum ORDER BY k.n)::text[] AS columns
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace AND c.relname <> '_prisma_migrations'`,
  );
  const schema = readFileSync(new URL("../prisma/schema.prisma", import.meta.url), "utf8");
  const keys = models(schema).map(({ table, columns, lines }) => {
    const compound = lines.map((line) => /^@@id\(\[(.+)\]\)/.exec(line)?.[1]).find(Boolean);
    const single = columns.find(({ attributes }) => /(^|\s)@id\b/.test(attributes));
    const fields = compound ? compound.split(",").map((field) => field.trim()) : [single?.field];
    return [table, fields.map((field) => columns.find((column) => column.field === field)?.name)];
  });
  expect(Object.fromEntries(keys)).toEqual(
    Object.fromEntries(rows.map(({ table, columns }) => [table, columns])),
  );
});

function declared(schema: string): string[] {
  return models(schema).flatMap(({ table, columns }) =>
    columns.map(({ name, type, many, optional, attributes }) => {
      const native = nativeTypes[[type, /@db\.\S+/.exec(attributes)?.[0]].filter(Boolean).join(" ")] ?? type;
      return `${table}.${name} ${native}${many ? "[]" : ""}${optional ? " or null" : ""}`;
    }),
  );
}

function models(schema: string) {
  return [...schema.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)].map(([, text]) => {
    const lines = text!
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line && !line.startsWith("//"));
    const columns = lines
      .filter((line) => !line.startsWith("@@"))
      .map((line) => {
        const [, field, type, suffix, attributes] = /^(\w+)\s+(\w+)(\[\]|\?)?\s*(.*)$/.exec(line)!;
        const name = /@map\("(\w+)"\)/.exec(attributes!)?.[1] ?? field!;
        return {
          field: field!,
          name,
          type: type!,
          many: suffix === "[]",
          optional: suffix === "?",
          attributes: attributes!,
        };
      });
    return { table: lines.map((line) => /^@@map\("(\w+)"\)/.exec(line)?.[1]).find(Boolean)!, columns, lines };
  });
}
