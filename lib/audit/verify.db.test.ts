import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EventBody, encodeBody } from "#lib/log/body";
import { createDatabase, withClient } from "#scripts/embedded-postgres";
import { type ManyStates, manyStates } from "#scripts/testing/many-states";
import { runCommand } from "#scripts/testing/run-command";
import type { Finding } from "./findings";
import { type Verification, verifyWorkspace } from "./verify";

let played: ManyStates;
/** A copy of the played workspace for each test to tamper with. */
let url: string;
let name: string;
let copies = 0;

beforeAll(async () => {
  played = await manyStates();
  await played.database.$disconnect();
});
afterAll(() => played.close());

beforeEach(async () => {
  name = `${new URL(played.urls.databaseUrl).pathname.slice(1)}_${copies++}`;
  await withClient(onDatabase("postgres"), (client) =>
    createDatabase(client, name, new URL(played.urls.databaseUrl).pathname.slice(1)),
  );
  url = onDatabase(name);
});
afterEach(() =>
  withClient(onDatabase("postgres"), async (client) => {
    await client.query(`DROP DATABASE ${client.escapeIdentifier(name)} WITH (FORCE)`);
  }),
);

function onDatabase(database: string): string {
  const moved = new URL(played.urls.superuserUrl);
  moved.pathname = `/${database}`;
  return moved.href;
}

const tamper = (text: string, values: unknown[] = []) =>
  withClient(url, async (client) => {
    await client.query("SET session_replication_role = replica");
    const { rowCount } = await client.query(text, values);
    if (rowCount === 0) throw new Error("nothing was tampered with");
  });
const verify = () => verifyWorkspace({ databaseUrl: url, workspace: "main" });
const order = (kind: keyof ManyStates["orders"]) => `order/${played.orders[kind]}`;

async function eventOf(stream: string, type: string) {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      "SELECT pos::integer, version, body FROM event WHERE stream = $1 AND type = $2 ORDER BY version LIMIT 1",
      [stream, type],
    );
    if (!rows[0]) throw new Error(`${stream} has no ${type}`);
    return rows[0] as { pos: number; version: number; body: Buffer };
  });
}

/** Rewrites an event as a careful forger would: canonical, with a leaf that fits and columns untouched. */
async function forge(stream: string, type: string, change: (body: EventBody) => void) {
  const event = await eventOf(stream, type);
  const body = JSON.parse(event.body.toString("utf8"));
  change(body);
  await tamper("UPDATE event SET body = $2 WHERE pos = $1", [event.pos, Buffer.from(encodeBody(body))]);
  return event;
}

function expectFound(result: Verification, ...findings: Finding[]) {
  for (const finding of findings) expect(result.findings).toContainEqual(finding);
  expect(result.findingsTotal).toBe(result.findings.length);
}

