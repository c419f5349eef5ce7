/**
 * Which process is which. A process number alone proves nothing, because numbers are used again: a process is
 * known by its number together with the moment it started.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A process as it can be recognised later: `started` is opaque, equal for the same process and no other. */
export type ProcessMark = { pid: number; started: string };

/** Says whether a process exists and is more than a dead one nobody has asked for its exit code. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return linuxStat(pid)?.state !== "Z";
}

/** Returns the mark of a running process, undefined when there is none. */
export function processMark(pid: number): ProcessMark | undefined {
  if (!isRunning(pid)) return undefined;
  const started = process.platform === "linux" ? linuxStat(pid)?.started : ask(pid, "lstart=");
  return started ? { pid, started } : undefined;
}

/** Says whether the marked process itself still runs, rather than another with its number. */
export function stillRuns(mark: ProcessMark): boolean {
  return processMark(mark.pid)?.started === mark.started;
}

/** Returns the command line of a process, "" when it cannot be read. */
export function commandLine(pid: number): string {
  if (process.platform !== "linux") return ask(pid, "command=") ?? "";
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

/**
 * Asks a marked process to end, together with those it started when it leads a group of its own. Kills them after
 * `patience_ms`. Resolves when the marked one is gone. Never touches another process.
 */
export async function end(mark: ProcessMark, patience_ms = 10_000): Promise<void> {
  const killAt = Date.now() + patience_ms;
  signal(mark, "SIGTERM");
  while (stillRuns(mark)) {
    if (Date.now() > killAt) signal(mark, "SIGKILL");
    await pause(25);
  }
}

/** Resolves when a process of which we are not the parent has ended. */
export async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((done) => setTimeout(done, 500).unref());
}

function signal(mark: ProcessMark, name: NodeJS.Signals): void {
  for (const target of [-mark.pid, mark.pid]) {
    if (!stillRuns(mark)) return;
    try {
      process.kill(target, name);
      return;
    } catch {
      // It leads no group, or it ended in between.
    }
  }
}

function linuxStat(pid: number): { state: string; started: string } | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return { state: fields[0] ?? "", started: `${boot}/${fields[19]}` };
  } catch {
    return undefined;
  }
}

function ask(pid: number, column: string): string | undefined {
  const asked = spawnSync("ps", ["-o", column, "-p", `${pid}`], { encoding: "utf8" });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}
