/** SECURITY.md names what is there: files, tests by their names, items once and in order, and a remedy for what is missing. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "./places";

const read = (path: string) => readFileSync(join(projectFolder, path), "utf8");
const text = read("SECURITY.md");
const rows = text.split("\n").flatMap((line) => {
  const [, item, level, how, shown] =
    /^\| (\d+\.\d+\.\d+) L([123]) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$/.exec(line) ?? [];
  return item ? [{ item, level: Number(level), how: how!, shown: shown! }] : [];
});

/** The tests of a row: a file, and the names told after it until the next file. */
function testsOf(shown: string): { file: string; names: string[] }[] {
  return [...shown.matchAll(/`([^`]+)`([^`]*)/g)].map(([, file, told]) => ({
    file: file!,
    names: [...told!.matchAll(/\*([^*]+)\*/g)].map(([, name]) => name!),
  }));
}

test("every line of its tables is an item that can be read", () => {
  expect(rows.length).toBeGreaterThan(180);
  expect(rows).toHaveLength(text.split("\n").filter((line) => /^\| \d/.test(line)).length);
});

test("every item stands there once, in the standard's order", () => {
  const order = rows.map(({ item }) => item.split(".").reduce((sum, part) => sum * 100 + Number(part), 0));
  expect(order).toEqual([...new Set(order)].sort((one, other) => one - other));
});

test("every file it names is there", () => {
  const files = [
    ...text.matchAll(/`((?:app|components|e2e|lib|prisma|scripts)\/[^`\s]+|[\w.-]+\.(?:mjs|ts|json))`/g),
  ];
  expect(files.length).toBeGreaterThan(rows.length);
  expect(files.map(([, file]) => file!).filter((file) => !existsSync(join(projectFolder, file)))).toEqual([]);
});

test("every test it names is in the file it names", () => {
  const missing = rows.flatMap(({ item, shown }) =>
    testsOf(shown).flatMap(({ file, names }) => {
      if (!/\.(test|spec)\.ts$/.test(file)) return [`${item}: ${file} is no test`];
      const held = read(file);
      return names.filter((name) => !held.includes(name)).map((name) => `${item}: ${file} has no ${name}`);
    }),
  );
  expect(missing).toEqual([]);
});

test("an item has a test, or a dash; one that is not met says what would meet it", () => {
  expect(rows.filter(({ shown }) => shown !== "—" && testsOf(shown).length === 0)).toEqual([]);
  for (const { item, how } of rows)
    expect(how.includes("*Remedy*"), item).toBe(/\*\*(partly|not met)\*\*/.test(how));
});
