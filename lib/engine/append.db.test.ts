import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rowsVersion } from "#lib/domain/order-rows";
import { type EventBody, encodeBody, leafOf } from "#lib/log/body";
import { canonicalize } from "#lib/log/canonical";
import { type TestDatabase, testDatabase } from "#scripts/testing/database";

/** The database's own door, knocked on by the role the application runs as, with what no correct writer would send. */
let urls: TestDatabase;
let app: pg.Client;
let owner: pg.Client;
let workspace = "";
let count = 0;

beforeAll(async () => {
  urls = await testDatabase();
  app = new pg.Client({ connectionString: urls.databaseUrl });
  owner = new pg.Client({ connectionString: urls.databaseOwnerUrl });
  await Promise.all([app.connect(), owner.connect()]);
});
afterAll(async () => {
  await Promise.all([app.end(), owner.end()]);
  await urls.drop();
});
beforeEach(async () => {
  workspace = `knocked-${++count}`;
  await owner.query("INSERT INTO workspace_head (workspace) VALUES ($1)", [workspace]);
});
afterEach(async () => {
  const { rows } = await owner.query(
    "SELECT count(*)::int AS events, max(pos)::int AS last FROM event WHERE workspace = $1",
    [workspace],
  );
  const { rows: heads } = await owner.query(
    "SELECT next_pos::int AS next FROM workspace_head WHERE workspace = $1",
    [workspace],
  );
  // Whatever happened: positions are gapless and the head knows the next one.
  expect(rows[0]).toEqual({ events: heads[0].next, last: heads[0].next === 0 ? null : heads[0].next - 1 });
});

const mac = "c".repeat(64);

function body(more: Partial<EventBody> & { version: number }): EventBody {
  const now = new Date().toISOString();
  return {
    v: 1,
    workspace,
    stream: "policy/a",
    prevHash: null,
    salt: "0".repeat(32),
    type: "policyPublished",
    schema: 1,
    occurredAt: now,
    recordedAt: now,
    actor: { type: "system", id: "operator" },
    command: { source: "test", id: `c${more.version}`, mac },
    data: {},
    ...more,
  };
}

type Given = {
  i: number;
  source: string;
  id: string;
  mac: string;
  stream: string;
  base: number;
  count: number;
  opening?: string;
  occurredAt?: string;
  guards?: { stream: string; leaf: string | null }[];
};

const command = (i: number, id: string, base: number, more: Partial<Given> = {}): Given => ({
  i,
  source: "test",
  id,
  mac,
  stream: "policy/a",
  base,
  count: 1,
  ...more,
});

/** The commands as a writer announces them whose bodies are right, but for what the test says of them. */
async function append(
  commands: Given[],
  bodies: string[],
  owners = commands.map(({ i }) => i),
  generation = 1,
  version = rowsVersion,
) {
  const now = new Date().toISOString();
  const said = bodies.map((text) => (text === "{" ? {} : JSON.parse(text)) as Partial<EventBody>);
  const announced = commands.map((each) => {
    const own = said[owners.indexOf(each.i)]!;
    const { source, id } = each;
    return {
      opening: canonicalize({
        actor: { type: "system", id: "operator" },
        command: { source, id, mac: each.mac },
      }),
      occurredAt: own.occurredAt ?? now,
      recordedAt: own.recordedAt ?? now,
      ...each,
    };
  });
  const guards = commands.flatMap((each) => each.guards ?? []);
  const { rows } = await app.query(
    "SELECT append($1, $10, $2, $3, $9, $4, $5, $6, $7, NULL, $8::json[]) AS answer",
    [
      workspace,
      generation,
      JSON.stringify(
        announced.map((each) => ({ ...each, guards: each.guards?.map((guard) => guards.indexOf(guard)) })),
      ),
      owners,
      owners.map(() => "policyPublished"),
      owners.map(() => 1),
      bodies.join("\n"),
      [null, null, null, null, null, null],
      JSON.stringify(guards.map((guard, n) => ({ n, ...guard }))),
      version,
    ],
  );
  return rows[0].answer;
}

const first = () => encodeBody(body({ version: 1 }));
const written = async () =>
  (
    await owner.query("SELECT pos::int, stream, version FROM event WHERE workspace = $1 ORDER BY pos", [
      workspace,
    ])
  ).rows;

