import type { Route } from "next";
import type { AuthorizedActor } from "#lib/domain/authority";
import { isQueueView, type QueueView, queue, queueCounts, queueViews } from "#lib/queries/queue";
import type { TaskLine } from "#lib/queries/task-list";
import type { QueueLine } from "../../components/queue-lines";
import type { QueueViewLink } from "../../components/queue-views";
import { counted, store } from "../reading";
import { taskRow } from "../task-rows";

const labels: Record<QueueView, string> = {
  all: "All",
  mine: "Mine",
  unclaimed: "Unclaimed",
  atRisk: "At risk",
  breached: "Breached",
  waiting: "Waiting for others",
};

/** The cut of the queue an address asks for. */
export function viewOf(text: string | undefined): QueueView {
  return isQueueView(text) ? text : "all";
}

export function viewHref(view: QueueView): Route {
  return (view === "all" ? "/queue" : `/queue?view=${view}`) as Route;
}

/** The cuts of the queue with how much is in each. */
export async function viewLinks(actor: AuthorizedActor, now: string): Promise<QueueViewLink[]> {
  const counts = await queueCounts(actor, store(), now);
  return queueViews.map((view) => ({
    view,
    label: labels[view],
    href: viewHref(view),
    count: counted(counts[view]),
  }));
}

/** A page of a cut, as its list is drawn. */
export async function queuePage(actor: AuthorizedActor, now: string, view: QueueView, cursor?: string) {
  const { lines, next } = await queue(actor, store(), now, { view, cursor });
  return { lines: lines.map((line) => queueLine(line, actor)), next };
}

/** How a task is drawn as a line of the queue. */
export function queueLine(line: TaskLine, actor: AuthorizedActor): QueueLine {
  const { order, step, visit, escalated } = line;
  return {
    ...taskRow(line),
    key: `${order}/${step}/${visit}`,
    order,
    step,
    visit,
    number: line.businessKey,
    mine: line.owner !== null && line.owner === actor.person,
    escalated,
  };
}
