import { randomUUID } from "node:crypto";
import type { EventData } from "#lib/domain/events";
import { isRejection } from "#lib/domain/rejection";
import type { WorkspaceKeys } from "#lib/log/keys";
import type { Clock } from "../clock";
import type { Database } from "../db";
import { Engine } from "./execute";
import { judge, see } from "./head-guard";
import { type Head, writeHeadNote } from "./head-note";
import { pooledRandomBytes } from "./random";
import { systemActor } from "./system-actor";

export type Adoption = {
  database: Database;
  keys: WorkspaceKeys;
  clock: Clock;
  path: string;
  reason: string;
};

/**
 * Takes the log of this database as it is, although it is not the one that was noted at `path`: first on record, in the log
 * itself, then in the note, so that consoles go on sending. Returns why it was held and what is noted now. Throws when
 * nothing is held, and when the workspace has no installation.
 */
export async function adoptLog(adoption: Adoption): Promise<{ held: string; head: Head }> {
  const { database, keys, path } = adoption;
  const { workspace } = keys;
  const found = await see(database, workspace, path);
  const { note, installation, folder, head } = found;
  const standing = judge(found);
  if (standing.sends) throw new Error(`There is nothing to adopt. ${standing.why}`);
  if (installation === null)
    throw new Error(`The workspace ${workspace} has no installation yet: npm start gives it one.`);
  const before =
    note === null || note === "unreadable"
      ? undefined
      : { installation: note.installation, pos: note.head?.pos };
  await record(adoption, { installation, pos: head?.pos, before });
  const { head: adopted } = await see(database, workspace, null);
  if (!adopted) throw new Error("The log has no event, although one was written to it.");
  await writeHeadNote(path, { installation, workspace, folder, head: adopted });
  return { held: standing.why, head: adopted };
}

async function record(
  { database, keys, clock, reason }: Adoption,
  adopted: EventData["logAdopted"],
): Promise<void> {
  // An engine that only writes: it has no workflow and calls nobody.
  const engine = new Engine({
    database,
    keys,
    clock,
    randomBytes: pooledRandomBytes(),
    definitions: [],
    attemptNow: () => null,
    doubt: () => ({ kind: "neither" }),
    answersWithin_ms: () => null,
    committed: () => {},
  });
  const actor = systemActor(keys.workspace, "operator");
  const asking = { actor, source: "operator", id: randomUUID() };
  const written = await engine.execute({ type: "log.adopt", ...adopted, reason }, asking);
  if (isRejection(written)) throw new Error(written.message);
}
