import { expect, test } from "vitest";
import { testWorkspace } from "#scripts/testing/workspace";
import { isKnown, isOverBacklog } from "./backlog";

test("the backlog is what waits for people and for the outside, and is asked once a second", async () => {
  const other = await testWorkspace();
  const { engine } = await other.another();
  expect(await isOverBacklog(engine, 1)).toBe(false);
  await other.receive({}, "first");
  await other.receive();
  expect(await isKnown(engine, "test", "first")).toBe(true);
  expect(await isKnown(engine, "test", "never")).toBe(false);
  expect(await isOverBacklog(engine, 1)).toBe(false);
  expect(await isOverBacklog((await other.another()).engine, 1)).toBe(true);
  expect(await isOverBacklog((await other.another()).engine, 2)).toBe(false);
  await other.close();
});
