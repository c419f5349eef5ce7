import type { Database } from "#lib/db";
import type { AuthorizedActor } from "#lib/domain/authority";
import { type Counted, count_max } from "./page";
import { demandReader } from "./permission";
import { openTasks } from "./queue";
import { currentGeneration, type Store } from "./store";
import { tasksToCount } from "./task-list";

/**
 * How much waits, for whom, and since when: for the page of those who run Holdpoint, and for their monitoring. Numbers and
 * names of definitions only; nothing of a person, a customer or an order.
 */
export type Depth = Counted & { oldestAt: string | null };

/** What is counted. `tasksBreached` are among `tasksOpen`; the effects are those that wait for a person to settle them. */
export type DepthName =
  | "tasksOpen"
  | "tasksBreached"
  | "timersDue"
  | "effectsInDoubt"
  | "effectsFailed"
  | "ordersNeedingAttention";

export type EffectDepth = Depth & { effect: string; state: string };

/** `at` is the instant it was measured at. */
export type Operations = {
  at: string;
  depths: Record<DepthName, Depth>;
  /** By name and state, of effects that are not done. */
  effects: EffectDepth[];
  /** Effects that wait for a machine, and from how many on intake sends clients away. */
  backlog: { waiting: number; most: number };
};

/** Where counting stops for monitoring, which draws curves; a page stops where every list does. */
export const monitored_max = 100_000;

export type Measuring = { now: string; backlog_max: number };

type Row = {
  what: DepthName | "effects" | "backlog";
  effect: string | null;
  state: string | null;
  count: bigint;
  oldest: Date | null;
  more: boolean;
};

/** In the order they are shown. */
const undone = ["INTENDED", "ATTEMPTED", "IN_DOUBT", "PENDING", "FAILED"];

/** The measures, for who may read them. Throws `NotAllowedToReadError`. */
export async function operations(
  actor: AuthorizedActor,
  { database, keys }: Store,
  measuring: Measuring,
): Promise<Operations> {
  demandReader(actor, keys.workspace, "operations");
  return measureUpTo(count_max, database, keys.workspace, measuring);
}

/** The measures, for monitoring: whoever calls has asked for its token. */
export function measure(database: Database, workspace: string, measuring: Measuring): Promise<Operations> {
  return measureUpTo(monitored_max, database, workspace, measuring);
}

/** One statement. The backlog is counted as far as intake lets it grow. */
async function measureUpTo(
  counted_max: number,
  database: Database,
  workspace: string,
  { now, backlog_max }: Measuring,
): Promise<Operations> {
  const rows = await database.$queryRawUnsafe<Row[]>(
    statement,
    workspace,
    now,
    counted_max,
    Math.max(counted_max, backlog_max + 1),
  );
  const depths = Object.fromEntries(
    rows
      .filter(({ what }) => what !== "effects" && what !== "backlog")
      .map((row) => [row.what, depthOf(row)]),
  ) as Operations["depths"];
  const effects = rows
    .filter(({ what, count }) => what === "effects" && count > 0)
    .map((row) => ({ effect: row.effect ?? "", state: row.state ?? "", ...depthOf(row) }))
    .sort((a, b) => a.effect.localeCompare(b.effect) || undone.indexOf(a.state) - undone.indexOf(b.state));
  const waiting = Number(rows.find(({ what }) => what === "backlog")?.count ?? 0);
  return { at: now, depths, effects, backlog: { waiting, most: backlog_max } };
}

function depthOf({ count, more, oldest }: Row): Depth {
  return { count: Number(count), more, oldestAt: oldest?.toISOString() ?? null };
}

/** Of rows with a `since`, of which no walk gives more than `most`. */
const counted = (what: DepthName | "backlog", rows: string, most = "$3::integer") =>
  `SELECT '${what}' AS what, NULL AS effect, NULL AS state, least(count(*), ${most}) AS count, min(since) AS oldest,
     count(*) >= ${most} AS more
   FROM (${rows}) walked`;

// In the words of the index that keeps them: what waits for the outside or for a person. The others have something due.
const waitingStates = "('PENDING', 'FAILED', 'IN_DOUBT')";

const here = (table: string) => `${table}.workspace = $1 AND ${table}.generation = ${currentGeneration}`;

const attention = `SELECT o.order_id, o.received_at AS since FROM orders o
   WHERE ${here("o")} AND o.needs_attention IS NOT NULL ORDER BY o.received_at LIMIT $3::integer`;

// What is soonest due. A machine's work is due at once, what an outside promised is due in days: it comes behind.
const due = (most: string) => `SELECT e.name, e.state, e.changed_at AS since FROM effect e
   WHERE ${here("e")} AND e.due_at IS NOT NULL ORDER BY e.due_at LIMIT ${most}`;

/** Of a walk over effects, how many by name and state; `of` says which of those it gives are counted. */
const effectsOf = (walk: string, of = "true") =>
  `SELECT 'effects', name, state, count(*) FILTER (WHERE ${of}), min(since) FILTER (WHERE ${of}),
     sum(count(*)) OVER () >= $3::integer
   FROM (${walk}) e GROUP BY name, state`;

// Every part reads along an index in the order of its instants, so that the oldest is among what is counted; only the open
// tasks are kept by when they are to be decided instead of by when they were opened.
const statement = [
  counted("tasksOpen", `SELECT t.opened_at AS since FROM (${tasksToCount(openTasks, "$3::integer")}) t`),
  counted(
    "tasksBreached",
    `SELECT t.breach_at AS since
     FROM (${tasksToCount(openTasks, "$3::integer", "t.breach_at <= $2::timestamptz")}) t`,
  ),
  counted(
    "timersDue",
    `(SELECT t.due_at AS since FROM timer t WHERE ${here("t")} AND t.due_at <= $2::timestamptz
      ORDER BY t.due_at LIMIT $3::integer)
     UNION ALL
     (SELECT e.due_at FROM effect e WHERE ${here("e")} AND e.due_at <= $2::timestamptz
      ORDER BY e.due_at LIMIT $3::integer)`,
  ),
  // What waits for a machine: by this intake sends clients away.
  counted(
    "backlog",
    `SELECT since FROM (${due("$4::integer")}) e WHERE state IN ('INTENDED', 'ATTEMPTED', 'IN_DOUBT')`,
    "$4::integer",
  ),
  counted(
    "effectsInDoubt",
    `SELECT e.changed_at AS since FROM effect e
     WHERE ${here("e")} AND e.state IN ${waitingStates} AND e.state = 'IN_DOUBT' AND e.due_at IS NULL
     ORDER BY e.changed_at LIMIT $3::integer`,
  ),
  // An effect that failed for good has its order need attention; what ended orders gave up is nobody's concern any more.
  `SELECT 'effectsFailed', NULL, NULL, coalesce(sum(failed), 0)::bigint, min(oldest), count(*) >= $3::integer
   FROM (${attention}) o, LATERAL (
     SELECT count(*) AS failed, min(e.changed_at) AS oldest FROM effect e
     WHERE ${here("e")} AND e.state = 'FAILED' AND e.order_id = o.order_id) e`,
  counted("ordersNeedingAttention", attention),
  ...["PENDING", "FAILED", "IN_DOUBT"].map((state) =>
    effectsOf(`SELECT e.name, e.state, e.changed_at AS since FROM effect e
     WHERE ${here("e")} AND e.state IN ${waitingStates} AND e.state = '${state}' ORDER BY e.changed_at LIMIT $3::integer`),
  ),
  effectsOf(due("$3::integer"), "state IN ('INTENDED', 'ATTEMPTED')"),
].join("\nUNION ALL\n");
