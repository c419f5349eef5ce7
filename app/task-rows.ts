import type { Route } from "next";
import { formatMoney } from "#lib/domain/money";
import { isolated } from "#lib/domain/text-direction";
import type { TaskLine } from "#lib/queries/task-list";
import { ruleInShort } from "#lib/queries/words";
import type { QueueRow } from "../components/queue-table";

/** How a task of a list is drawn as a row. */
export function taskRow(line: TaskLine): QueueRow {
  return {
    orderHref: `/orders/${line.order}` as Route,
    title: orderTitle(line),
    reasons: line.reasons.map(ruleInShort),
    amount: formatMoney(line.total),
    claimedBy: line.claimedBy,
    age: line.openedAt,
    requestedBy: line.requestedBy,
    sla: { breachAt: line.breachAt, goal_ms: line.goal_ms, pausedWhy: pausedWords(line.pausedWhy) },
  };
}

/**
 * What people call an order: its customer, when one is named, and its number. Neither changes how the other is read, also
 * where it is written from right to left.
 */
export function orderTitle({ customer, businessKey }: { customer?: string; businessKey: string }): string {
  const number = isolated(businessKey);
  return customer ? `${isolated(customer)} · ${number}` : number;
}

/** Why a clock stands still, in words. */
export function pausedWords(why: string | null): string | undefined {
  switch (why) {
    case null:
      return undefined;
    case "changes":
      return "Waits for changes";
    default:
      return "On hold";
  }
}
