/** The documents name what is there: files, commands, variables, and the vectors of the log format. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import golden from "../lib/log/golden.json";
import { demoPassword, emailOf, people } from "./demo/story";
import { projectFolder } from "./places";

const read = (path: string) => readFileSync(join(projectFolder, path), "utf8");
const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

/** What stands in backticks or as a link's or a picture's target. */
function named(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`|\]\(([^)\s]+)\)/g)].map(([, code, target]) => code ?? target ?? "");
}

test.each(documents)("every file %s names is there", (document) => {
  const file =
    /^(?:(?:app|components|e2e|lib|prisma|public|scripts|\.ci)\/[^\s*<…]+|[A-Z]+\.md|LICENSE|\.env\.example)$/;
  const files = named(read(document)).filter((name) => file.test(name));
  expect(files.length).toBeGreaterThan(1);
  expect(files.filter((path) => !existsSync(join(projectFolder, path)))).toEqual([]);
});

test("every command the documents name is one of package.json", () => {
  const { scripts } = JSON.parse(read("package.json"));
  const commands = documents.flatMap((document) =>
    [...read(document).matchAll(/npm run ([a-z:-]+)/g)].map(([, name]) => name ?? ""),
  );
  expect(commands.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test("README and .env.example have every variable that is read, and no other", () => {
  const schema = read("lib/env.ts").match(/z\.object\(\{(.*?)\n\}\)/s)?.[1] ?? "";
  const variables = [...schema.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name ?? "");
  // PORT is npm start's, CHROMIUM_PATH the browser tests'.
  const known = new Set([...variables, "PORT", "CHROMIUM_PATH"]);
  expect(variables).toContain("DATABASE_URL");
  const table = read("README.md")
    .split("\n")
    .filter((line) => line.startsWith("| `") && line.split("|").length === 5)
    .flatMap((line) => [...line.split("|")[1]!.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name));
  expect(new Set(table)).toEqual(known);
  const example = [...read(".env.example").matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(new Set(example)).toEqual(known);
});

test("README has the demo's people with their roles, and the password", () => {
  const readme = read("README.md");
  expect(readme).toContain(`\`${demoPassword}\``);
  for (const { id, roles } of people) {
    const line = readme
      .split("\n")
      .find((text) => text.startsWith("| `") && text.includes(`\`${emailOf(id)}\``));
    expect(line?.split("|")[2]?.trim()).toBe(roles.join(", "));
  }
});

test("the vectors of ARCHITECTURE.md are the golden ones", () => {
  const text = read("ARCHITECTURE.md");
  const [envelope] = golden.envelopes;
  const vectors = [
    golden.bodies[1]!.text,
    golden.bodies[1]!.leaf,
    golden.keys.workspaceKey,
    golden.keys.identityKey,
    golden.keys.commandMac.mac,
    golden.keys.orderId.id,
    golden.keys.blindIndex.index,
    golden.effectKeys[0]!.key,
    golden.evidence.hash,
    golden.evidence.shown.leaves[0]!,
    envelope!.dataKey,
    envelope!.nonce,
    envelope!.envelope.ct,
    envelope!.envelope.commit,
    envelope!.wrapped.nonce,
    envelope!.wrapped.base64url,
  ];
  expect(vectors.filter((vector) => !text.includes(vector))).toEqual([]);
});

test("ARCHITECTURE.md has every table and its class", () => {
  const folder = join(projectFolder, "prisma/migrations");
  const migrations = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readFileSync(join(folder, name, "migration.sql"), "utf8"))
    .join("\n");
  const tables = [...migrations.matchAll(/^CREATE TABLE (\w+)/gm)].map(([, table]) => table);
  const classes = new Map(
    [...migrations.matchAll(/^COMMENT ON TABLE (\w+) IS 'class: (\w+)/gm)].map(([, table, of]) => [
      table,
      of,
    ]),
  );
  const told = new Map(
    read("ARCHITECTURE.md")
      .split("\n")
      .flatMap((line) => {
        const [, of, cell] = /^\| (log|opinion|operational)[^|]*\|([^|]+)\|/.exec(line) ?? [];
        return of ? [...cell!.matchAll(/`(\w+)`/g)].map(([, table]) => [table, of] as const) : [];
      }),
  );
  expect(tables.length).toBeGreaterThan(10);
  expect(new Set(classes.keys())).toEqual(new Set(tables));
  expect(told).toEqual(classes);
});