describe("append() refuses", () => {
  it.each<[string, () => [Given[], string[], number[]?], RegExp]>([
    [
      "a body with another version than the stream's next",
      () => [[command(0, "c2", 0)], [encodeBody(body({ version: 2, prevHash: "a".repeat(64) }))]],
      /version of the body of policy\/a@1 is 2, not 1/,
    ],
    [
      "a body of another workspace",
      () => [[command(0, "c1", 0)], [encodeBody(body({ version: 1, workspace: "elsewhere" }))]],
      /workspace of the body of policy\/a@1 is elsewhere/,
    ],
    [
      "a body of another stream",
      () => [[command(0, "c1", 0)], [encodeBody(body({ version: 1, stream: "policy/b" }))]],
      /stream of the body of policy\/a@1 is policy\/b, not policy\/a/,
    ],
    [
      "a body of another command",
      () => [[command(0, "c1", 0, { mac: "d".repeat(64) })], [first()]],
      /command of the body of policy\/a@1 is/,
    ],
    [
      "a body of another command's id",
      () => [[command(0, "c9", 0)], [first()]],
      /command of the body of policy\/a@1 is/,
    ],
    [
      "a body of another actor than announced",
      () => [
        [command(0, "c1", 0)],
        [encodeBody(body({ version: 1, actor: { type: "system", id: "timer" } }))],
      ],
      /actor of the body of policy\/a@1 is/,
    ],
    [
      "a body of another type than its column",
      () => [[command(0, "c1", 0)], [encodeBody(body({ version: 1, type: "calendarPublished" }))]],
      /type of the body of policy\/a@1 is calendarPublished, not policyPublished/,
    ],
    [
      "a body of another schema than announced",
      () => [[command(0, "c1", 0)], [encodeBody(body({ version: 1, schema: 2 }))]],
      /schema of the body of policy\/a@1 is 2, not 1/,
    ],
    [
      "a body of another time than its column",
      () => [[command(0, "c1", 0, { occurredAt: "2026-01-31T09:30:00.000Z" })], [first()]],
      /occurredAt of the body of policy\/a@1 is/,
    ],
    [
      "a body whose members stand in another order",
      () => {
        const { workspace: _, ...rest } = body({ version: 1 });
        return [[command(0, "c1", 0)], [JSON.stringify({ workspace, ...rest })]];
      },
      /not in canonical form/,
    ],
    [
      "a time more than 5 s before the database's",
      () => [
        [command(0, "c1", 0)],
        [encodeBody(body({ version: 1, recordedAt: new Date(Date.now() - 7_000).toISOString() }))],
      ],
      /more than 5000 ms from the database clock/,
    ],
    [
      "a time more than 5 s after the database's",
      () => [
        [command(0, "c1", 0)],
        [encodeBody(body({ version: 1, recordedAt: new Date(Date.now() + 7_000).toISOString() }))],
      ],
      /more than 5000 ms from the database clock/,
    ],
    [
      "a command without its bodies",
      () => [[command(0, "c1", 0, { count: 2 })], [first()]],
      /number of bodies/,
    ],
    [
      "two commands whose bodies are mixed up",
      () => {
        const one = encodeBody(body({ version: 1, command: { source: "test", id: "c1", mac } }));
        const two = encodeBody(
          body({ version: 2, prevHash: leafOf(one), command: { source: "test", id: "c2", mac } }),
        );
        const three = encodeBody(
          body({ version: 3, prevHash: leafOf(two), command: { source: "test", id: "c1", mac } }),
        );
        return [
          [command(0, "c1", 0, { count: 2 }), command(1, "c2", 2)],
          [one, two, three],
          [0, 1, 0],
        ];
      },
      /stands outside/,
    ],
    ["a body that is no JSON", () => [[command(0, "c1", 0)], ["{"]], /json/],
  ])("%s", async (_, given, problem) => {
    const [commands, bodies, owners] = given();
    await expect(append(commands, bodies, owners)).rejects.toThrow(problem);
    expect(await written()).toEqual([]);
    await append([command(0, "c1", 0)], [first()]);
    expect(await written()).toHaveLength(1);
  });

  it("a prevHash that is not the leaf of the version before, or that of another", async () => {
    await append([command(0, "c1", 0)], [first()]);
    const second = (prevHash: string) => body({ version: 2, prevHash });
    for (const prevHash of ["b".repeat(64), "c".repeat(64)])
      await expect(append([command(0, "c2", 1)], [encodeBody(second(prevHash))])).rejects.toThrow(
        /prevHash of the body of policy\/a@2 is/,
      );
    expect(await written()).toHaveLength(1);
  });

  it("a transaction that does not see what it waited for", async () => {
    for (const level of ["REPEATABLE READ", "SERIALIZABLE"]) {
      await app.query(`BEGIN ISOLATION LEVEL ${level}`);
      await expect(append([command(0, "c1", 0)], [first()])).rejects.toThrow(/READ COMMITTED/);
      await app.query("ROLLBACK");
    }
  });

  it("a workspace that is not there", async () => {
    const known = workspace;
    workspace = "nowhere";
    await expect(append([command(0, "c1", 0)], [first()])).rejects.toThrow(/there is no workspace nowhere/);
    workspace = known;
  });
});

