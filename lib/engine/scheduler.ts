import type { Command } from "#lib/domain/commands";
import { isRejection } from "#lib/domain/rejection";
import type { Clock } from "../clock";
import type { Database } from "../db";
import { lapsedClaims } from "./claim-lease";
import type { Dispatcher } from "./dispatcher";
import type { Engine } from "./execute";
import { systemActor } from "./system-actor";

/**
 * The scheduled route's whole work: what is due is turned into commands, each with an id of its own, so that it may run
 * anywhere, twice at once, or late, and each thing happens once. Rows are claimed for `lease_ms` and skipped by others.
 */
export type TickReport = {
  settled: number;
  escalated: number;
  /** Claims given back, because nobody was at them. */
  lapsed: number;
  attempted: number;
  expired: number;
  probed: number;
  /** How late the latest of them was. */
  lateBy_ms: number;
  /** Whether the budget ran out with more to do. */
  more: boolean;
};

/** What is due of a task or an effect. Together with its kind, `id` and `ordinal` name the one thing it is. */
type Due = { id: string; order_id: string; ordinal: number; due_at: Date } & (
  | { kind: "settle" | "breach"; step: string; visit: number }
  | { kind: "attempt" | "expire" | "overdue"; effect_key: string }
  | { kind: "probe"; effect_key: string }
  | { kind: "lapse"; step: string; visit: number; person: string }
);

const lease_ms = 30_000;
const claims_max = 250;
/** A claim further ahead than a lease was made by a clock that append() takes nothing from: it holds nobody up. */
const claim_ms_max = lease_ms + 5_000;
const unclaimed = `(d.claimed_until IS NULL OR d.claimed_until <= $2::timestamptz
           OR d.claimed_until > $2::timestamptz + interval '${claim_ms_max} milliseconds')`;

export async function tick(
  {
    engine,
    dispatcher,
    database,
    clock,
  }: { engine: Engine; dispatcher: Dispatcher; database: Database; clock: Clock },
  budget_ms: number,
): Promise<TickReport> {
  const report: TickReport = {
    settled: 0,
    escalated: 0,
    lapsed: 0,
    attempted: 0,
    expired: 0,
    probed: 0,
    lateBy_ms: 0,
    more: false,
  };
  const actor = systemActor(engine.workspace, "timer");
  const begun = performance.now();
  await engine.look();
  dispatcher.goOn();
  for (;;) {
    const now = clock.now();
    const due = await claim(database, engine.workspace, now, dispatcher);
    if (due.length === 0) break;
    due.sort((one, other) => one.due_at.getTime() - other.due_at.getTime());
    await Promise.all(
      due.map(async (one) => {
        if (one.kind === "probe") {
          dispatcher.probe(one.order_id, one.effect_key, one.ordinal);
          report.probed++;
          return;
        }
        const { command, source, counts } = commandOf(one);
        const result = await engine.execute(command, { actor, source, id: `${one.id}/${one.ordinal}` });
        if (isRejection(result) || result.repeated) return;
        report[counts]++;
        report.lateBy_ms = Math.max(report.lateBy_ms, Date.parse(now) - one.due_at.getTime());
      }),
    );
    if (performance.now() - begun > budget_ms) {
      report.more = true;
      break;
    }
  }
  await engine.countDenials();
  return report;
}

function commandOf(due: Exclude<Due, { kind: "probe" }>): {
  command: Command;
  source: string;
  counts: "settled" | "escalated" | "lapsed" | "attempted" | "expired";
} {
  const { order_id: order, ordinal } = due;
  switch (due.kind) {
    case "settle":
      return {
        command: { type: "timer.settle", order, step: due.step, visit: due.visit },
        source: "settle",
        counts: "settled",
      };
    case "breach":
      return {
        command: { type: "timer.breach", order, step: due.step, visit: due.visit, rung: ordinal },
        source: "timer",
        counts: "escalated",
      };
    case "lapse":
      return {
        command: { type: "timer.lapse", order, step: due.step, visit: due.visit, person: due.person },
        source: "claim",
        counts: "lapsed",
      };
    case "attempt":
      return {
        command: { type: "effect.attempt", order, key: due.effect_key, since: ordinal },
        source: "attempt",
        counts: "attempted",
      };
    case "expire":
      return {
        command: { type: "effect.expire", order, key: due.effect_key, attempt: ordinal },
        source: "expire",
        counts: "expired",
      };
    case "overdue":
      return {
        command: { type: "effect.overdue", order, key: due.effect_key, since: ordinal },
        source: "overdue",
        counts: "expired",
      };
  }
}

