import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "#lib/db";
import { isRejection } from "#lib/domain/rejection";
import { withClient } from "#scripts/embedded-postgres";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { type OrderView, orderView } from "./order";
import { history_lines_per_page } from "./order-history";
import { unknownOutside } from "./possible";

/** An order of a long history opens like any other: what was read once is not read again. */
const events = 2_500;

let workspace: TestWorkspace;
let order: string;
beforeAll(async () => {
  workspace = await testWorkspace();
  order = await workspace.receive({ customer: { name: "Ada Byron" } });
  const place = { order, step: "manual.review", visit: 1 };
  for (let n = 0; (await workspace.order(order)).version < events; n++)
    await done(n % 2 ? { type: "task.release", ...place } : { type: "task.claim", ...place });
}, 120_000);
afterAll(() => workspace.close());

async function done(command: Parameters<TestWorkspace["ask"]>[1]): Promise<void> {
  const result = await workspace.ask(workspace.person("ana"), command);
  if (isRejection(result)) throw new Error(result.message);
}

/** The order's page, and how many rows of the database it took. */
async function opened(upTo?: number): Promise<{ shown: OrderView; read: number }> {
  let read = 0;
  const counting = new Proxy(workspace.database, {
    get: (database, member) => {
      const value = Reflect.get(database, member);
      if (member !== "$queryRawUnsafe") return value;
      return async (...given: Parameters<Database["$queryRawUnsafe"]>) => {
        const rows = await database.$queryRawUnsafe<unknown[]>(...given);
        read += rows.length;
        return rows;
      };
    },
  });
  const store = { database: counting, keys: workspace.keys };
  const now = workspace.clock.now();
  const shown = await orderView(workspace.person("ben"), store, order, now, unknownOutside, { upTo });
  if (!shown) throw new Error("nothing is seen");
  return { shown, read };
}

const versions = ({ history }: OrderView) => history.map(({ version }) => version);
const upFrom = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

test("its history comes in pages, the newest first shown, and everything else about it is there on each", async () => {
  const { shown } = await opened();
  expect(shown.historyPart).toEqual({
    first: events - history_lines_per_page + 1,
    last: events,
    length: events,
    oldest: history_lines_per_page,
    earlier: events - history_lines_per_page,
    later: null,
  });
  expect(versions(shown)).toEqual(upFrom(events - history_lines_per_page + 1, events));
  const { shown: oldest } = await opened(60);
  expect(versions(oldest)).toEqual(upFrom(1, 60));
  for (const page of [shown, oldest]) {
    expect(page.personal).toEqual({ customer: { name: "Ada Byron" } });
    expect(page.tasks[0]).toMatchObject({ step: "manual.review", verdicts: expect.any(Array) });
    expect(page.version).toBe(events);
  }
  expect(versions((await opened(10 * events)).shown)).toEqual(versions(shown));
});

test("it is read once; then a page and what has happened since", async () => {
  await opened();
  expect((await opened()).read).toBeLessThan(history_lines_per_page + 20);
  await done({ type: "task.start", order, step: "manual.review", visit: 1 });
  const { shown, read } = await opened();
  expect(read).toBeLessThan(history_lines_per_page + 20);
  expect(shown.tasks[0]).toMatchObject({ status: "IN_PROGRESS", owner: "ana" });
  expect(shown.history.at(-1)?.version).toBe(events + 1);
  await done({ type: "task.release", order, step: "manual.review", visit: 1 });
});

test("a log that was put back is noticed: what was read of the other one is forgotten", async () => {
  expect((await opened()).shown.version).toBeGreaterThan(events);
  await withClient(workspace.urls.superuserUrl, (client) =>
    client.query(
      "SET session_replication_role = replica; DELETE FROM event WHERE stream = 'order/" +
        order +
        "' AND version > 10; ",
    ),
  );
  const { shown } = await opened();
  expect(shown.version).toBe(10);
  expect(versions(shown)).toEqual(upFrom(1, 10));
});
