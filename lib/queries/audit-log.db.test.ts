import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemActor } from "#lib/engine/system-actor";
import { withClient } from "#scripts/embedded-postgres";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { readableLog, sealedLog } from "./audit-export";
import { logCount, logNews, logPage, positions_per_page_max } from "./audit-log";
import { logActors, logSearch } from "./audit-search";
import { NotAllowedToReadError } from "./permission";

let workspace: TestWorkspace;
let order: string;
const number = `SO-${randomUUID()}`;

beforeAll(async () => {
  workspace = await testWorkspace();
  const { person, ask } = workspace;
  await ask(systemActor(workspace.name, "operator"), {
    type: "apiKey.create",
    person: "rita",
    apiKey: "key-of-rita",
  });
  workspace.clock.advance_minutes(24 * 60);
  order = await workspace.receive({ businessKey: number });
  await workspace.receive();
  await workspace.decide(person("ana"), order, "approve");
  // A requester decides nothing.
  await workspace.decide(person("rita"), order, "approve");
  await workspace.runtime.dispatcher.idle();
});
afterAll(() => workspace.close());

const ada = () => workspace.person("ada");
const search = async (text: string) => logSearch(ada(), workspace, text, await logActors(ada(), workspace));
const found = async (text: string) => {
  const { filter, problems } = await search(text);
  expect(problems, text).toEqual([]);
  return (await logPage(ada(), workspace, filter)).lines;
};
/** The whole log as the database has it, its bodies read. */
const wholeLog = async () => {
  const rows = await workspace.database.$queryRawUnsafe<
    {
      pos: bigint;
      recorded_at: Date;
      body: { stream: string; type: string; actor: { type: string; id: string } };
    }[]
  >("SELECT pos, recorded_at, body FROM event_view WHERE workspace = $1 ORDER BY pos DESC", workspace.name);
  return rows.map(({ pos, recorded_at, body }) => ({
    pos: Number(pos),
    at: recorded_at.toISOString(),
    ...body,
  }));
};
type Fact = Awaited<ReturnType<typeof wholeLog>>[number];

describe("the log", () => {
  test("is read from its end to its beginning without a gap", async () => {
    const positions: number[] = [];
    let upTo: number | undefined;
    do {
      const { lines, next } = await logPage(ada(), workspace, {}, upTo);
      positions.push(...lines.map(({ pos }) => pos));
      upTo = next ?? undefined;
    } while (upTo !== undefined);
    const { length } = await logPage(ada(), workspace, {});
    expect(positions).toEqual(Array.from({ length }, (_, n) => length - 1 - n));
  });

  test("is read, counted, followed and taken along by auditors and admins alone", async () => {
    for (const who of ["rita", "ana", "sam"]) {
      const person = workspace.person(who);
      for (const ask of [
        () => logPage(person, workspace, {}),
        () => logCount(person, workspace, {}),
        () => logNews(person, workspace, {}, 0),
        () => logSearch(person, workspace, "", []),
        () => logActors(person, workspace),
        () => sealedLog(person, workspace, {}),
        () => readableLog(person, workspace, {}),
      ])
        await expect(ask(), who).rejects.toThrow(NotAllowedToReadError);
    }
  });

  const day = (at: string) => at.slice(0, 10);
  test.each<[string, (fact: Fact) => boolean]>([
    ["type:taskOpened", ({ type }) => type === "taskOpened"],
    ["type:task*", ({ type }) => type.startsWith("task")],
    ["-type:task* -type:personAdded", ({ type }) => !type.startsWith("task") && type !== "personAdded"],
    ["actor:ana", ({ actor }) => actor.id === "ana"],
    ["actor:ana actor:dispatcher", ({ actor }) => ["ana", "dispatcher"].includes(actor.id)],
    ["kind:person", ({ actor }) => actor.type === "person"],
    ["kind:system", ({ actor }) => actor.type === "system"],
    ["kind:operator", ({ actor }) => actor.type === "system" && actor.id === "operator"],
    ["-kind:system", ({ actor }) => actor.type !== "system"],
    ["stream:person/ana", ({ stream }) => stream === "person/ana"],
    ["stream:person/ana stream:person/ben", ({ stream }) => ["person/ana", "person/ben"].includes(stream)],
    ["-stream:person/ana", ({ stream }) => stream !== "person/ana"],
    ["refused:yes", ({ type }) => type === "accessRefused"],
    ["refused:no kind:person", ({ type, actor }) => type !== "accessRefused" && actor.type === "person"],
    ["from:2026-03-03", ({ at }) => day(at) >= "2026-03-03"],
    ["until:2026-03-02", ({ at }) => day(at) <= "2026-03-02"],
    ["pos:3..7", ({ pos }) => pos >= 3 && pos <= 7],
    ["pos:>5 type:personAdded", ({ pos, type }) => pos > 5 && type === "personAdded"],
  ])("%s gives what fits and nothing else", async (text, fits) => {
    const expected = (await wholeLog()).filter(fits);
    expect(expected.length, "something to find").toBeGreaterThan(0);
    const lines = await found(text);
    expect(lines.map(({ pos }) => pos)).toEqual(expected.map(({ pos }) => pos).slice(0, 50));
    const { filter } = await search(text);
    expect(await logCount(ada(), workspace, filter)).toEqual({ count: expected.length, more: false });
  });

  test("knows an order by the client's number and by its id, and people by their names", async () => {
    const expected = (await wholeLog()).filter(({ stream }) => stream === `order/${order}`);
    for (const text of [number, `order:${number}`, order, `stream:order/${order}`])
      expect(
        (await found(text)).map(({ pos }) => pos),
        text,
      ).toEqual(expected.map(({ pos }) => pos));
    expect((await found(`-order:${number}`)).map(({ stream }) => stream)).not.toContain(`order/${order}`);
    expect((await found(`${number} -order:${order}`)).length).toBe(0);
    const { filter, problems } = await search("SO-nobody-has");
    expect(problems).toEqual([
      { word: "SO-nobody-has", message: "No order has the number “SO-nobody-has”." },
    ]);
    expect((await logPage(ada(), workspace, filter)).lines).toEqual([]);
    const actors = [{ id: "ana", name: "Ana Novak" }];
    expect((await logSearch(ada(), workspace, 'actor:"ana novak"', actors)).filter.actors?.only).toEqual([
      "ana",
    ]);
  });

  test("says of each line who caused it, as a query names the kind", async () => {
    for (const { kind } of await found("")) expect((await found(`kind:${kind}`)).length).toBeGreaterThan(0);
  });

  test("reads no more of a query than it says", async () => {
    const { problems } = await search(`type:taskOpened ${"-SO ".repeat(60)}`);
    expect(problems.map(({ message }) => message).join()).toContain("at most 50 words");
    expect((await search("x".repeat(5_000))).problems[0]?.message).toContain("2000 letters");
  });
});

