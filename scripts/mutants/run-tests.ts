/** Runs single tests in a copy of the repository and says of each how it ended. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Guard } from "./guard";

/** `missing`: there is no such test, or its file did not load or its database was not made. */
export type Ending = { how: "passed" | "failed" | "missing"; why: string };

type NamedTest = Guard["test"];
type Result = { fullName: string; status: string; failureMessages: string[] };
type Report = { testResults: { name: string; assertionResults: Result[] }[] };

const longest_ms = 600_000;

/** The endings in the order of the tests, which may be of one project only, and what vitest printed. */
export async function run(
  root: string,
  tests: readonly NamedTest[],
  signal: AbortSignal,
): Promise<{ endings: Ending[]; printed: string }> {
  const report = join(root, "report.json");
  rmSync(report, { force: true });
  const named = [...new Set(tests.map(({ name }) => `^${escaped(fullName(name))}$`))];
  const printed = await vitest(root, signal, [
    "--project",
    isOfDatabase(tests[0]!) ? "database" : "pure",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    "--testNamePattern",
    named.join("|"),
    ...new Set(tests.map(({ file }) => file)),
  ]);
  const ended = new Map<string, Result>();
  if (existsSync(report))
    for (const { name: path, assertionResults } of (JSON.parse(readFileSync(report, "utf8")) as Report)
      .testResults)
      for (const result of assertionResults) ended.set(`${path} ${result.fullName}`, result);
  const endings = tests.map(({ file, name }): Ending => {
    const result = ended.get(`${join(root, file)} ${fullName(name)}`);
    const why = (result?.failureMessages[0] ?? "").split("\n")[0]!;
    return result?.status === "passed" || result?.status === "failed"
      ? { how: result.status, why }
      : { how: "missing", why };
  });
  return { endings, printed };
}

export function isOfDatabase({ file }: NamedTest): boolean {
  return /\.(db|process)\.test\.ts$/.test(file);
}

function fullName(name: string): string {
  return name.replaceAll(" > ", " ");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function vitest(root: string, signal: AbortSignal, args: string[]): Promise<string> {
  const program = join(root, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [program, "run", "--config", "lib/vitest.config.ts", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    signal: AbortSignal.any([signal, AbortSignal.timeout(longest_ms)]),
    killSignal: "SIGTERM",
  });
  let printed = "";
  for (const output of [child.stdout, child.stderr])
    output.setEncoding("utf8").on("data", (text) => {
      printed += text;
    });
  return new Promise((resolve) => {
    child.once("error", (error) => {
      printed += error.message;
    });
    child.once("close", () => resolve(printed));
  });
}
