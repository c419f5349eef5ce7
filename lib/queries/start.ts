import type { AuthorizedActor } from "#lib/domain/authority";
import { policyAlone } from "./orders";
import { type Counted, count_max, looked_max } from "./page";
import { people_max } from "./people";
import { demandReader } from "./permission";
import { decidableBy, openTasks } from "./queue";
import { askedFor } from "./requests";
import { currentGeneration, type Store } from "./store";
import { countTasks, tasksToCount } from "./task-list";

/**
 * Numbers for the start page that no other page asks for: each a walk of a bounded length, and `more` where it stopped. Each
 * throws for an actor who may not read the list it is about.
 */

/** When the next task this person may decide is due; null when none is due from now on. */
export async function nextDeadline(
  actor: AuthorizedActor,
  store: Store,
  now: string,
): Promise<string | null> {
  demandReader(actor, store.keys.workspace, "queue");
  const { ranges, shown, parameters } = decidableBy(actor, actor.person ?? "");
  const [row] = await store.database.$queryRawUnsafe<{ next: Date | null }[]>(
    `SELECT min(w.breach_at) AS next FROM (${tasksToCount(ranges, looked_max, "t.breach_at > $4::timestamptz")}) w
     WHERE ${shown}`,
    store.keys.workspace,
    ...parameters,
    now,
  );
  return row?.next?.toISOString() ?? null;
}

/** How many open tasks will be too late within so many minutes, and are not yet. */
export async function dueWithin(
  actor: AuthorizedActor,
  store: Store,
  now: string,
  minutes: number,
): Promise<Counted> {
  demandReader(actor, store.keys.workspace, "escalations");
  const until = new Date(Date.parse(now) + minutes * 60_000).toISOString();
  const due = "t.breach_at > $2::timestamptz AND t.breach_at <= $3::timestamptz";
  return countTasks(store, {
    ranges: openTasks.map((range) => `${range} AND ${due}`),
    shown: "true",
    parameters: [now, until],
    standing: false,
  });
}

/** How many orders of this person wait for changes by them, and how many are open in all. */
export async function ownOrders(
  actor: AuthorizedActor,
  store: Store,
): Promise<{ toChange: Counted; open: Counted }> {
  demandReader(actor, store.keys.workspace, "ownOrders");
  const own = (condition: string) =>
    countOrders(
      store,
      `SELECT * FROM orders WHERE ${askedFor} ${condition} ORDER BY received_at DESC LIMIT ${looked_max}`,
      "w.status = 'open'",
      [actor.person ?? ""],
    );
  const [toChange, open] = await Promise.all([own("AND changes_requested"), own("")]);
  return { toChange, open };
}

/** How many of the orders received since an instant policy let through without a person. */
export async function letThroughSince(actor: AuthorizedActor, store: Store, since: string): Promise<Counted> {
  demandReader(actor, store.keys.workspace, "orders");
  return countOrders(
    store,
    `SELECT * FROM orders WHERE workspace = $1 AND generation = ${currentGeneration}
       AND received_at >= $2::timestamptz ORDER BY received_at DESC LIMIT ${looked_max}`,
    policyAlone,
    [since],
  );
}

/** Of the orders that a walk gives, how many are `shown`, a condition over a row `w`. */
async function countOrders(
  { database, keys }: Store,
  walk: string,
  shown: string,
  parameters: readonly unknown[],
): Promise<Counted> {
  const [row] = await database.$queryRawUnsafe<{ count: bigint; stopped: boolean | null }[]>(
    `SELECT count(*) FILTER (WHERE shown) AS count, bool_or(walked >= ${looked_max}) AS stopped
     FROM (SELECT * FROM (SELECT row_number() OVER () AS walked, (${shown}) AS shown FROM (${walk}) w) w
       WHERE shown OR walked >= ${looked_max} LIMIT ${count_max}) w`,
    keys.workspace,
    ...parameters,
  );
  const count = Number(row?.count ?? 0);
  return { count, more: row?.stopped === true || count === count_max };
}

/**
 * How often people were refused since an instant for want of the right. The log has no index by type, so each person's own
 * stream of refusals is read from its end, at most `count_max` events of it.
 */
export async function refusalsSince(actor: AuthorizedActor, store: Store, since: string): Promise<Counted> {
  demandReader(actor, store.keys.workspace, "auditLog");
  const [row] = await store.database.$queryRawUnsafe<{ count: bigint; stopped: boolean | null }[]>(
    `SELECT coalesce(sum(refused.times), 0) AS count, bool_or(refused.events = ${count_max}) AS stopped
     FROM (SELECT person_id FROM person
       WHERE workspace = $1 AND generation = ${currentGeneration} ORDER BY person_id LIMIT ${people_max}) p
     CROSS JOIN LATERAL (
       SELECT count(*) AS events, sum(CASE type WHEN 'denialsCounted'
         THEN (convert_from(body, 'UTF8')::jsonb #>> '{data,count}')::bigint ELSE 1 END) AS times
       FROM (SELECT type, body, recorded_at FROM event
         WHERE workspace = $1 AND stream = 'access/' || p.person_id ORDER BY version DESC LIMIT ${count_max}) e
       WHERE recorded_at >= $2::timestamptz) refused`,
    store.keys.workspace,
    since,
  );
  return { count: Number(row?.count ?? 0), more: row?.stopped === true };
}

/** How many people may sign in, and how many are disabled. */
export async function peopleCounts(
  actor: AuthorizedActor,
  store: Store,
): Promise<{ enabled: Counted; disabled: Counted }> {
  demandReader(actor, store.keys.workspace, "people");
  const [row] = await store.database.$queryRawUnsafe<{ enabled: bigint; disabled: bigint }[]>(
    `SELECT count(*) FILTER (WHERE NOT disabled) AS enabled, count(*) FILTER (WHERE disabled) AS disabled
     FROM (SELECT disabled FROM person
       WHERE workspace = $1 AND generation = ${currentGeneration} ORDER BY person_id LIMIT ${people_max}) p`,
    store.keys.workspace,
  );
  const [enabled, disabled] = [Number(row?.enabled ?? 0), Number(row?.disabled ?? 0)];
  const more = enabled + disabled === people_max;
  return { enabled: { count: enabled, more }, disabled: { count: disabled, more } };
}
