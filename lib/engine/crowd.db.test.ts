import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

test("a crowd too big for one batch is answered to the last", async () => {
  const orders = await Promise.all(
    Array.from({ length: 600 }, (_, n) =>
      workspace.receive({ businessKey: randomUUID(), customer: { reference: `C${n}` } }),
    ),
  );
  expect(new Set(orders).size).toBe(600);
  const log = await workspace.log();
  expect(log.map(({ pos }) => pos)).toEqual(log.map((_, n) => n));
  expect(log.filter(({ type }) => type === "taskOpened")).toHaveLength(600);
});