describe("what is new", () => {
  test("is what fits from a position on, and where to go on", async () => {
    const { next } = await logNews(ada(), workspace, {}, 0);
    const { filter } = await search("type:taskOpened");
    expect(await logNews(ada(), workspace, filter, next)).toEqual({ lines: [], next, gap: false });
    await workspace.receive();
    const news = await logNews(ada(), workspace, filter, next);
    expect(news.lines.map(({ type }) => type)).toEqual(["taskOpened"]);
    expect(news).toMatchObject({ gap: false, next: (await workspace.log()).length });
    // Somebody who followed a log that was since put back.
    expect(await logNews(ada(), workspace, {}, news.next + 7)).toEqual({
      lines: [],
      next: news.next,
      gap: false,
    });
    expect((await logNews(ada(), workspace, { upTo: next }, next + 1)).lines).toEqual([]);
  });
});

describe("a long log", () => {
  let long: TestWorkspace;
  const events = positions_per_page_max + 500;
  beforeAll(async () => {
    long = await testWorkspace({ urls: workspace.urls, name: "long" });
    await withClient(workspace.urls.databaseOwnerUrl, async (client) => {
      await client.query(
        `INSERT INTO event (workspace, pos, stream, version, body, type, actor, occurred_at, recorded_at)
         SELECT 'long', next_pos + n, CASE WHEN n < 300 THEN 'order/many' ELSE 'order/' || n END,
           CASE WHEN n < 300 THEN n + 1 ELSE 1 END, '{"actor":{"id":"timer","type":"system"},"data":{}}',
           'taskEscalated', 'timer', now(), now()
         FROM workspace_head, generate_series(0, $1 - 1) n WHERE workspace = 'long'`,
        [events],
      );
      await client.query("UPDATE workspace_head SET next_pos = next_pos + $1 WHERE workspace = 'long'", [
        events,
      ]);
    });
  }, 60_000);
  afterAll(() => long.database.$disconnect());

  test("is looked down a part of the way, and the next page goes on there", async () => {
    const person = long.person("ada");
    const page = await logPage(person, long, { types: { only: ["personAdded"], not: [] } });
    expect(page).toMatchObject({ lines: [], lookedDownTo: page.length - positions_per_page_max });
    const next = await logPage(person, long, { types: { only: ["personAdded"], not: [] } }, page.next!);
    expect(next.lines).toHaveLength(7);
    expect(next).toMatchObject({ next: null, lookedDownTo: null });
    const added = { types: { only: ["personAdded"], not: [] } };
    expect(await logCount(person, long, added)).toEqual({ count: 0, more: true });
    expect(await logCount(person, long, {})).toEqual({ count: page.length, more: false });
    expect((await logNews(person, long, added, 0)).gap).toBe(true);
    // By its stream an event is found wherever it is.
    expect((await logPage(person, long, { streams: { only: ["person/ana"], not: [] } })).lines).toHaveLength(
      1,
    );
  });

  test("has long streams, of which the newest come first on a page and the oldest in a file", async () => {
    const person = long.person("ada");
    const many = { streams: { only: ["order/many"], not: [] } };
    const versions: number[] = [];
    let upTo: number | undefined;
    do {
      const { lines, next } = await logPage(person, long, many, upTo);
      versions.push(...lines.map(({ version }) => version));
      upTo = next ?? undefined;
    } while (upTo !== undefined);
    expect(versions).toEqual(Array.from({ length: 300 }, (_, n) => 300 - n));
    const sealed: number[] = [];
    for await (const batch of await sealedLog(person, long, many))
      sealed.push(...batch.map(({ version }) => version));
    expect(sealed).toEqual(versions.toReversed());
    expect(await logCount(person, long, many)).toEqual({ count: 300, more: false });
    const { lines, gap } = await logNews(person, long, many, 0);
    expect([lines.length, lines[0]?.version, gap]).toEqual([200, 300, true]);
  });
});

