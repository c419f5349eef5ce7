import { type OrderState, type TaskState, visitKey } from "./order";

/**
 * The opinions an order's state implies: a bounded number of rows, whatever the length of its history. append() writes
 * the difference between two of these; a rebuild writes them whole. Columns are named as in the database; text arrays are
 * arrays, instants ISO strings.
 */
export type Row = { [column: string]: string | number | boolean | null | readonly string[] };
export type RowTable = "orders" | "task" | "timer" | "effect" | "person" | "api_key";
export type Rows = { [table in RowTable]?: { readonly [key: string]: Row } };

export function orderRows(state: OrderState): Rows {
  const tasks = Object.values(state.tasks);
  return {
    orders: { [state.id]: orderRow(state) },
    task: Object.fromEntries(tasks.map((task) => [`${state.id}/${visitKey(task)}`, taskRow(state, task)])),
    timer: Object.fromEntries(timers(state).map((timer) => [String(timer.timer_id), timer])),
    effect: Object.fromEntries(
      Object.values(state.effects).map((effect) => [
        effect.key,
        {
          effect_key: effect.key,
          order_id: state.id,
          step: effect.step,
          visit: effect.visit,
          name: effect.effect,
          issue: effect.issue,
          state: effect.status,
          attempt: effect.attempts,
          reason: effect.reason,
          changed_at: effect.changedAt,
        },
      ]),
    ),
  };
}

function orderRow(state: OrderState): Row {
  const { content } = state;
  return {
    order_id: state.id,
    workflow: `${state.workflow.name}@${state.workflow.version}`,
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
  const timer = (
    kind: string,
    at: { step: string; visit: number },
    ordinal: number,
    due_at: string,
    effect_key: string | null = null,
  ) =>
    rows.push({
      timer_id: `${kind}/${effect_key ?? `${state.id}/${visitKey(at)}`}`,
      order_id: state.id,
      kind,
      step: at.step,
      visit: at.visit,
      effect_key,
      ordinal,
      due_at,
    });
  for (const task of Object.values(state.tasks)) {
    if (task.status === "COMPLETED" && task.decision)
      timer("settle", task, task.decision.version, task.decision.effectiveAt);
    if (task.clock.breachAt && task.rungsFired === 0) timer("breach", task, 1, task.clock.breachAt);
  }
  for (const effect of Object.values(state.effects)) {
    if (effect.attempt) timer("expire", effect, effect.attempt.number, effect.attempt.leaseUntil, effect.key);
    else if (effect.dueAt) timer("attempt", effect, effect.attempts + 1, effect.dueAt, effect.key);
  }
  return rows;
}
