import { type OrderState, visitKey } from "#lib/domain/order";

/**
 * Where an order stands, in the words people use: one word for many states, because somebody who looks at a list asks
 * whether it waits for them, not which step it is at.
 */
export type OrderStanding =
  | "underReview"
  | "needsChanges"
  | "working"
  | "waiting"
  | "needsAttention"
  | "completed"
  | "rejected"
  | "cancelled";

/** What a projected row of an order says of it. */
export type StandingRow = {
  status: string;
  needs_attention: string | null;
  changes_requested: boolean;
  has_task: boolean;
  waits_outside: boolean;
};

/** The standing of a row. An order brought in from the past counts as completed: nothing more happens to it. */
export function standingOf(row: StandingRow): OrderStanding {
  if (row.needs_attention !== null) return "needsAttention";
  switch (row.status) {
    case "completed":
    case "recorded":
      return "completed";
    case "rejected":
      return "rejected";
    case "cancelled":
      return "cancelled";
    case "cancelling":
      return "working";
  }
  if (row.changes_requested) return "needsChanges";
  if (row.has_task) return "underReview";
  return row.waits_outside ? "waiting" : "working";
}

/** The standing of a folded order. */
export function standingOfState(state: OrderState): OrderStanding {
  const tasks = Object.values(state.tasks);
  const open = new Set(state.visits.map(visitKey));
  return standingOf({
    status: state.status,
    needs_attention: state.needsAttention,
    changes_requested: tasks.some(({ suspended }) => suspended?.for === "changes"),
    has_task: tasks.length > 0,
    waits_outside: Object.values(state.effects).some(
      (effect) => effect.status === "PENDING" && open.has(visitKey(effect)),
    ),
  });
}

/** Whether nothing more will happen to the order by itself or by anybody. */
export function isSettled(standing: OrderStanding): boolean {
  return standing === "completed" || standing === "rejected" || standing === "cancelled";
}
