/** Runs a command of the project as its user does, in a process of its own, against the database of a test. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { projectFolder } from "../places";
import { environmentOf, type TestWorkspace } from "./workspace";

/** What a command has answered: its exit code, and what it printed for machines and for people. */
export type Answered = { code: number; out: string; err: string };

/** Runs `scripts/<name>.ts` with the workspace's database and keys in its environment. */
export function runCommand(workspace: TestWorkspace, name: string, ...args: string[]): Promise<Answered> {
  const env = { ...process.env, ...environmentOf(workspace) };
  const script = ["--import", "tsx", join("scripts", `${name}.ts`), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, script, { cwd: projectFolder, env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out: out.trim(), err: err.trim() });
    });
  });
}
