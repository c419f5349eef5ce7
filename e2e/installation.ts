/** What the tests know of the application they are run against. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Application } from "../scripts/application";
import type { Browser } from "./browser";

export type Installation = Application & { browser: Browser };

/** Returns the application that the global set-up has started, undefined before it has. */
export function installation(): Installation | undefined {
  const text = process.env.HOLDPOINT_INSTALLATION;
  return text ? JSON.parse(text) : undefined;
}

/**
 * Runs a command of the project (`api-key`, `import`, `people` …) against the application under test and returns what
 * it printed. Rejects when it exits with another code than 0.
 */
export async function command(name: string, ...args: string[]): Promise<string> {
  const folder = join(import.meta.dirname, "..");
  const env = { ...process.env, ...installation()?.environment };
  const script = join("scripts", `${name}.ts`);
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, ...args], {
    cwd: folder,
    env,
  });
  return stdout;
}
