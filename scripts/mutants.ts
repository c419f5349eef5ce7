/**
 * `npm run mutants [-- --only <part of a name>] [-- --table]`: takes away one guard after the other in a copy of the
 * repository and expects the test that holds it to fail.
 *
 * First every named test has to pass as things are. A guard that is not where it is said to be, or that nobody misses, is
 * named, and the exit code is 1. `--table` prints the guards and runs nothing.
 */
import { setPriority } from "node:os";
import { parseArgs } from "node:util";
import { copyOfTree } from "./mutants/copy";
import { deciding } from "./mutants/deciding";
import { type Guard, problemsOf, takeAway } from "./mutants/guard";
import { outside } from "./mutants/outside";
import { recording } from "./mutants/recording";
import { isOfDatabase, run } from "./mutants/run-tests";

const { values } = parseArgs({
  options: { only: { type: "string", default: "" }, table: { type: "boolean", default: false } },
});
const guards = [...deciding, ...recording, ...outside].filter(({ name }) => name.includes(values.only));

if (values.table) console.log(tableOf(guards));
else await tryAll();

async function tryAll(): Promise<void> {
  // Minutes of work that nobody waits for at the screen.
  setPriority(10);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const copy = copyOfTree();
  try {
    const failures = [
      ...guards.flatMap((guard) =>
        problemsOf(copy.root, guard).map((problem) => `${guard.name}: ${problem}`),
      ),
      ...(await notPassing(copy.root, stop.signal)),
    ];
    if (failures.length === 0)
      for (const guard of guards) {
        if (stop.signal.aborted) break;
        const { noticed, said } = await without(copy.root, guard, stop.signal);
        console.log(noticed ? `${guard.name}: ${said}` : `${guard.name}: NOT NOTICED`);
        if (!noticed) failures.push(`${guard.name}: ${said}`);
      }
    for (const failure of failures) console.error(failure);
    console.log(`${guards.length} guards, ${failures.length} problems`);
    process.exitCode = failures.length > 0 || stop.signal.aborted ? 1 : 0;
  } finally {
    copy.discard();
  }
}

/** The named tests that do not pass while every guard stands. */
async function notPassing(root: string, signal: AbortSignal): Promise<string[]> {
  const failures: string[] = [];
  for (const ofDatabase of [false, true]) {
    const tests = guards.map(({ test }) => test).filter((test) => isOfDatabase(test) === ofDatabase);
    if (tests.length === 0) continue;
    const { endings, printed } = await run(root, tests, signal);
    const wrong = tests.flatMap(({ file, name }, n) =>
      endings[n]!.how === "passed" ? [] : [`${endings[n]!.how} with every guard in place: ${file} > ${name}`],
    );
    if (wrong.length > 0) failures.push(...new Set(wrong), printed);
    else console.log(`${new Set(tests.map(({ name }) => name)).size} tests pass while every guard stands`);
  }
  return failures;
}

/** What the guard's test says while the guard is gone. */
async function without(
  root: string,
  guard: Guard,
  signal: AbortSignal,
): Promise<{ noticed: boolean; said: string }> {
  const putBack = takeAway(root, guard);
  const { file, name } = guard.test;
  try {
    let { endings, printed } = await run(root, [guard.test], signal);
    // A machine that is busy ends a test's process now and then, and that says nothing.
    if (endings[0]!.how === "missing") ({ endings, printed } = await run(root, [guard.test], signal));
    const { how, why } = endings[0]!;
    if (how === "failed") return { noticed: true, said: why };
    const said = how === "passed" ? "it passes without it" : `it did not run\n${printed}`;
    return { noticed: false, said: `${file} > ${name}: ${said}` };
  } finally {
    putBack();
  }
}

function tableOf(listed: readonly Guard[]): string {
  const rows = listed.map(({ name, promise, changes, test }) => {
    const together = changes.length > 1 ? ` (${changes.length} places at once)` : "";
    return `| ${name}${together} | ${promise} | \`${test.file}\` |`;
  });
  return ["| guard | promise | without it, this fails |", "|---|---|---|", ...rows].join("\n");
}
