/** The table of guards names what is there, so that `npm run mutants` finds it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "../places";
import { deciding } from "./deciding";
import { problemsOf } from "./guard";
import { outside } from "./outside";
import { recording } from "./recording";

const guards = [...deciding, ...recording, ...outside];

test.each(guards)("$name stands where it is said to stand, and so does its test", (guard) => {
  expect(problemsOf(projectFolder, guard)).toEqual([]);
  expect(existsSync(join(projectFolder, guard.test.file))).toBe(true);
});

test("no two have one name or one promise", () => {
  for (const told of [guards.map(({ name }) => name), guards.map(({ promise }) => promise)])
    expect(new Set(told).size).toBe(guards.length);
});

test("a text that is not there, or twice, is told", () => {
  const [guard] = guards as [(typeof guards)[0]];
  const change = (from: string) => ({ ...guard, changes: [{ file: "package.json", from, to: "" }] });
  expect(problemsOf(projectFolder, change("no such text"))).toEqual([
    "package.json has 0 times: no such text",
  ]);
  expect(problemsOf(projectFolder, change('"scripts"'))).toEqual([]);
  expect(problemsOf(projectFolder, change("node"))).toHaveLength(1);
});
