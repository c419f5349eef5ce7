import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeBody } from "#lib/log/body";
import { canonicalize } from "#lib/log/canonical";
import { until } from "#scripts/testing/until";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { type AppendCommand, Appender } from "./append";

/** Guards that stand behind each other, or that a second try makes good, so that other tests do not miss them. */
let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await testWorkspace();
});
afterEach(() => workspace.close());

/** A command that writes one event, the first of its stream. */
function one(stream: string, id: string): AppendCommand {
  const now = workspace.clock.now();
  const command = { source: "test", id, mac: "c".repeat(64) };
  const actor = { type: "system", id: "operator" } as const;
  const type = "policyPublished";
  const body = encodeBody({
    ...{ v: 1, workspace: workspace.name, stream, version: 1, prevHash: null, salt: "0".repeat(32) },
    ...{ type, schema: 1, occurredAt: now, recordedAt: now, actor, command, data: {} },
  });
  return {
    ...{ ...command, stream, base: 0, opening: canonicalize({ actor, command }), occurredAt: now },
    ...{ recordedAt: now, events: [{ type, schema: 1, body }], guards: [], subjectKey: null },
  };
}

const noRows = () => Array<null>(6).fill(null);
const write = (...commands: AppendCommand[]) =>
  new Appender(workspace.database, workspace.name).append(commands, noRows);

/** Where the events of a stream stand in the log. */
const placesOf = async (stream: string) =>
  (await workspace.log(stream)).map(({ pos, version }) => [pos, version]);

/** One connection of its own, and what writes through it and nothing else. */
async function writer() {
  const client = new pg.Client({ connectionString: workspace.urls.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const database = Object.create(workspace.database, { pool: { value: client } });
  return { client, pid: rows[0]!.pid, appender: new Appender(database, workspace.name) };
}

it("append() waits for the one before it, and goes on from what that one wrote", async () => {
  const [first, second] = [await writer(), await writer()];
  const next = (await workspace.log()).length;
  await first.client.query("BEGIN");
  const [written] = await first.appender.append([one("policy/first", "first")], noRows);
  const waiting = second.appender.append([one("policy/second", "second")], noRows);
  await until("the second waits for the first", async () => {
    const sql = "SELECT $1::int = ANY (pg_blocking_pids($2::int)) AS waits";
    return (await first.client.query(sql, [first.pid, second.pid])).rows[0].waits;
  });
  await first.client.query("COMMIT");
  expect(written).toEqual({ kind: "written", firstPos: next });
  expect(await waiting).toEqual([{ kind: "written", firstPos: next + 1 }]);
  expect(second.appender.transactions).toBe(1);
  await Promise.all([first.client.end(), second.client.end()]);
});

it("of two commands of one id in one batch one is written, and the other is told so", async () => {
  const verdicts = await write(one("policy/one", "same"), one("policy/other", "same"));
  expect(verdicts).toMatchObject([{ kind: "written" }, { kind: "known", stream: "policy/one" }]);
  expect(await workspace.log("policy/other")).toEqual([]);
});

it("a body that says another version, though everything else in it is right, is refused", async () => {
  const next = (await workspace.log()).length;
  const right = one("policy/one", "one");
  const body = right.events[0]!.body.replace('"version":1,', '"version":2,');
  expect(await write({ ...right, events: [{ ...right.events[0]!, body }] })).toMatchObject([
    { kind: "failed", error: { message: expect.stringMatching(/version .* is 2, not 1/) } },
  ]);
  expect(await write(right)).toMatchObject([{ kind: "written" }]);
  expect(await placesOf("policy/one")).toEqual([[next, 1]]);
});

it("one command at fault gets the error, and the others of its batch are written", async () => {
  const commands = Array.from({ length: 7 }, (_, n) => one(`policy/${n}`, `batch-${n}`));
  // It announces what its body does not say: the database refuses the whole batch for it.
  commands[4]!.events[0]!.schema = 2;
  const written = commands.map((_, n) => n !== 4);
  const verdicts = await write(...commands);
  expect(verdicts.map(({ kind }) => kind)).toEqual(written.map((is) => (is ? "written" : "failed")));
  const streams = (await workspace.log()).map(({ stream }) => stream);
  expect(commands.map(({ stream }) => streams.includes(stream))).toEqual(written);
});

it("a command that could be done again is not, under the id it was done", async () => {
  const order = await workspace.receive();
  const ana = workspace.person("ana");
  const at = { order, step: "manual.review", visit: 1 };
  const claim = () => workspace.ask(ana, { type: "task.claim", ...at }, "claims");
  const release = () => workspace.ask(ana, { type: "task.release", ...at }, randomUUID());
  const first = await claim();
  expect(first).toMatchObject({ rejected: false, repeated: false });
  expect(await release()).toMatchObject({ rejected: false });
  // Nobody holds the task, so that to claim it is possible again: only the id says that it was done.
  expect(await claim()).toMatchObject({ ...first, repeated: true, firstPos: null, events: [] });
  expect((await workspace.log(`order/${order}`)).map(({ type }) => type)).toEqual([
    "orderReceived",
    "policyChecked",
    "taskOpened",
    "taskClaimed",
    "taskReleased",
  ]);
  expect(await workspace.task(order)).toMatchObject({ status: "READY", owner: null });
});

it("who changes the own account is permitted by the very stream that changes, once or twice at once", async () => {
  const [ana, root] = [workspace.person("ana"), workspace.person("root")];
  const own = { type: "person.changePassword", person: "ana" } as const;
  expect(await workspace.ask(ana, own)).toMatchObject({ rejected: false, firstVersion: 2 });
  const both = await Promise.all([workspace.ask(ana, own), workspace.ask(ana, own)]);
  expect(both).toMatchObject([{ rejected: false }, { rejected: false }]);
  expect((await placesOf("person/ana")).map(([, version]) => version)).toEqual([1, 2, 3, 4]);

  const role = { person: "root", role: "admin" } as const;
  await workspace.ask(root, { ...role, type: "person.grant", person: "sam" });
  expect(await workspace.ask(root, { type: "person.revoke", ...role })).toMatchObject({ rejected: false });
  // What the own stream no longer permits is refused.
  expect(await workspace.ask(root, { type: "person.grant", ...role })).toMatchObject({ authority: "role" });
});