describe("the losers of a batch come back as data, and the rest is written", () => {
  const chained = (one: string, version: number, id: string, stream = "policy/a") =>
    encodeBody(body({ version, stream, prevHash: leafOf(one), command: { source: "test", id, mac } }));

  it("a command known before, one on a version that moved on, one whose guard did, and what hangs on them", async () => {
    const one = first();
    await append([command(0, "c1", 0)], [one]);
    const alone = (stream: string, id: string) =>
      encodeBody(body({ version: 1, stream, command: { source: "test", id, mac } }));
    const lost = alone("policy/c", "guarded");
    const answer = await append(
      [
        command(0, "c1", 1),
        command(1, "after-known", 2),
        command(2, "stale", 4, { stream: "policy/b" }),
        command(3, "guarded", 0, {
          stream: "policy/c",
          guards: [{ stream: "policy/a", leaf: leafOf(lost) }],
        }),
        command(4, "hangs-on-it", 1, { stream: "policy/c" }),
        command(5, "good", 0, {
          stream: "policy/d",
          guards: [
            { stream: "policy/a", leaf: leafOf(one) },
            { stream: "policy/none", leaf: null },
          ],
        }),
      ],
      [
        chained(one, 2, "c1"),
        chained(one, 3, "after-known"),
        chained(one, 5, "stale", "policy/b"),
        lost,
        chained(lost, 2, "hangs-on-it", "policy/c"),
        alone("policy/d", "good"),
      ],
    );
    expect(answer.commands.map(({ i, verdict }: { i: number; verdict: string }) => [i, verdict])).toEqual([
      [0, "known"],
      [1, "behind"],
      [2, "conflict"],
      [3, "guard"],
      [4, "behind"],
    ]);
    expect(answer.commands[0]).toMatchObject({ mac, stream: "policy/a", firstVersion: 1, count: 1 });
    expect(answer.firstPos).toBe(1);
    expect(await written()).toEqual([
      { pos: 0, stream: "policy/a", version: 1 },
      { pos: 1, stream: "policy/d", version: 1 },
    ]);
  });

  it("a writer of another generation writes nothing and is told the right one", async () => {
    expect(await append([command(0, "c1", 0)], [first()], [0], 2)).toMatchObject({
      generation: 1,
      commands: [],
    });
    expect(await written()).toEqual([]);
  });

  it("a writer whose rows are of another version writes nothing and is told which are wanted", async () => {
    for (const other of [rowsVersion - 1, rowsVersion + 1])
      expect(await append([command(0, "c1", 0)], [first()], [0], 1, other)).toMatchObject({
        rowsVersion,
        commands: [],
      });
    expect(await written()).toEqual([]);
  });

  it("a second of the same batch goes on from the first", async () => {
    const one = first();
    const answer = await append([command(0, "c1", 0), command(1, "c2", 1)], [one, chained(one, 2, "c2")]);
    expect(answer).toMatchObject({ firstPos: 0, commands: [] });
    expect(await written()).toHaveLength(2);
  });
});

describe("the log cannot be changed", () => {
  beforeEach(async () => {
    await append([command(0, "c1", 0)], [first()]);
  });

  const changes = [
    "UPDATE event SET body = body",
    "DELETE FROM event",
    "TRUNCATE event",
    "INSERT INTO event (workspace, pos, stream, version, body, type, actor, occurred_at, recorded_at) SELECT workspace, pos + 1, stream, version + 1, body, type, actor, occurred_at, recorded_at FROM event",
  ];

  it("by the role the application runs as, which may not even try", async () => {
    const opinions = [
      "stream_head",
      "command",
      "workspace_head",
      "orders",
      "task",
      "effect",
      "person",
      "api_key",
      "timer",
    ];
    for (const change of [
      ...changes,
      ...opinions.map((table) => `DELETE FROM ${table}`),
      ...opinions.map((table) => `UPDATE ${table} SET workspace = workspace`),
      "INSERT INTO subject_key VALUES ('w', 's', '')",
      "ALTER TABLE event DISABLE TRIGGER ALL",
      "SELECT project('w', 1, '{}', '{}')",
      "SET ROLE holdpoint_append",
    ])
      await expect(app.query(change), change).rejects.toThrow(/permission denied|must be owner/);
  });

  it("by the role that owns the tables, because a trigger refuses", async () => {
    for (const change of changes.slice(0, 3))
      await expect(owner.query(change), change).rejects.toThrow(
        /append-only: (UPDATE|DELETE|TRUNCATE) refused/,
      );
    expect(await written()).toHaveLength(1);
  });
});
