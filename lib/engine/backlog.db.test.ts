import { expect, test } from "vitest";
import { testWorkspace } from "#scripts/testing/workspace";
import { isKnown, isOverBacklog } from "./backlog";

test("the backlog is what waits for a machine, not for a person, and is asked once a second", async () => {
  const other = await testWorkspace({ adapters: [] });
  const { engine } = await other.another([]);
  expect(await isOverBacklog(engine, 1)).toBe(false);
  await other.receive({}, "first");
  await other.receive();
  expect(await isKnown(engine, "test", "first")).toBe(true);
  expect(await isKnown(engine, "test", "never")).toBe(false);
  expect(await isOverBacklog((await other.another([])).engine, 1)).toBe(false);

  // Two orders that policy lets through, with nobody to send them.
  for (const amount of [100, 200]) await other.receive({ total: { amount, currency: "GBP" } });
  expect(await isOverBacklog(engine, 1)).toBe(false);
  expect(await isOverBacklog((await other.another([])).engine, 1)).toBe(true);
  expect(await isOverBacklog((await other.another([])).engine, 2)).toBe(false);
  await other.close();
});
