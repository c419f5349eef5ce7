import type { Command } from "#lib/domain/commands";
import { isRejection } from "#lib/domain/rejection";
import type { Clock } from "../clock";
import type { Database } from "../db";
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
  attempted: number;
  expired: number;
  probed: number;
  /** How late the latest of them was. */
  lateBy_ms: number;
  /** Whether the budget ran out with more to do. */
  more: boolean;
};

type DueTimer = {
  timer_id: string;
  order_id: string;
  kind: "settle" | "breach" | "attempt" | "expire" | "overdue" | "probe";
  step: string;
  visit: number;
  effect_key: string | null;
  ordinal: number;
  due_at: Date;
};

const lease_ms = 30_000;
const claims_max = 250;

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
    attempted: 0,
    expired: 0,
    probed: 0,
    lateBy_ms: 0,
    more: false,
  };
  const actor = systemActor(engine.workspace, "timer");
  const begun = performance.now();
  for (;;) {
    const now = clock.now();
    const due = await claim(database, engine.workspace, now, dispatcher);
    if (due.length === 0) break;
    await Promise.all(
      due.map(async (timer) => {
        if (timer.kind === "probe") {
          dispatcher.probe(timer.order_id, timer.effect_key!, timer.ordinal);
          report.probed++;
          return;
        }
        const { command, source, counts } = commandOf(timer.kind, timer);
        const id = `${timer.timer_id.slice(timer.kind.length + 1)}/${timer.ordinal}`;
        const result = await engine.execute(command, { actor, source, id });
        if (isRejection(result) || result.repeated) return;
        report[counts]++;
        report.lateBy_ms = Math.max(report.lateBy_ms, Date.parse(now) - timer.due_at.getTime());
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

function commandOf(
  kind: Exclude<DueTimer["kind"], "probe">,
  timer: DueTimer,
): {
  command: Command;
  source: string;
  counts: "settled" | "escalated" | "attempted" | "expired";
} {
  const { order_id: order, step, visit, ordinal } = timer;
  const key = timer.effect_key ?? "";
  switch (kind) {
    case "settle":
      return { command: { type: "timer.settle", order, step, visit }, source: "settle", counts: "settled" };
    case "breach":
      return {
        command: { type: "timer.breach", order, step, visit, rung: ordinal },
        source: "timer",
        counts: "escalated",
      };
    case "attempt":
      return {
        command: { type: "effect.attempt", order, key, attempt: ordinal },
        source: "attempt",
        counts: "attempted",
      };
    case "expire":
      return {
        command: { type: "effect.expire", order, key, attempt: ordinal },
        source: "expire",
        counts: "expired",
      };
    case "overdue":
      return {
        command: { type: "effect.overdue", order, key, since: ordinal },
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
): Promise<DueTimer[]> {
  const effects = [...dispatcher.adapters.byName.keys()];
  const claimed = await claimKinds(database, workspace, now, ["settle", "breach"], null, claims_max);
  if (effects.length === 0) return claimed;
  // What became of an attempt is judged where its adapter is known: elsewhere nobody can say whether to ask again.
  claimed.push(
    ...(await claimKinds(database, workspace, now, ["expire", "overdue", "probe"], effects, claims_max)),
  );
  for (const effect of effects) {
    const room = Math.min(claims_max, dispatcher.room(effect));
    if (room > 0) claimed.push(...(await claimKinds(database, workspace, now, ["attempt"], [effect], room)));
  }
  return claimed;
}

function claimKinds(
  database: Database,
  workspace: string,
  now: string,
  kinds: string[],
  effects: string[] | null,
  most: number,
): Promise<DueTimer[]> {
  return database.$queryRawUnsafe<DueTimer[]>(
    `UPDATE timer t SET claimed_until = $2::timestamptz + $5::integer * interval '1 millisecond'
     FROM (
       SELECT d.workspace, d.generation, d.timer_id FROM timer d
       WHERE d.workspace = $1 AND d.generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
         AND d.due_at <= $2::timestamptz AND (d.claimed_until IS NULL OR d.claimed_until <= $2::timestamptz)
         AND d.kind = ANY ($3::text[])
         AND ($4::text[] IS NULL OR EXISTS (SELECT FROM effect e WHERE e.workspace = d.workspace
           AND e.generation = d.generation AND e.effect_key = d.effect_key AND e.name = ANY ($4)))
       ORDER BY d.due_at LIMIT $6::integer FOR UPDATE SKIP LOCKED
     ) due
     WHERE t.workspace = due.workspace AND t.generation = due.generation AND t.timer_id = due.timer_id
     RETURNING t.timer_id, t.order_id, t.kind, t.step, t.visit, t.effect_key, t.ordinal, t.due_at`,
    workspace,
    now,
    kinds,
    effects,
    lease_ms,
    most,
  );
}
