import { type EffectState, type OrderState, type TaskState, visitKey } from "./order";
import { workflowReference } from "./workflow";

/**
 * The opinions an order's state implies: a bounded number of rows, whatever the length of its history. append() writes
 * the difference between two of these; a rebuild writes them whole. Columns are named as in the database; text arrays are
 * arrays, instants ISO strings.
 */
export type Row = { [column: string]: string | number | boolean | null | readonly string[] };
export type RowTable = "orders" | "task" | "timer" | "effect" | "person" | "api_key";
/** `key` names the row among those of its table. */
export type Rows = { readonly table: RowTable; readonly key: string; readonly row: Row }[];

/**
 * The version of what this file makes of a state. Raised, with the default of `workspace_head.rows_version`, whenever a row
 * gets another shape or meaning: processes of another version then write nothing, until `npm run rebuild` of the newer one
 * has made the rows anew.
 */
export const rowsVersion = 2;

export function orderRows(state: OrderState): Rows {
  const rows: Rows = [{ table: "orders", key: state.id, row: orderRow(state) }];
  for (const task of Object.values(state.tasks))
    rows.push({ table: "task", key: `${state.id}/${visitKey(task)}`, row: taskRow(state, task) });
  for (const timer of timers(state)) rows.push({ table: "timer", key: String(timer.timer_id), row: timer });
  const live = state.status === "open" || state.status === "cancelling";
  for (const effect of Object.values(state.effects))
    rows.push({
      table: "effect",
      key: effect.key,
      row: effectRow(state, effect, live ? dueOf(effect) : null),
    });
  return rows;
}

function effectRow(state: OrderState, effect: EffectState, due: Due | null): Row {
  return {
    effect_key: effect.key,
    order_id: state.id,
    workflow: workflowReference(state.workflow),
    step: effect.step,
    visit: effect.visit,
    name: effect.effect,
    issue: effect.issue,
    state: effect.status,
    attempt: effect.attempts,
    reason: effect.reason,
    changed_at: effect.changedAt,
    due_kind: due?.kind ?? null,
    due_ordinal: due?.ordinal ?? null,
    due_at: due?.at ?? null,
  };
}

type Due = { kind: "attempt" | "expire" | "overdue" | "probe"; ordinal: number; at: string };

/** What a machine does about an effect by itself, and when. */
function dueOf({ status, attempt, dueAt, dueSince, probing }: EffectState): Due | null {
  if (attempt) return { kind: "expire", ordinal: attempt.number, at: attempt.leaseUntil };
  if (dueAt === null) return null;
  if (status === "PENDING") return { kind: "overdue", ordinal: dueSince, at: dueAt };
  if (probing) return { kind: "probe", ordinal: dueSince, at: dueAt };
  return { kind: "attempt", ordinal: dueSince, at: dueAt };
}

function orderRow(state: OrderState): Row {
  const { content } = state;
  return {
    order_id: state.id,
    workflow: workflowReference(state.workflow),
    status: state.status,
    at_steps: state.visits.map(({ step }) => step),
    source: state.source,
    business_key: state.businessKey,
    requested_by: state.requestedBy,
    customer_index: content.customerIndex ?? null,
    amount_minor: content.total.amount,
    currency: content.total.currency,
    country: content.country ?? null,
    ordered_on: content.orderedOn ?? null,
    received_at: state.receivedAt,
    occurred_at: state.occurredAt,
    reasons: (state.policy?.results ?? [])
      .filter(({ result }) => result === "review")
      .map(({ rule }) => rule),
    changes_requested: Object.values(state.tasks).some(({ suspended }) => suspended?.for === "changes"),
    needs_attention: state.needsAttention,
    version: state.version,
  };
}

function taskRow(state: OrderState, task: TaskState): Row {
  return {
    order_id: state.id,
    step: task.step,
    visit: task.visit,
    state: task.status,
    owner: task.owner,
    roles: task.roles,
    people: task.people,
    excluded: task.excluded,
    opened_at: task.openedAt,
    goal_minutes: Math.round(task.clock.goal_ms / 60_000),
    breach_at: task.clock.breachAt,
    breached_at: task.clock.breachedAt ?? null,
    paused_why: pausedWhy(task),
    escalated: task.escalated,
  };
}

function pausedWhy(task: TaskState): string | null {
  if (task.suspended) return task.suspended.for;
  return task.clock.state === "paused" ? "changes" : null;
}

function timers(state: OrderState): Row[] {
  if (state.status !== "open" && state.status !== "cancelling") return [];
  const rows: Row[] = [];
  const timer = (kind: string, { step, visit }: TaskState, ordinal: number, due_at: string) =>
    rows.push({
      timer_id: `${kind}/${state.id}/${visitKey({ step, visit })}`,
      order_id: state.id,
      kind,
      step,
      visit,
      ordinal,
      due_at,
    });
  for (const task of Object.values(state.tasks)) {
    if (task.status === "COMPLETED" && task.decision)
      timer("settle", task, task.decision.version, task.decision.effectiveAt);
    if (task.clock.breachAt && task.rungsFired === 0) timer("breach", task, 1, task.clock.breachAt);
  }
  return rows;
}