describe("a log that somebody changed", () => {
  test("is shown all the same, and what cannot be read says so", async () => {
    const { pos } = (await workspace.log("person/ana"))[0]!;
    const tamper = (bytes: string) =>
      withClient(workspace.urls.superuserUrl, async (client) => {
        await client.query("SET session_replication_role = replica");
        await client.query("UPDATE event SET body = $2::bytea WHERE workspace = $1 AND pos = $3", [
          workspace.name,
          bytes,
          pos,
        ]);
      });
    const { body } = await workspace.database.eventRow.findUniqueOrThrow({
      where: { workspace_pos: { workspace: workspace.name, pos } },
    });
    for (const bytes of ["\\xff00", "\\x7b7d", `\\x${Buffer.from("[1]").toString("hex")}`]) {
      await tamper(bytes);
      const page = await logPage(ada(), workspace, {
        streams: { only: ["person/ana", "person/ben"], not: [] },
      });
      expect(page.lines.map(({ stream }) => stream)).toEqual(["person/ben", "person/ana"]);
      expect(page.lines[1]).toMatchObject({
        pos,
        sentence: expect.stringContaining("none that Holdpoint writes"),
      });
    }
    await tamper(`\\x${Buffer.from(body).toString("hex")}`);
    expect((await found("stream:person/ana"))[0]?.sentence).toContain("added");
  });
});

describe("a day of a zone", () => {
  let clocks: TestWorkspace;
  const received: { [at: string]: string } = {};
  beforeAll(async () => {
    clocks = await testWorkspace();
    for (const at of [
      // Before, at and before the end of, and after the 23 hours and the 25 hours of a day in Berlin.
      "2026-03-28T22:59:59.999Z",
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T21:59:59.999Z",
      "2026-03-29T22:00:00.000Z",
      "2026-10-24T21:59:59.999Z",
      "2026-10-24T22:00:00.000Z",
      "2026-10-25T22:59:59.999Z",
      "2026-10-25T23:00:00.000Z",
    ]) {
      clocks.clock.advance_ms(Date.parse(at) - Date.parse(clocks.clock.now()));
      received[at] = await clocks.receive();
    }
  });
  afterAll(() => clocks.close());

  test.each([
    [
      "from:2026-03-29 until:2026-03-29 zone:Europe/Berlin",
      ["2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"],
    ],
    [
      "from:2026-10-25 until:2026-10-25 zone:Europe/Berlin",
      ["2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z"],
    ],
    ["from:2026-03-29 until:2026-03-29", ["2026-03-29T21:59:59.999Z", "2026-03-29T22:00:00.000Z"]],
    [
      "from:2026-10-25 until:2026-10-25 zone:Pacific/Auckland",
      ["2026-10-24T21:59:59.999Z", "2026-10-24T22:00:00.000Z"],
    ],
  ])("%s is the same on the screen, in the count and in both files", async (text, expected) => {
    const auditor = clocks.person("ada");
    const query = `${text} type:orderReceived`;
    const { filter, problems } = await logSearch(auditor, clocks, query, await logActors(auditor, clocks));
    expect(problems).toEqual([]);
    const { lines } = await logPage(auditor, clocks, filter);
    expect(lines.map(({ at }) => at)).toEqual(expected.toReversed());
    expect(await logCount(auditor, clocks, filter)).toEqual({ count: expected.length, more: false });
    for (const batches of [sealedLog, readableLog]) {
      const streams: string[] = [];
      for await (const batch of await batches(auditor, clocks, filter))
        streams.push(...batch.map(({ stream }) => stream));
      expect(streams).toEqual(expected.map((at) => `order/${received[at]}`));
    }
  });
});
