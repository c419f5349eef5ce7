import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * How far the log went when this place last saw it, in a file outside of the database: what a backup that is put back, or a
 * copy of the database, cannot bring along. `folder` names the folder the file is in, so that a copy of both is known too.
 */
export type Head = { pos: number; leaf: string };
export type HeadNote = {
  installation: string;
  workspace: string;
  folder: string;
  /** The last event of the log; null when it had none. */
  head: Head | null;
};

/** The note at `path`; null when there is none, "unreadable" when what is there is no note. Throws when it cannot be read. */
export async function readHeadNote(path: string): Promise<HeadNote | "unreadable" | null> {
  const text = await readFile(path, "utf8").catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    const note = JSON.parse(text);
    return isHeadNote(note) ? note : "unreadable";
  } catch {
    return "unreadable";
  }
}

/** Writes the note whole or not at all, and safe from a power cut. The folder is made when it is not there yet. */
export async function writeHeadNote(path: string, given: HeadNote): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const note = { ...given, folder: given.folder || (await folderOf(path)) };
  const fresh = `${path}.${randomUUID()}`;
  try {
    const file = await open(/* turbopackIgnore: true */ fresh, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(note, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * What tells a folder from a copy of it: it stays when the folder is renamed, mounted elsewhere, or filled from a backup.
 * Empty while there is no such folder.
 */
export async function folderOf(path: string): Promise<string> {
  const folder = await stat(dirname(path), { bigint: true }).catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return folder === null ? "" : `${folder.ino}`;
}

function isHeadNote(value: unknown): value is HeadNote {
  const { installation, workspace, folder, head } = (value ?? {}) as { [member: string]: unknown };
  if ([installation, workspace, folder].some((text) => typeof text !== "string")) return false;
  if (head === null) return true;
  const { pos, leaf } = (head ?? {}) as { [member: string]: unknown };
  return Number.isSafeInteger(pos) && typeof leaf === "string" && /^[0-9a-f]{64}$/.test(leaf);
}
