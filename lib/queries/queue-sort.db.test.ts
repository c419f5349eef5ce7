import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "#lib/db";
import { seeded, seedOpenOrders } from "#scripts/seed/open-orders";
import { type TestDatabase, testDatabase } from "#scripts/testing/database";
import { explaining, unbounded } from "#scripts/testing/explained";
import { signedIn } from "#scripts/testing/signed-in";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { lines_per_page } from "./page";
import { type QueueQuestion, queue } from "./queue";
import type { TaskLine } from "./task-list";
import { placeOf, sorted_max, type TaskSort, taskSorts } from "./task-sort";

let workspace: TestWorkspace;
const orders: { [name: string]: string } = {};
beforeAll(async () => {
  workspace = await testWorkspace();
  const { receive, clock } = workspace;
  orders.dear = await receive({ total: { amount: 900_000, currency: "GBP" } });
  clock.advance_ms(1_000);
  orders.cheap = await receive({ total: { amount: 200_000, currency: "GBP" } });
  clock.advance_ms(1_000);
  orders.euros = await receive({ total: { amount: 500_000, currency: "EUR" } });
  clock.advance_ms(1_000);
  orders.middling = await receive({ total: { amount: 400_000, currency: "GBP" } });
});
afterAll(() => workspace.close());

const asked = async (question: QueueQuestion) =>
  (await queue(workspace.person("ana"), workspace, workspace.clock.now(), question)).lines.map(({ order }) =>
    Object.keys(orders).find((name) => orders[name] === order),
  );

test("the queue is sorted by when orders came, and by amount with each currency by itself", async () => {
  expect(await asked({})).toEqual(["dear", "cheap", "euros", "middling"]);
  expect(await asked({ sort: "oldest" })).toEqual(["dear", "cheap", "euros", "middling"]);
  expect(await asked({ sort: "newest" })).toEqual(["middling", "euros", "cheap", "dear"]);
  expect(await asked({ sort: "largest" })).toEqual(["euros", "dear", "middling", "cheap"]);
  expect(await asked({ sort: "smallest" })).toEqual(["euros", "cheap", "middling", "dear"]);
});

test("a narrowed cut is sorted as a whole one is", async () => {
  const amount = { currency: "GBP", from_minor: 300_000 } as const;
  expect(await asked({ sort: "smallest", amount })).toEqual(["middling", "dear"]);
  expect(await asked({ sort: "smallest", view: "mine" })).toEqual([]);
});

test("a page that begins at what is no place begins at the start", async () => {
  for (const cursor of ["", "~", "GBP~x~a~b~1", "GBP~1~a~b~1; DROP TABLE task", "gbp~1~a~b~1"])
    expect(await asked({ sort: "largest", cursor })).toEqual(["euros", "dear", "middling", "cheap"]);
});

describe("of a queue that is longer than is sorted", () => {
  const [now, open] = ["2026-04-10T09:00:00.000Z", 3 * sorted_max];
  let urls: TestDatabase;
  /** Of the first `sorted_max` by time to breach those that may be decided. */
  let first: TaskLine[];
  beforeAll(async () => {
    urls = await testDatabase();
    await seedOpenOrders({ ownerUrl: urls.databaseOwnerUrl, workspace: "main", now, orders: open });
    const database = openDatabase(urls.databaseUrl, 2);
    const rows = await database.$queryRawUnsafe<{ key: string }[]>(
      `SELECT order_id || '/' || step || '/' || visit AS key FROM task
       WHERE roles @> '{reviewer}' AND state IN ('READY', 'RESERVED', 'IN_PROGRESS')
       ORDER BY breach_at, order_id, step, visit LIMIT ${sorted_max}`,
    );
    await database.$disconnect();
    const keys = new Set(rows.map(({ key }) => key));
    first = (await pagesOf({}, sorted_max / lines_per_page)).filter((line) => keys.has(keyOf(line)));
  }, 180_000);
  afterAll(() => urls.drop());

  const reviewer = signedIn("main", seeded.reviewer, "reviewer");

  async function pagesOf(question: QueueQuestion, pages: number): Promise<TaskLine[]> {
    const database = openDatabase(urls.databaseUrl, 2);
    const lines: TaskLine[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < pages; page++) {
      const answer = await queue(reviewer, { database, keys: workspace.keys }, now, { ...question, cursor });
      if (question.sort) expect(answer.sortedOf).toBe(sorted_max);
      lines.push(...answer.lines);
      cursor = answer.next ?? undefined;
    }
    await database.$disconnect();
    return lines;
  }
  const keyOf = ({ order, step, visit }: TaskLine) => `${order}/${step}/${visit}`;
  const inOrder = (sort: TaskSort) => (one: TaskLine, other: TaskLine) => {
    const [[group, rank], [otherGroup, otherRank]] = [placeOf(one, sort), placeOf(other, sort)];
    if (group !== otherGroup) return group < otherGroup ? -1 : 1;
    return rank - otherRank || (one.order < other.order ? -1 : 1);
  };

  test.each(taskSorts)(
    "the first by time to breach are there, each once, page by page, %s first",
    async (sort) => {
      const pages = 10;
      const sorted = await pagesOf({ sort }, pages);
      const expected = first.toSorted(inOrder(sort)).slice(0, pages * lines_per_page);
      expect(sorted.map(keyOf)).toEqual(expected.map(keyOf));
    },
  );

  test.each(taskSorts)("no more is read for it, %s first", async (sort) => {
    const real = openDatabase(urls.databaseUrl, 2);
    const { database, plans } = explaining(real);
    const store = { database, keys: workspace.keys };
    const { next } = await queue(reviewer, store, now, { sort });
    await queue(reviewer, store, now, { sort, cursor: next ?? undefined });
    await real.$disconnect();
    expect(plans.length).toBeGreaterThan(1);
    // An incremental sort looks a little further, to see where rows of one instant end.
    expect(unbounded(plans, ["orders", "task", "event"], sorted_max + lines_per_page)).toEqual([]);
  });

  test("a cut that none of the first fits says that others may", async () => {
    const database = openDatabase(urls.databaseUrl, 2);
    const page = await queue(reviewer, { database, keys: workspace.keys }, now, {
      sort: "largest",
      reason: "missingCustomer@1",
    });
    await database.$disconnect();
    expect(page).toEqual({ lines: [], next: null, sortedOf: sorted_max });
  });
});
