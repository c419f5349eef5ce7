/**
 * Data folders that live as long as one test run. A run that was killed leaves its folder and its processes behind;
 * the next run finds them by the mark of the process that made them.
 */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedFolder } from "../application";
import { removeCluster, runningCluster } from "../embedded-postgres";
import { type ProcessMark, processMark, stillRuns } from "../processes";
import { Supervisor } from "../supervisor";

const PREFIX = "holdpoint-throwaway-";

/** Makes a folder in the system's temporary one, after clearing away those whose makers have ended. */
export async function makeThrowawayFolder(): Promise<string> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    // Without a mark it is one that is being made at this moment.
    if (!existsSync(markPath(folder))) continue;
    const maker: ProcessMark = JSON.parse(readFileSync(markPath(folder), "utf8"));
    if (!stillRuns(maker)) await discardThrowawayFolder(folder);
  }
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  // The server may run under another account and must be able to pass.
  chmodSync(folder, 0o755);
  writeFileSync(markPath(folder), JSON.stringify(processMark(process.pid)));
  return folder;
}

/** Ends what runs on such a folder, its server without ceremony, and deletes it. */
export async function discardThrowawayFolder(folder: string): Promise<void> {
  const supervisor = await Supervisor.take(folder, () => {});
  await supervisor.stop();
  const dataDirectory = embeddedFolder(folder);
  await (await runningCluster(dataDirectory))?.stop("immediate");
  await removeCluster(dataDirectory);
  rmSync(folder, { recursive: true, force: true });
}

const markPath = (folder: string) => join(folder, "maker.json");
