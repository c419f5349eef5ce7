import { randomUUID } from "node:crypto";
import type { EventData } from "#lib/domain/events";
import { isRejection } from "#lib/domain/rejection";
import { commandMac, type WorkspaceKeys } from "#lib/log/keys";
import type { Clock } from "../clock";
import type { Database } from "../db";
import { Appender } from "./append";
import { Batches } from "./batches";
import { Decider } from "./decider";
import { judge, see } from "./head-guard";
import { type Head, writeHeadNote } from "./head-note";
import { pooledRandomBytes } from "./random";
import { Streams } from "./streams";
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

/** Written like the engine's own bookkeeping: nobody can ask for it by the door, and no engine needs to run. */
async function record(
  { database, keys, clock, reason }: Adoption,
  data: EventData["logAdopted"],
): Promise<void> {
  const randomBytes = pooledRandomBytes();
  const stream = `workspace/${keys.workspace}`;
  const id = randomUUID();
  const streams = new Streams(database, keys, randomBytes, 1);
  const decider = new Decider(
    {
      database,
      keys,
      clock,
      randomBytes,
      definitions: [],
      attemptNow: () => null,
      doubt: () => ({ kind: "neither" }),
      answersWithin_ms: () => null,
    },
    streams,
  );
  const batches = new Batches(streams, decider, new Appender(database, keys.workspace), () => {});
  const held = await streams.acquire(stream);
  const written = await batches.add({
    command: null,
    asking: { actor: systemActor(keys.workspace, "operator"), source: "operator", id },
    stream,
    mac: commandMac(keys, "system/operator", id),
    definition: null,
    person: undefined,
    customerIndex: undefined,
    decide: () => [{ type: "logAdopted", data, personal: { reason } }],
    held,
    permitting: [],
    pinned: [],
  });
  if (isRejection(written)) throw new Error(written.message);
}
