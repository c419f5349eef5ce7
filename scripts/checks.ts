/** The checks and tests of the project, each run as its own process and counted by what it reports about itself. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { projectFolder } from "./places";
import { ensurePrismaClient } from "./prisma-client";

/** How many held, how many did not, and what those are called. */
export type Counts = { passed: number; failed: number; failures: string[] };

const BIOME = "node_modules/@biomejs/biome/bin/biome";
const NEXT = "node_modules/next/dist/bin/next";
const TSC = "node_modules/typescript/bin/tsc";
const VITEST = "node_modules/vitest/vitest.mjs";
const PLAYWRIGHT = "node_modules/playwright/cli.js";

/** Format and lint, types, pure tests, at the same time. Format, lint and types count as one each. Builds nothing. */
export async function check(): Promise<Counts> {
  ensurePrismaClient(console.log);
  const [pure, style, types] = await Promise.all([
    vitest("pure"),
    single("format and lint", [[BIOME, "ci"]]),
    // Types of routes and of next-env.d.ts, which are generated and not in the repository.
    single("types", [
      [NEXT, "typegen"],
      // Its cache does not notice a changed compiler option.
      [TSC, "--noEmit", "--incremental", "false"],
    ]),
  ]);
  for (const { name, printed } of [style, types]) {
    announce(name);
    console.log(printed.trim());
  }
  return sum([pure, style, types]);
}

/** The tests that talk to a real PostgreSQL. */
export async function databaseTests(): Promise<Counts> {
  ensurePrismaClient(console.log);
  return vitest("database");
}

/** The tests in a real browser, against the real application. */
export async function browserTests(): Promise<Counts> {
  return counted("browser tests", [PLAYWRIGHT, "test", "--config", "e2e/playwright.config.ts"], {
    extra: () => ["--reporter=list,json"],
    env: (report) => ({ PLAYWRIGHT_JSON_OUTPUT_NAME: report }),
    // A test that passes only the second time has failed.
    read: ({ stats, suites }) => ({
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky,
      failures: suites.flatMap(failedJourneys),
    }),
  });
}

/** Adds up counts. */
export function sum(all: Counts[]): Counts {
  return {
    passed: all.reduce((total, { passed }) => total + passed, 0),
    failed: all.reduce((total, { failed }) => total + failed, 0),
    failures: all.flatMap(({ failures }) => failures),
  };
}

type Suite = { suites?: Suite[]; specs: { title: string; file: string; line: number; ok: boolean }[] };

function failedJourneys({ suites = [], specs }: Suite): string[] {
  const failed = specs.filter(({ ok }) => !ok);
  return [
    ...failed.map(({ file, line, title }) => `e2e/${file}:${line} ${title}`),
    ...suites.flatMap(failedJourneys),
  ];
}

async function vitest(project: "pure" | "database"): Promise<Counts> {
  return counted(
    `${project} tests`,
    [VITEST, "run", "--config", "lib/vitest.config.ts", "--project", project],
    {
      extra: (report) => ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
      env: () => ({}),
      read: ({ numPassedTests, numFailedTests, testResults }) => ({
        passed: numPassedTests,
        failed: numFailedTests,
        failures: testResults.flatMap(failedTests),
      }),
    },
  );
}

type TestFile = {
  name: string;
  status: string;
  message?: string;
  assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
};

/** The failed tests of a file, each with the first line of why; the file itself when it did not even load. */
function failedTests({ name, status, message, assertionResults }: TestFile): string[] {
  const path = relative(projectFolder, name);
  const failed = assertionResults.filter((one) => one.status === "failed");
  if (failed.length === 0 && status === "failed") return [`${path} ${firstLine(message)}`];
  return failed.map(
    ({ fullName, failureMessages }) => `${path} ${fullName}: ${firstLine(failureMessages?.[0])}`,
  );
}

function firstLine(text = ""): string {
  return text.split("\n", 1)[0] ?? "";
}

async function single(
  name: string,
  commands: string[][],
): Promise<Counts & { name: string; printed: string }> {
  let printed = "";
  for (const command of commands) {
    const code = await run(command, {}, (text) => {
      printed += text;
    });
    if (code !== 0) return { name, printed, passed: 0, failed: 1, failures: [name] };
  }
  return { name, printed, passed: 1, failed: 0, failures: [] };
}

type Reporting = {
  /** Arguments and variables that make the program write its report as JSON to a path. */
  extra(report: string): string[];
  env(report: string): Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: the reports of two programs, each read in one line.
  read(report: any): Counts;
};

async function counted(name: string, command: string[], { extra, env, read }: Reporting): Promise<Counts> {
  announce(name);
  const folder = mkdtempSync(join(tmpdir(), "holdpoint-report-"));
  const report = join(folder, "report.json");
  try {
    const code = await run([...command, ...extra(report)], env(report));
    const counts = readReport(name, report, read);
    // A file that does not load, a set-up that throws: nothing is counted as failed, and yet it is no success.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1, failures: [name] } : counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(name: string, path: string, read: Reporting["read"]): Counts {
  try {
    return read(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return { passed: 0, failed: 1, failures: [`${name}: no report`] };
  }
}

/** Runs a program and returns its exit code. What it prints goes to the terminal, or to `hear` when given. */
function run(
  args: string[],
  env: Record<string, string> = {},
  hear?: (text: string) => void,
): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: projectFolder,
    stdio: ["ignore", hear ? "pipe" : "inherit", hear ? "pipe" : "inherit"],
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
  });
  for (const output of [child.stdout, child.stderr])
    output?.setEncoding("utf8").on("data", (text) => hear?.(text));
  return new Promise((done) => {
    child.once("error", () => done(1));
    child.once("close", (code) => done(code ?? 1));
  });
}

function announce(name: string): void {
  console.log(`\n── ${name}`);
}
