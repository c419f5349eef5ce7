import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { folderOf, writeHeadNote } from "#lib/engine/head-note";
import { withClient } from "./embedded-postgres";

/**
 * Gives a workspace that has none its installation, and notes in the same moment how far its log goes: what it holds by then is
 * taken as it is. From then on the console keeps the note. One that has an installation, and a note that is there, are left alone: whether they
 * belong together the console finds out. Throws when the note cannot be written.
 */
export async function beginHeadNote(
  ownerUrl: string,
  workspace: string,
  path: string,
  report: (line: string) => void,
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const folder = await folderOf(path);
  await withClient(ownerUrl, async (client) => {
    // As one: an installation without its note would be taken for a copy of another.
    await client.query("BEGIN");
    const installation = randomUUID();
    const given = await client.query(
      "UPDATE workspace_head SET installation = $2 WHERE workspace = $1 AND installation IS NULL",
      [workspace, installation],
    );
    if (given.rowCount === 1 && !existsSync(path)) {
      const { rows } = await client.query(
        "SELECT pos::integer, encode(leaf, 'hex') AS leaf FROM event WHERE workspace = $1 ORDER BY pos DESC LIMIT 1",
        [workspace],
      );
      await writeHeadNote(path, { installation, workspace, folder, head: rows[0] ?? null });
      report(`head note: begun in ${path}; leave it out of backups, so that an older one is known as such`);
    }
    await client.query("COMMIT");
  });
}