describe("an untouched workspace", () => {
  test("has no finding, and everything was looked at", async () => {
    const progress: [number, number][] = [];
    const result = await verifyWorkspace({
      databaseUrl: url,
      workspace: "main",
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(result.findings).toEqual([]);
    expect(result.findingsTotal).toBe(0);
    expect(result.checks.filter(({ examined }) => examined === 0)).toEqual([]);
    expect(result.lastPos).toBe(result.events - 1);
    expect(result.unreadable).toEqual({ subjects: 0, first: [] });
    expect(result.cannotSee.join(" ")).toContain("cut off");
    expect(progress.at(-1)).toEqual([result.events, result.events]);
  });

  test("can be verified as the runtime role, which may change nothing", async () => {
    const asApp = new URL(played.urls.databaseUrl);
    asApp.pathname = `/${name}`;
    const result = await verifyWorkspace({ databaseUrl: asApp.href, workspace: "main" });
    expect(result.findingsTotal).toBe(0);
  });

  test("a workspace that is not there is an error, not a clean result", async () => {
    await expect(verifyWorkspace({ databaseUrl: url, workspace: "other" })).rejects.toThrow(
      "There is no workspace other",
    );
  });

  test("stops when told to", async () => {
    await expect(
      verifyWorkspace({
        databaseUrl: url,
        workspace: "main",
        signal: AbortSignal.abort(new Error("enough")),
      }),
    ).rejects.toThrow("enough");
  });
});

describe("the log", () => {
  test("a changed byte that breaks the body", async () => {
    const { pos, version } = await eventOf(order("delivered"), "policyChecked");
    await tamper("UPDATE event SET body = overlay(body PLACING '\\x20'::bytea FROM 2) WHERE pos = $1", [pos]);
    expectFound(await verify(), {
      pos,
      stream: order("delivered"),
      version,
      what: "The body cannot be read: body is not JSON in UTF-8.",
      member: "body",
    });
  });

  test("a changed byte that leaves the body readable breaks the chain and the hash of the input", async () => {
    const { pos, version } = await eventOf(order("delivered"), "effectIntended");
    await tamper(
      `UPDATE event SET body = convert_to(replace(convert_from(body, 'UTF8'), '"amount":150000', '"amount":150001'), 'UTF8')
       WHERE pos = $1`,
      [pos],
    );
    expectFound(
      await verify(),
      {
        pos,
        stream: order("delivered"),
        version,
        what: "inputHash is not the hash of the input and its envelopes.",
        member: "data.inputHash",
      },
      {
        pos: pos + 1,
        stream: order("delivered"),
        version: version + 1,
        what: `prevHash is not the leaf of version ${version}: that event or this one was changed.`,
        member: "prevHash",
      },
    );
  });

  test("a body that is not canonical, or has a member nobody knows", async () => {
    const { pos, version } = await eventOf(order("past"), "policyChecked");
    await tamper(
      `UPDATE event SET body = convert_to(replace(convert_from(body, 'UTF8'), '{"actor"', '{"aside":1,"actor"'), 'UTF8')
       WHERE pos = $1`,
      [pos],
    );
    expectFound(await verify(), {
      pos,
      stream: order("past"),
      version,
      what: "The body cannot be read: aside is not a member of an event body.",
      member: "aside",
    });
  });

  test("a forged body with a leaf that fits breaks the chain after it and shows in the rows", async () => {
    const { pos, version } = await forge(order("waiting"), "orderReceived", (body) => {
      body.data.total = { amount: 1, currency: "GBP" };
    });
    expectFound(
      await verify(),
      {
        pos: pos + 1,
        stream: order("waiting"),
        version: version + 1,
        what: `prevHash is not the leaf of version ${version}: that event or this one was changed.`,
        member: "prevHash",
      },
      {
        stream: order("waiting"),
        what: `In the row ${played.orders.waiting} of orders, amount_minor is 150000; the log says 1.`,
        member: "orders.amount_minor",
      },
    );
  });

  test("a forged last event of a stream is told by its head", async () => {
    const { version } = await forge(order("rejected"), "decisionSettled", (body) => {
      body.data.verdict = "approve";
    });
    const result = await verify();
    expectFound(result, {
      stream: order("rejected"),
      version,
      what: `The head of the stream holds another leaf than version ${version}: that event was changed, or the head.`,
      member: "stream_head",
    });
    expect(result.findingsTotal).toBe(1);
  });

  test("a leaf that is not its body's", async () => {
    const { pos, version } = await eventOf(order("past"), "policyChecked");
    await tamper("ALTER TABLE event ALTER COLUMN leaf DROP EXPRESSION");
    await tamper("UPDATE event SET leaf = sha256('another') WHERE pos = $1", [pos]);
    const { findings } = await verify();
    expect(findings).toContainEqual(
      expect.objectContaining({
        pos,
        stream: order("past"),
        version,
        what: expect.stringMatching(/^The leaf is [0-9a-f]{64}, and the body hashes to [0-9a-f]{64}\.$/),
      }),
    );
  });

  test.each([
    ["type", "'orderCancelled'", "orderCancelled", "taskOpened"],
    ["actor", "'ana'", "ana", "rita"],
    ["occurred_at", "'2020-01-01Z'", "2020-01-01T00:00:00.000Z", null],
    ["recorded_at", "'2020-01-01Z'", "2020-01-01T00:00:00.000Z", null],
    ["recorded_at", "'infinity'", "Infinity", null],
  ])("the column %s set to %s", async (column, value, says, fact) => {
    const { pos, version, body } = await eventOf(order("waiting"), "taskOpened");
    await tamper(`UPDATE event SET ${column} = ${value} WHERE pos = $1`, [pos]);
    const result = await verify();
    const recorded = JSON.parse(body.toString("utf8")).recordedAt;
    expectFound(result, {
      pos,
      stream: order("waiting"),
      version,
      what: `The column ${column} says ${says}, the body ${fact ?? recorded}.`,
      member: column,
    });
    expect(result.findingsTotal).toBe(1);
  });

  test("an event moved to another stream", async () => {
    const { pos, version } = await eventOf(order("waiting"), "taskOpened");
    await tamper("UPDATE event SET stream = 'order/elsewhere', version = 1 WHERE pos = $1", [pos]);
    expectFound(
      await verify(),
      {
        pos,
        stream: "order/elsewhere",
        version: 1,
        what: `The column stream says order/elsewhere, the body ${order("waiting")}.`,
        member: "stream",
      },
      {
        stream: order("waiting"),
        version: version - 1,
        what: `The head of the stream says version ${version}, and the log ends at ${version - 1}: events at its end are missing.`,
        member: "stream_head",
      },
    );
  });

  test("the last event of all deleted", async () => {
    const { events } = await verify();
    await tamper("DELETE FROM event WHERE pos = $1", [events - 1]);
    expectFound(await verify(), {
      pos: events - 1,
      what: `The head of the workspace says there were ${events} events, and the log ends before ${events - 1}: events at its end are missing.`,
      member: "workspace_head.next_pos",
    });
  });

  test("the last event of a stream deleted", async () => {
    const { pos, version } = await eventOf(order("rejected"), "decisionSettled");
    await tamper("DELETE FROM event WHERE pos = $1", [pos]);
    expectFound(
      await verify(),
      { pos, what: `Position ${pos} is missing.`, member: "pos" },
      {
        stream: order("rejected"),
        version: version - 1,
        what: `The head of the stream says version ${version}, and the log ends at ${version - 1}: events at its end are missing.`,
        member: "stream_head",
      },
    );
  });

  test("an event in the middle deleted", async () => {
    const { pos, version } = await eventOf(order("delivered"), "decisionMade");
    await tamper("DELETE FROM event WHERE pos = $1", [pos]);
    const result = await verify();
    expectFound(
      result,
      { pos, what: `Position ${pos} is missing.`, member: "pos" },
      {
        pos: pos + 1,
        stream: order("delivered"),
        version: version + 1,
        what: `Version ${version} of this stream is missing.`,
        member: "version",
      },
    );
  });

  test("a whole stream deleted with its position gaps", async () => {
    await tamper("DELETE FROM event WHERE stream = $1", [order("past")]);
    const { findings } = await verify();
    expect(findings).toContainEqual({
      stream: order("past"),
      version: 2,
      what: "The stream has a head of version 2 and no event in the log.",
      member: "stream_head",
    });
    expect(findings).toContainEqual({
      stream: order("past"),
      what: `The row ${played.orders.past} of orders follows from nothing in the log.`,
      member: "orders",
    });
    expect(findings).toContainEqual({
      stream: order("past"),
      version: 1,
      what: "The command import archive/past is known, and the log does not have the events it gave.",
      member: "command",
    });
  });

  test("a time that goes back", async () => {
    const { pos, version } = await forge(order("waiting"), "taskOpened", (body) => {
      body.recordedAt = "2026-01-01T00:00:00.000Z";
    });
    const { findings } = await verify();
    expect(findings).toContainEqual({
      pos,
      stream: order("waiting"),
      version,
      what: "Recorded at 2026-01-01T00:00:00.000Z, before the version before it.",
      member: "recordedAt",
    });
  });

  test("an effect key that is not the effect's", async () => {
    const { pos, version } = await forge(order("delivered"), "effectIntended", (body) => {
      body.data.issue = 2;
    });
    const { findings } = await verify();
    expect(findings).toContainEqual({
      pos,
      stream: order("delivered"),
      version,
      what: "The effect key is not that of this step, visit and issue.",
      member: "data.key",
    });
  });

  test("an event of a type nobody knows stops its stream, and the other streams are compared", async () => {
    const { pos, version } = await forge(order("waiting"), "taskOpened", (body) => {
      body.type = "taskBlessed";
    });
    await tamper("UPDATE orders SET country = 'XX' WHERE order_id = $1", [played.orders.delivered]);
    expectFound(
      await verify(),
      {
        pos,
        stream: order("waiting"),
        version,
        what: "The stream cannot be folded from here, so its rows were not compared: this version of Holdpoint does not know events of type taskBlessed, schema 1.",
      },
      {
        stream: order("delivered"),
        what: `In the row ${played.orders.delivered} of orders, country is "XX"; the log says null.`,
        member: "orders.country",
      },
    );
  });
});

describe("opinions", () => {
  test.each([
    ["orders", "status = 'completed'", "orders.status", /status is "completed"; the log says "open"/],
    ["task", "owner = 'ben'", "task.owner", /owner is "ben"; the log says null/],
    ["timer", "due_at = due_at + interval '1 hour'", "timer.due_at", /due_at is .*; the log says/],
  ])("a changed row of %s", async (table, change, member, what) => {
    await tamper(`UPDATE ${table} SET ${change} WHERE order_id = $1`, [played.orders.waiting]);
    const { findings } = await verify();
    expect(findings).toContainEqual({
      stream: order("waiting"),
      member,
      what: expect.stringMatching(what),
    });
  });

  test("a changed effect, person and API key", async () => {
    await tamper("UPDATE effect SET state = 'CONFIRMED' WHERE order_id = $1", [played.orders.failed]);
    await tamper("UPDATE person SET roles = roles || '{supervisor}' WHERE person_id = 'ana'");
    await tamper("UPDATE api_key SET revoked = false WHERE api_key_id = 'old-shop'");
    const result = await verify();
    expect(result.findings.map(({ stream, member }) => [stream, member])).toEqual([
      [order("failed"), "effect.state"],
      ["person/ana", "person.roles"],
      ["person/rita", "api_key.revoked"],
    ]);
  });

  test("a missing row of each table", async () => {
    await tamper("DELETE FROM effect WHERE order_id = $1", [played.orders.failed]);
    await tamper("DELETE FROM person WHERE person_id = 'ana'");
    const { findings } = await verify();
    expect(findings.map(({ stream, member }) => [stream, member])).toEqual([
      [order("failed"), "effect"],
      ["person/ana", "person"],
    ]);
    expect(findings[1]!.what).toBe("The row ana of person is missing.");
  });

  test("a row too many of each table, also where another is missing", async () => {
    const invent = (table: string, key: string, where: string) =>
      tamper(
        `INSERT INTO ${table} SELECT made.* FROM ${table} t, LATERAL jsonb_populate_record(t, '{"${key}":"invented"}') made
         WHERE ${where} LIMIT 1`,
      );
    await invent("orders", "order_id", "true");
    await invent("task", "order_id", "true");
    await invent("timer", "timer_id", "true");
    await invent("effect", "effect_key", `t.order_id = '${played.orders.delivered}'`);
    await invent("person", "person_id", "true");
    await invent("api_key", "api_key_id", "true");
    await tamper("DELETE FROM effect WHERE order_id = $1", [played.orders.failed]);
    const { findings } = await verify();
    const surplus = findings.filter(({ what }) => what.endsWith("follows from nothing in the log."));
    expect(surplus.map(({ member }) => member)).toEqual([
      "orders",
      "task",
      "timer",
      "effect",
      "person",
      "api_key",
    ]);
  });

  test("a lease on a timer is nobody's business", async () => {
    await tamper("UPDATE timer SET claimed_until = now()");
    expect((await verify()).findings).toEqual([]);
  });

  test("a stream's head", async () => {
    await tamper("UPDATE stream_head SET version = 1 WHERE stream = $1", [order("past")]);
    await tamper("DELETE FROM stream_head WHERE stream = 'person/ana'");
    const result = await verify();
    expectFound(
      result,
      {
        stream: order("past"),
        version: 2,
        what: "The head of the stream says version 1, and the log goes on to 2.",
        member: "stream_head",
      },
      { stream: "person/ana", version: 1, what: "The stream has no head.", member: "stream_head" },
    );
    expect(result.findingsTotal).toBe(2);
  });

  test("the workspace's head", async () => {
    const { events } = await verify();
    await tamper("UPDATE workspace_head SET next_pos = next_pos - 1");
    expectFound(await verify(), {
      pos: events,
      what: `The head of the workspace says there were ${events - 1} events, and the log goes on to ${events}.`,
      member: "workspace_head.next_pos",
    });
  });

  test("a command that is changed, missing or invented", async () => {
    await tamper("UPDATE command SET mac = repeat('0', 64) WHERE source = 'import'");
    await tamper("DELETE FROM command WHERE source = 'publish' AND id LIKE 'calendar/%'");
    await tamper("INSERT INTO command VALUES ('main', 'test', 'invented', '', 'order/none', 1, 1)");
    const { findings } = await verify();
    expect(findings.map(({ stream, version, member }) => [stream, version, member])).toEqual([
      ["calendar/always", 1, "command"],
      [order("past"), 1, "command.mac"],
      ["order/none", 1, "command"],
    ]);
  });

  test("a clock without its timer", async () => {
    await tamper("DELETE FROM timer WHERE kind = 'breach' AND order_id = $1", [played.orders.waiting]);
    const { findings, checks } = await verify();
    expect(checks.find(({ name }) => name === "clocks")).toMatchObject({ findings: 1 });
    expect(findings.find(({ what }) => what.endsWith("and it has no timer."))).toMatchObject({
      stream: order("waiting"),
      member: "timer",
    });
  });

  test("only so many findings are listed, and all are counted", async () => {
    await tamper("DELETE FROM command");
    const result = await verifyWorkspace({ databaseUrl: url, workspace: "main", findings_max: 3 });
    expect(result.findings).toHaveLength(3);
    expect(result.findingsTotal).toBe(result.checks.find(({ name }) => name === "commands")!.examined);
  });
});

test("an erased subject is unreadable, and no finding", async () => {
  await tamper("DELETE FROM subject_key WHERE subject = $1", [order("waiting")]);
  const result = await verify();
  expect(result.findings).toEqual([]);
  expect(result.unreadable).toEqual({ subjects: 1, first: [order("waiting")] });
});

describe("npm run verify", () => {
  const run = (...args: string[]) =>
    runCommand({ ...played, urls: { ...played.urls, databaseUrl: url } }, "verify", ...args);

  test("says that nothing is wrong, and what it cannot see", async () => {
    const { code, out } = await run();
    expect(out).toContain("Nothing is wrong.");
    expect(out).toContain("This cannot see:");
    expect(code).toBe(0);
  });

  test("names workspace, position and stream@version of what is wrong, and exits with 1", async () => {
    const { pos, version } = await eventOf(order("waiting"), "taskOpened");
    await tamper("UPDATE event SET actor = 'ana' WHERE pos = $1", [pos]);
    const { code, out } = await run();
    expect(out).toContain(
      `main position ${pos} ${order("waiting")}@${version}: The column actor says ana, the body rita.`,
    );
    expect(code).toBe(1);
    const json = await run("--json");
    expect(JSON.parse(json.out)).toMatchObject({ workspace: "main", findingsTotal: 1 });
    expect(json.code).toBe(1);
  });
});
