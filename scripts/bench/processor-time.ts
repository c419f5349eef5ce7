import { readdirSync, readFileSync } from "node:fs";
import { commandLine } from "../processes";

/** Processor seconds so far, by what they went into. */
export type ProcessorTime = { [part: string]: number };

const ticks_per_second = 100;

/**
 * Of this process (`bench`) and of those it has started, each with all below it: `database`, `carrier`, `console`. Empty where
 * there is no /proc to read it from.
 */
export function processorTime(): ProcessorTime {
  if (process.platform !== "linux") return {};
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
  const childrenOf = (pid: number) => processes.filter(({ parent }) => parent === pid);
  const below = (pid: number): number =>
    childrenOf(pid).reduce((sum, child) => sum + child.own_s + below(child.pid), 0);
  const { user, system } = process.cpuUsage();
  const time: ProcessorTime = { bench: (user + system) / 1_000_000 };
  for (const { pid, own_s, ended_s } of childrenOf(process.pid)) {
    const part = partOf(commandLine(pid));
    // Connections that were closed count among the server's ended children.
    if (part) time[part] = (time[part] ?? 0) + own_s + ended_s + below(pid);
  }
  return time;
}

/** What came between two readings, by part, for each thousand of `count`, to three places. */
export function perThousand(before: ProcessorTime, after: ProcessorTime, count: number): ProcessorTime {
  return Object.fromEntries(
    Object.entries(after).map(([part, s]) => [
      part,
      Number((((s - (before[part] ?? 0)) / count) * 1_000).toFixed(3)),
    ]),
  );
}

function partOf(command: string): string | undefined {
  if (command.includes("postgres")) return "database";
  if (command.includes("carrier.ts")) return "carrier";
  return command.includes("next") ? "console" : undefined;
}

function statOf(pid: number) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const seconds = (at: number) => Number(fields[at]) / ticks_per_second;
    return {
      pid,
      parent: Number(fields[1]),
      own_s: seconds(11) + seconds(12),
      ended_s: seconds(13) + seconds(14),
    };
  } catch {
    // It ended while we looked.
    return undefined;
  }
}
