import type { AuthorizedActor } from "#lib/domain/authority";
import { evidenceOf } from "#lib/domain/order";
import { readOrder, readVersions } from "./order-reading";
import { demandReader } from "./permission";
import type { Store } from "./store";

/**
 * The hash over what a task of an order is decided by, if that was the same at `asOf` already; null where the order has been
 * changed since, or is not there. Who decides many at once has seen a list of them: what changed after that list, nobody saw.
 * Throws for an actor who may not read the queue.
 */
export async function evidenceAsOf(
  actor: AuthorizedActor,
  store: Store,
  { order, step, asOf }: { order: string; step: string; asOf: string },
): Promise<string | null> {
  demandReader(actor, store.keys.workspace, "queue");
  const reading = await readOrder(store, order);
  if (!reading) return null;
  const [content] = await readVersions(store, order, [reading.content]);
  const changedAt = content?.body.recordedAt;
  return changedAt === undefined || changedAt > asOf ? null : evidenceOf(reading.state, step);
}
