import { createHmac } from "node:crypto";
import { type AttachmentMediaType, attachmentNameProblem } from "#lib/domain/attachment-name";
import { type AuthorizedActor, demandActor } from "#lib/domain/authority";
import { attachment_bytes_max } from "#lib/domain/commands";
import { type Rejection, reject } from "#lib/domain/rejection";
import { sealAttachment } from "#lib/log/attachment";
import { type SubjectKeys, subjectKeys, unwrapDataKey } from "#lib/log/envelope";
import type { WorkspaceKeys } from "#lib/log/keys";
import type { Database } from "../db";
import type { Engine } from "./execute";
import type { Accepted } from "./job";

/**
 * A file as it comes in: what it is called and what it says. What kind it is is seen from its bytes, not believed, and its
 * name has to end as that kind's do.
 */
export type IncomingFile = { name: string; content: Uint8Array };

export type AttachmentStore = {
  engine: Pick<Engine, "execute" | "workspace">;
  database: Database;
  keys: WorkspaceKeys;
};

/**
 * Keeps a file with an order: its bytes, encrypted under the order's key, and the event that names them by their hash. Of
 * somebody who may not add to the order no byte is kept; that they tried is on record like any refusal. The same file sent
 * again under the same id is kept once.
 */
export async function attach(
  actor: AuthorizedActor,
  store: AttachmentStore,
  { order, id, file: { name, content } }: { order: string; id: string; file: IncomingFile },
): Promise<Accepted | Rejection> {
  const { engine, database, keys } = store;
  demandActor(actor, engine.workspace);
  if (content.length === 0) return reject("invalid", "The file is empty.", { field: "file" });
  if (content.length > attachment_bytes_max)
    return reject("invalid", `A file is at most ${attachment_bytes_max / 1024 / 1024} MiB.`, {
      field: "file",
    });
  const mediaType = mediaTypeOf(name, content);
  if (!mediaType)
    return reject("invalid", "Attach a PDF, a picture (PNG, JPEG, WebP) or a text (TXT, CSV).", {
      field: "file",
    });
  const nameProblem = attachmentNameProblem(name.trim(), mediaType);
  if (nameProblem) return reject("invalid", nameProblem, { field: "file" });
  const subject = await keysOf(store, `order/${order}`);
  if (!subject) return reject("notFound", "There is no such order, or it was erased.", { field: "order" });
  // Made from the id and the content under a key, so that what is sent twice is the same bytes and tells nothing of itself.
  const nonce = createHmac("sha256", subject.commitment).update(`${id}\u0000`).update(content).digest();
  const { kept, hash } = sealAttachment(subject, keys.workspace, content, nonce.subarray(0, 12));
  if (await mayAdd(actor, store, order))
    await database.attachment.createMany({
      data: [{ workspace: keys.workspace, hash, orderId: order, kept: new Uint8Array(kept) }],
      skipDuplicates: true,
    });
  return engine.execute(
    { type: "order.attach", order, hash, size_bytes: content.length, mediaType, name },
    { actor, source: "console", id },
  );
}

/** As the rule for the event has it, by what stands in the rows now; the event itself is decided on the log. */
async function mayAdd(
  actor: AuthorizedActor,
  { database, keys }: AttachmentStore,
  order: string,
): Promise<boolean> {
  if (actor.roles.some((role) => role === "reviewer" || role === "supervisor")) return true;
  const rows = await database.$queryRawUnsafe<unknown[]>(
    `SELECT FROM orders WHERE workspace = $1 AND order_id = $2 AND requested_by = $3
       AND generation = (SELECT generation FROM workspace_head WHERE workspace = $1)`,
    keys.workspace,
    order,
    actor.person ?? "",
  );
  return rows.length > 0;
}

async function keysOf({ database, keys }: AttachmentStore, subject: string): Promise<SubjectKeys | null> {
  const row = await database.subjectKey.findUnique({
    where: { workspace_subject: { workspace: keys.workspace, subject } },
  });
  return row && subjectKeys(keys.workspace, subject, unwrapDataKey(keys, subject, row.wrapped));
}

const beginnings: readonly (readonly [AttachmentMediaType, string])[] = [
  ["application/pdf", "255044462d"],
  ["image/png", "89504e470d0a1a0a"],
  ["image/jpeg", "ffd8ff"],
];

/** What kind of file it is by its first bytes; a text is UTF-8 without control characters. Undefined for any other. */
export function mediaTypeOf(name: string, content: Uint8Array): AttachmentMediaType | undefined {
  const start = Buffer.from(content.subarray(0, 12)).toString("hex");
  const known = beginnings.find(([, beginning]) => start.startsWith(beginning));
  if (known) return known[0];
  if (/^52494646.{8}57454250/.test(start)) return "image/webp";
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    if (/[^\P{Cc}\t\r\n]/u.test(text)) return undefined;
  } catch {
    return undefined;
  }
  return /\.csv$/i.test(name) ? "text/csv" : "text/plain";
}
