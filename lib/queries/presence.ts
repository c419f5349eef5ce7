import { type AuthorizedActor, demandActor } from "#lib/domain/authority";
import { namesOf } from "./people-names";
import { mayRead } from "./permission";
import { currentGeneration, type Store } from "./store";

/** Whether there is such an order and this actor may read it: every one, or one they asked for. */
export async function mayReadOrder(actor: AuthorizedActor, store: Store, order: string): Promise<boolean> {
  demandActor(actor, store.keys.workspace);
  const own = mayRead(actor, "ownOrders") ? (actor.person ?? null) : null;
  const [row] = await store.database.$queryRawUnsafe<{ requested_by: string }[]>(
    `SELECT requested_by FROM orders WHERE workspace = $1 AND generation = ${currentGeneration} AND order_id = $2`,
    store.keys.workspace,
    order,
  );
  return row !== undefined && (mayRead(actor, "orders") || row.requested_by === own);
}

/**
 * What those who look at an order are called, for others who look at it too: `people` are ids, all of them of people who may
 * read that order.
 */
export async function viewersOf(
  store: Store,
  people: readonly string[],
): Promise<{ id: string; name: string }[]> {
  const names = await namesOf(store, people);
  return people.map((id) => ({ id, name: names.person(id) }));
}