async function claim(
  database: Database,
  workspace: string,
  now: string,
  dispatcher: Dispatcher,
): Promise<Due[]> {
  const claimed = await claimTimers(database, workspace, now);
  for (const { expires_at, person, ...task } of await lapsedClaims(database, workspace, now, claims_max))
    claimed.push({
      kind: "lapse",
      id: `${task.order_id}/${task.step}/${task.visit}/${person}`,
      ordinal: expires_at.getTime(),
      due_at: expires_at,
      person,
      ...task,
    });
  const effects = [...dispatcher.adapters.byName.keys()];
  if (effects.length === 0) return claimed;
  // What became of an attempt is judged where its adapter is known: elsewhere nobody can say whether to ask again.
  const answers = ["expire", "overdue", "probe"];
  claimed.push(...(await claimEffects(database, workspace, now, answers, effects)));
  for (const effect of effects) {
    const room = Math.min(claims_max, dispatcher.room(effect));
    const turns = room > 0 ? await claimTurns(database, workspace, now, effect, room) : [];
    // As long as more wait than there is room for, whoever comes new waits behind them.
    dispatcher.queued(effect, room === 0 ? null : turns.length === room);
    claimed.push(...turns);
  }
  return claimed;
}

function claimTimers(database: Database, workspace: string, now: string): Promise<Due[]> {
  return database.$queryRawUnsafe<Due[]>(
    `UPDATE timer t SET claimed_until = $2::timestamptz + $3::integer * interval '1 millisecond'
     FROM (
       SELECT d.workspace, d.generation, d.timer_id FROM timer d
       WHERE d.workspace = $1 AND d.generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
         AND d.due_at <= $2::timestamptz AND ${unclaimed}
       ORDER BY d.due_at LIMIT $4::integer FOR UPDATE SKIP LOCKED
     ) due
     WHERE t.workspace = due.workspace AND t.generation = due.generation AND t.timer_id = due.timer_id
     RETURNING substr(t.timer_id, length(t.kind) + 2) AS id, t.order_id, t.kind, t.step, t.visit, t.ordinal, t.due_at`,
    workspace,
    now,
    lease_ms,
    claims_max,
  );
}

/**
 * Attempts of one effect whose time has come, in turns: the oldest of each workflow first, then the second oldest of each, so
 * that a flood of one workflow leaves the others their share. Within a workflow who has waited longest comes first.
 */
function claimTurns(
  database: Database,
  workspace: string,
  now: string,
  effect: string,
  most: number,
): Promise<Due[]> {
  return database.$queryRawUnsafe<Due[]>(
    `WITH RECURSIVE head AS (
       SELECT generation FROM workspace_head WHERE workspace = $1
     ), waiting AS (
       (SELECT workflow FROM effect WHERE workspace = $1 AND generation = (SELECT generation FROM head) AND name = $3
          AND due_kind = 'attempt' ORDER BY workflow LIMIT 1)
       UNION ALL
       SELECT (SELECT workflow FROM effect WHERE workspace = $1 AND generation = (SELECT generation FROM head) AND name = $3
          AND due_kind = 'attempt' AND workflow > waiting.workflow ORDER BY workflow LIMIT 1)
       FROM waiting WHERE waiting.workflow IS NOT NULL
     ), turns AS (
       SELECT oldest.*, row_number() OVER (PARTITION BY waiting.workflow ORDER BY oldest.due_at) AS turn
       FROM waiting, LATERAL (
         SELECT d.effect_key, d.generation, d.due_at FROM effect d
         WHERE d.workspace = $1 AND d.generation = (SELECT generation FROM head) AND d.name = $3
           AND d.due_kind = 'attempt' AND d.workflow = waiting.workflow AND d.due_at <= $2::timestamptz AND ${unclaimed}
         ORDER BY d.due_at LIMIT $5::integer FOR UPDATE SKIP LOCKED
       ) oldest
     )
     UPDATE effect e SET claimed_until = $2::timestamptz + $4::integer * interval '1 millisecond'
     FROM (SELECT * FROM turns ORDER BY turn, due_at LIMIT $5::integer) due
     WHERE e.workspace = $1 AND e.generation = due.generation AND e.effect_key = due.effect_key
     RETURNING e.effect_key AS id, e.order_id, e.due_kind AS kind, e.effect_key, e.due_ordinal AS ordinal, e.due_at`,
    workspace,
    now,
    effect,
    lease_ms,
    most,
  );
}

function claimEffects(
  database: Database,
  workspace: string,
  now: string,
  kinds: string[],
  names: string[],
): Promise<Due[]> {
  return database.$queryRawUnsafe<Due[]>(
    `UPDATE effect e SET claimed_until = $2::timestamptz + $5::integer * interval '1 millisecond'
     FROM (
       SELECT d.workspace, d.generation, d.effect_key FROM effect d
       WHERE d.workspace = $1 AND d.generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
         AND d.due_at <= $2::timestamptz AND ${unclaimed}
         AND d.due_kind = ANY ($3::text[]) AND d.name = ANY ($4::text[])
       ORDER BY d.due_at LIMIT $6::integer FOR UPDATE SKIP LOCKED
     ) due
     WHERE e.workspace = due.workspace AND e.generation = due.generation AND e.effect_key = due.effect_key
     RETURNING e.effect_key AS id, e.order_id, e.due_kind AS kind, e.effect_key, e.due_ordinal AS ordinal, e.due_at`,
    workspace,
    now,
    kinds,
    names,
    lease_ms,
    claims_max,
  );
}
