import { offeredName } from "#lib/domain/attachment-name";
import { type AuthorizedActor, demandActor } from "#lib/domain/authority";
import { openAttachment } from "#lib/log/attachment";
import { readOrder, readVersions } from "./order-reading";
import { mayRead } from "./permission";
import { keysOf, personalOf, textOf } from "./personal";
import type { Store } from "./store";

/** A file of an order in plain; under its name it can be saved and opened without being run. */
export type OpenedFile = { name: string; mediaType: string; content: Buffer<ArrayBuffer> };

/**
 * The file that an event of an order attached, by the event's version. Null when there is none this actor may see, "erased" when
 * its key is gone. Throws `EnvelopeError` when what is kept is not what was attached.
 */
export async function attachedFile(
  actor: AuthorizedActor,
  store: Store,
  { order, version }: { order: string; version: number },
): Promise<OpenedFile | "erased" | null> {
  demandActor(actor, store.keys.workspace);
  const reading = await readOrder(store, order);
  const own = reading?.state.requestedBy === actor.person && mayRead(actor, "ownOrders");
  if (!reading || !(own || mayRead(actor, "orders"))) return null;
  const [stored] = await readVersions(store, order, [version]);
  if (stored?.event?.type !== "attachmentAdded") return null;
  const subject = `order/${order}`;
  const held = await keysOf(store, [subject]);
  const keys = held.get(subject);
  if (!keys) return "erased";
  const { hash, mediaType } = stored.event.data;
  const kept = await store.database.attachment.findUnique({
    where: { workspace_hash: { workspace: store.keys.workspace, hash } },
  });
  if (!kept) return null;
  return {
    name: offeredName(textOf(personalOf(stored.body, held), "name") ?? "file", mediaType),
    mediaType,
    content: openAttachment(keys, store.keys.workspace, kept.kept, hash),
  };
}
