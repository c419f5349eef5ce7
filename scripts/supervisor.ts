/**
 * Keeps together what one start of Holdpoint has running: who is responsible for a data folder, which processes belong
 * to it, and in which order they stop.
 *
 * Children live in process groups of their own, so that Ctrl-C reaches only us and nothing stops out of order. A kill -9
 * of us therefore leaves them running; `processes.json` in the data folder says which they were, and the next start ends
 * exactly those.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { projectFolder } from "./places";
import { end, type ProcessMark, processMark, stillRuns } from "./processes";

export type Command = {
  name: string;
  /** Arguments for node: `["--import", "tsx", "scripts/carrier.ts"]`. */
  args: string[];
  env?: Record<string, string>;
};

type Book = { starter: ProcessMark; children: Record<string, ProcessMark> };
type Stopper = { name: string; stop(): Promise<void> };

export class Supervisor {
  /** Resolves with a sentence when something ends that should have gone on. */
  readonly failed: Promise<string>;
  private fail: (sentence: string) => void = () => {};
  private stoppers: Stopper[] = [];
  private readonly children: Record<string, ProcessMark> = {};
  private stopped: Promise<void> | undefined;

  private constructor(private readonly dataFolder: string) {
    this.failed = new Promise((resolve) => {
      this.fail = resolve;
    });
  }

  /**
   * Takes charge of a data folder, ending what a killed start has left running. Throws when another start that is
   * alive has charge of it.
   */
  static async take(dataFolder: string, report: (line: string) => void): Promise<Supervisor> {
    mkdirSync(dataFolder, { recursive: true });
    const before = readBook(dataFolder);
    if (before && before.starter.pid !== process.pid && stillRuns(before.starter)) {
      throw new Error(
        `Holdpoint already runs on ${dataFolder} (process ${before.starter.pid}). Stop it first.`,
      );
    }
    for (const [name, mark] of Object.entries(before?.children ?? {})) {
      if (!stillRuns(mark)) continue;
      report(`ending the ${name} that an earlier start has left running (process ${mark.pid})`);
      await end(mark);
    }
    const supervisor = new Supervisor(dataFolder);
    supervisor.writeBook();
    return supervisor;
  }

  /** Starts a process that is to run until we stop. Each line it prints goes to `hear`. */
  serve(command: Command, hear: (line: string) => void): void {
    const child = this.launch(command, hear);
    child.once("exit", (code, signal) =>
      this.fail(`The ${command.name} ended by itself (${signal ?? `exit code ${code}`}).`),
    );
  }

  /** Runs a process to its end and returns its exit code and what it printed; its other output goes to `hear`. */
  async perform(
    command: Command,
    hear: (line: string) => void,
  ): Promise<{ code: number | null; printed: string }> {
    let printed = "";
    const child = this.launch(command, hear, (line) => {
      printed += `${line}\n`;
    });
    // "close" comes after the last line has been read, "exit" may come before.
    const code = await new Promise<number | null>((done) => child.once("close", done));
    delete this.children[command.name];
    this.stoppers = this.stoppers.filter(({ name }) => name !== command.name);
    if (!this.stopped) this.writeBook();
    return { code, printed };
  }

  /** Adds something to stop, before all that was added earlier. Stops it at once when we are stopping already. */
  async add(name: string, stop: () => Promise<void>): Promise<void> {
    if (this.stopped) {
      await stop();
      throw new Error(`Stopped while starting the ${name}.`);
    }
    this.stoppers.push({ name, stop });
  }

  /** Says that something that was added has ended; a failure unless we are stopping. */
  ended(name: string): void {
    this.fail(`The ${name} ended by itself.`);
  }

  get stopping(): boolean {
    return this.stopped !== undefined;
  }

  /** Stops everything, the last started first. Goes on when one does not stop, and throws its error at the end. */
  stop(report: (line: string) => void = () => {}): Promise<void> {
    this.stopped ??= this.stopAll(report);
    return this.stopped;
  }

  private async stopAll(report: (line: string) => void): Promise<void> {
    const errors: unknown[] = [];
    for (const { name, stop } of this.stoppers.toReversed()) {
      report(`stopping the ${name}`);
      await stop().catch((error: unknown) => errors.push(error));
    }
    rmSync(bookPath(this.dataFolder), { force: true });
    if (errors.length > 0) throw errors[0];
  }

  private launch(command: Command, hear: (line: string) => void, hearOutput = hear): ChildProcess {
    if (this.stopped) throw new Error(`Stopped before starting the ${command.name}.`);
    const child = spawn(process.execPath, command.args, {
      cwd: projectFolder,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...command.env },
    });
    createInterface({ input: child.stdout }).on("line", hearOutput);
    createInterface({ input: child.stderr }).on("line", hear);
    const mark = child.pid === undefined ? undefined : processMark(child.pid);
    if (mark) {
      this.children[command.name] = mark;
      this.writeBook();
      this.stoppers.push({ name: command.name, stop: () => end(mark, 5_000) });
    }
    child.once("error", (error) => this.fail(`The ${command.name} could not be started: ${error.message}`));
    return child;
  }

  private writeBook(): void {
    const starter = processMark(process.pid);
    if (!starter) return;
    const book: Book = { starter, children: this.children };
    const path = bookPath(this.dataFolder);
    writeFileSync(`${path}.new`, `${JSON.stringify(book, null, 2)}\n`);
    renameSync(`${path}.new`, path);
  }
}

/** Says whether a start of Holdpoint that is alive has charge of a data folder. */
export function isTaken(dataFolder: string): boolean {
  const book = readBook(dataFolder);
  return book !== undefined && stillRuns(book.starter);
}

function readBook(dataFolder: string): Book | undefined {
  const path = bookPath(dataFolder);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

const bookPath = (dataFolder: string) => join(dataFolder, "processes.json");
