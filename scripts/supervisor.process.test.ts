import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { end, isRunning, processMark, stillRuns } from "./processes";
import { isTaken, Supervisor } from "./supervisor";

let folder: string;
const quietly = () => {};
const idle = "console.log('idle ' + process.pid); setInterval(() => {}, 1000)";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdpoint-supervisor-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function serve(supervisor: Supervisor, name: string, code = idle): Promise<number> {
  return new Promise((heard) => {
    supervisor.serve({ name, args: ["-e", code] }, (line) => heard(Number(line.replace("idle ", ""))));
  });
}

/** Does in another process what a start does, and kills it with -9 in the middle. Returns the child it leaves. */
async function killedStart(): Promise<number> {
  const script = `import { Supervisor } from "./scripts/supervisor";
    Supervisor.take(${JSON.stringify(folder)}, () => {}).then((supervisor) =>
      supervisor.serve({ name: "console", args: ["-e", ${JSON.stringify(idle)}] }, (line) => console.log(line)));`;
  const starter = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
  const [printed] = await once(starter.stdout, "data");
  starter.kill("SIGKILL");
  await once(starter, "exit");
  return Number(String(printed).replace("idle ", ""));
}

test("stops what it started, the last first, and then what was added before", async () => {
  const supervisor = await Supervisor.take(folder, quietly);
  const stopped: string[] = [];
  await supervisor.add("database", async () => {});
  const carrier = await serve(supervisor, "carrier");
  const console_ = await serve(supervisor, "console");
  expect(isTaken(folder)).toBe(true);
  await supervisor.stop((line) => stopped.push(line));
  expect(stopped).toEqual(["stopping the console", "stopping the carrier", "stopping the database"]);
  expect([isRunning(carrier), isRunning(console_), isTaken(folder)]).toEqual([false, false, false]);
});

test("what does not end when asked is killed", async () => {
  const child = spawn(process.execPath, ["-e", `process.on("SIGTERM", () => {}); ${idle}`], {
    detached: true,
  });
  await once(child.stdout, "data");
  const mark = processMark(child.pid!)!;
  await end(mark, 200);
  expect(stillRuns(mark)).toBe(false);
});

test("a child that ends by itself is told of", async () => {
  const supervisor = await Supervisor.take(folder, quietly);
  supervisor.serve({ name: "carrier", args: ["-e", "process.exit(7)"] }, quietly);
  expect(await supervisor.failed).toBe("The carrier ended by itself (exit code 7).");
  await supervisor.stop();
});

test("a run to the end gives exit code and output", async () => {
  const supervisor = await Supervisor.take(folder, quietly);
  const heard: string[] = [];
  const code = "console.log('out'); console.error('progress'); process.exit(3)";
  const result = await supervisor.perform({ name: "demo", args: ["-e", code] }, (line) => heard.push(line));
  expect([result, heard]).toEqual([{ code: 3, printed: "out\n" }, ["progress"]]);
  await supervisor.stop();
});

test("what a killed start left running is ended, and nothing else", async () => {
  const left = await killedStart();
  expect(isRunning(left)).toBe(true);
  const book = join(folder, "processes.json");
  const written = JSON.parse(readFileSync(book, "utf8"));
  // A number that by now belongs to another process: ours.
  written.children.carrier = { ...written.children.console, pid: process.pid };
  writeFileSync(book, JSON.stringify(written));

  const lines: string[] = [];
  const supervisor = await Supervisor.take(folder, (line) => lines.push(line));
  expect(lines).toEqual([`ending the console that an earlier start has left running (process ${left})`]);
  expect(isRunning(left)).toBe(false);
  await supervisor.stop();
});

test("a folder that a living start has charge of is refused", async () => {
  const other = spawn(process.execPath, ["-e", idle]);
  await once(other.stdout, "data");
  const book = { starter: processMark(other.pid!), children: {} };
  writeFileSync(join(folder, "processes.json"), JSON.stringify(book));
  await expect(Supervisor.take(folder, quietly)).rejects.toThrow(`(process ${other.pid}). Stop it first.`);
  other.kill();
});

test("what comes up while stopping is stopped at once", async () => {
  const supervisor = await Supervisor.take(folder, quietly);
  await supervisor.stop();
  let stopped = false;
  const late = supervisor.add("database", async () => {
    stopped = true;
  });
  await expect(late).rejects.toThrow("Stopped while starting the database.");
  expect(stopped).toBe(true);
  expect(existsSync(join(folder, "processes.json"))).toBe(false);
});
