/** A guard of the code: what it promises, how it is taken away, and the test that must notice. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Change = {
  /** A path in the repository, or the SQL function whose newest definition among the migrations is meant. */
  file: string | { sql: string };
  /** The exact text, which stands there once. */
  from: string;
  to: string;
};

export type Guard = {
  name: string;
  /** One sentence: what nobody has to fear as long as it stands. */
  promise: string;
  /** Taken away together: of guards that stand behind each other each alone would not be missed. */
  changes: readonly Change[];
  /** `name` is the test's full name with " > " between its parts. */
  test: { file: string; name: string };
};

const migrations = "prisma/migrations";

/** The file a change is made in. Throws when no migration defines the function. */
export function fileOf(root: string, { file }: Change): string {
  if (typeof file === "string") return file;
  const definition = new RegExp(`^CREATE (OR REPLACE )?(FUNCTION|VIEW) ${file.sql}\\b`, "m");
  const found = readdirSync(join(root, migrations), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${migrations}/${name}/migration.sql`)
    .sort()
    .findLast((path) => definition.test(readFileSync(join(root, path), "utf8")));
  if (!found) throw new Error(`no migration defines ${file.sql}`);
  return found;
}

/** Why the guard cannot be taken away as it is described: texts that are not there, or not once. Empty when it can. */
export function problemsOf(root: string, { changes }: Guard): string[] {
  return changes.flatMap((change) => {
    const path = fileOf(root, change);
    const times = readFileSync(join(root, path), "utf8").split(change.from).length - 1;
    return times === 1 ? [] : [`${path} has ${times} times: ${change.from.trim()}`];
  });
}

/** Takes the guard away, and returns how to put it back. */
export function takeAway(root: string, { changes }: Guard): () => void {
  const before = new Map<string, string>();
  for (const change of changes) {
    const path = join(root, fileOf(root, change));
    const text = readFileSync(path, "utf8");
    if (!before.has(path)) before.set(path, text);
    writeFileSync(
      path,
      text.replace(change.from, () => change.to),
    );
  }
  return () => {
    for (const [path, text] of before) writeFileSync(path, text);
  };
}
