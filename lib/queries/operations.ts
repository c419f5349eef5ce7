import type { Database } from "#lib/db";
import type { AuthorizedActor } from "#lib/domain/authority";
import { demandReader } from "./permission";
import { currentGeneration, type Store } from "./store";

/**
 * How much waits, for whom, and since when: for the page of those who run Holdpoint, and for their monitoring. Numbers and
 * names of definitions only; nothing of a person, a customer or an order.
 */
export type Depth = { count: number; oldestAt: string | null };

/** What is counted. `tasksBreached` are among `tasksOpen`; the effects are those that wait for a person to settle them. */
export type DepthName =
  | "tasksOpen"
  | "tasksBreached"
  | "timersDue"
  | "effectsInDoubt"
  | "effectsFailed"
  | "ordersNeedingAttention";

export type EffectDepth = Depth & { effect: string; state: string };

/** `at` is the instant it was measured at. `count_max` stands for that many or more. */
export type Operations = {
  at: string;
  depths: Record<DepthName, Depth>;
  /** By name and state, of effects that are not done. */
  effects: EffectDepth[];
  /** Effects that wait for a machine, and from how many on intake sends clients away. */
  backlog: { waiting: number; most: number };
};

/** Counting stops here, so that a flood does not make the looking at it slow; a larger `most` moves it. */
export const count_max = 100_000;

export type Measuring = { now: string; backlog_max: number };

type Row = {
  what: DepthName | "effects" | "backlog";
  effect: string | null;
  state: string | null;
  count: bigint;
  oldest: Date | null;
};

const openStates = "('READY', 'RESERVED', 'IN_PROGRESS')";
const undone = ["INTENDED", "ATTEMPTED", "IN_DOUBT", "PENDING", "FAILED"];

/** The measures, for who may read them. Throws `NotAllowedToReadError`. */
export async function operations(
  actor: AuthorizedActor,
  { database, keys }: Store,
  measuring: Measuring,
): Promise<Operations> {
  demandReader(actor, keys.workspace, "operations");
  return measure(database, keys.workspace, measuring);
}

/** The measures, for monitoring: whoever calls has asked for its token. One statement. */
export async function measure(
  database: Database,
  workspace: string,
  { now, backlog_max }: Measuring,
): Promise<Operations> {
  const rows = await database.$queryRawUnsafe<Row[]>(
    statement,
    workspace,
    now,
    Math.max(count_max, backlog_max + 1),
    undone,
  );
  const depths = Object.fromEntries(
    rows
      .filter(({ what }) => what !== "effects" && what !== "backlog")
      .map((row) => [row.what, depthOf(row)]),
  ) as Operations["depths"];
  const effects = rows
    .filter(({ what }) => what === "effects")
    .map((row) => ({ effect: row.effect ?? "", state: row.state ?? "", ...depthOf(row) }))
    .sort((a, b) => a.effect.localeCompare(b.effect) || undone.indexOf(a.state) - undone.indexOf(b.state));
  const waiting = Number(rows.find(({ what }) => what === "backlog")?.count ?? 0);
  return { at: now, depths, effects, backlog: { waiting, most: backlog_max } };
}

function depthOf({ count, oldest }: Row): Depth {
  return { count: Number(count), oldestAt: oldest?.toISOString() ?? null };
}

const counted = (what: DepthName | "backlog", rows: string) =>
  `SELECT '${what}' AS what, NULL AS effect, NULL AS state, count(*) AS count, min(since) AS oldest
   FROM (${rows} LIMIT $3::integer) counted`;

// In the words of the index that keeps them: what waits for the outside or for a person. The others have something due.
const waitingStates = "('PENDING', 'FAILED', 'IN_DOUBT')";

const here = (table: string) => `${table}.workspace = $1 AND ${table}.generation = ${currentGeneration}`;

// Every part reads along an index in the order of its instants, so that the oldest is among what is counted; only the open
// tasks are not kept by when they were opened.
const statement = [
  counted(
    "tasksOpen",
    `SELECT t.opened_at AS since FROM task t WHERE ${here("t")} AND t.state IN ${openStates}`,
  ),
  counted(
    "tasksBreached",
    `SELECT t.breach_at AS since FROM task t
     WHERE ${here("t")} AND t.state IN ${openStates} AND t.breach_at <= $2::timestamptz ORDER BY t.breach_at`,
  ),
  counted(
    "timersDue",
    `SELECT since FROM (
       SELECT t.due_at AS since FROM timer t WHERE ${here("t")} AND t.due_at <= $2::timestamptz
       UNION ALL
       SELECT e.due_at FROM effect e WHERE ${here("e")} AND e.due_at <= $2::timestamptz) due
     ORDER BY since`,
  ),
  // What waits for a machine: by this intake sends clients away.
  counted(
    "backlog",
    `SELECT e.due_at AS since FROM effect e WHERE ${here("e")} AND e.due_at IS NOT NULL
       AND e.state IN ('INTENDED', 'ATTEMPTED', 'IN_DOUBT') ORDER BY e.due_at`,
  ),
  counted(
    "effectsInDoubt",
    `SELECT e.changed_at AS since FROM effect e
     WHERE ${here("e")} AND e.state IN ${waitingStates} AND e.state = 'IN_DOUBT' AND e.due_at IS NULL
     ORDER BY e.changed_at`,
  ),
  counted(
    "effectsFailed",
    `SELECT e.changed_at AS since FROM effect e
     WHERE ${here("e")} AND e.state IN ${waitingStates} AND e.state = 'FAILED'
       AND EXISTS (SELECT FROM orders o WHERE ${here("o")} AND o.order_id = e.order_id
         AND (o.status IN ('open', 'cancelling') OR o.needs_attention IS NOT NULL))
     ORDER BY e.changed_at`,
  ),
  counted(
    "ordersNeedingAttention",
    `SELECT o.received_at AS since FROM orders o
     WHERE ${here("o")} AND o.needs_attention IS NOT NULL ORDER BY o.received_at`,
  ),
  `SELECT 'effects', name, each.state, count(*), min(changed_at)
   FROM unnest($4::text[]) AS each(state), LATERAL (
     (SELECT e.name, e.changed_at FROM effect e
      WHERE ${here("e")} AND e.state IN ${waitingStates} AND e.state = each.state
      ORDER BY e.changed_at LIMIT $3::integer)
     UNION ALL
     (SELECT e.name, e.changed_at FROM effect e
      WHERE ${here("e")} AND e.due_at IS NOT NULL AND e.state NOT IN ${waitingStates} AND e.state = each.state
      ORDER BY e.due_at LIMIT $3::integer)) e
   GROUP BY name, each.state`,
].join("\nUNION ALL\n");
