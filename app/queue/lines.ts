import type { Route } from "next";
import type { AuthorizedActor } from "#lib/domain/authority";
import { countCuts, type QueueCut, type QueueView, queue, queueViews } from "#lib/queries/queue";
import { cutAsked, cutName, cutQuery, isOwn } from "#lib/queries/queue-cut";
import { savedViews } from "#lib/queries/saved-views";
import type { TaskLine } from "#lib/queries/task-list";
import { placeOf } from "#lib/queries/task-sort";
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

/** So many saved views are counted with every answer; those behind them have their name alone. */
const counted_max = 8;

/** Where a cut of the queue is. */
export function cutHref(cut: QueueCut): Route {
  const query = cutQuery(cut);
  return (query ? `/queue?${query}` : "/queue") as Route;
}

/**
 * The cuts of the queue with how much is in each: the views, the saved ones, and the present one if it is none of them. The views
 * keep the order that is looked at now, unless it is that of a saved one.
 */
export async function viewLinks(
  actor: AuthorizedActor,
  now: string,
  current: QueueCut,
): Promise<QueueViewLink[]> {
  const saved = (await savedViews(actor, store(), "queue")).map(({ id, name, query, shared }) => ({
    cut: cutAsked(Object.fromEntries(new URLSearchParams(query))),
    label: name,
    saved: { id, shared },
  }));
  const isCurrent = ({ cut }: { cut: QueueCut }) => cutName(cut) === cutName(current);
  const sort = saved.some(isCurrent) ? undefined : current.sort;
  const cuts: { cut: QueueCut; label: string; saved?: QueueViewLink["saved"] }[] = [
    ...queueViews.map((view) => ({ cut: { view, sort }, label: labels[view] })),
    ...saved.filter(({ cut }) => isOwn(cut)),
  ];
  if (!cuts.some(isCurrent)) cuts.splice(queueViews.length, 0, { cut: current, label: "Narrowed" });
  const counts = cuts.filter((each, n) => n < queueViews.length + counted_max || isCurrent(each));
  const numbers = await countCuts(
    actor,
    store(),
    now,
    counts.map(({ cut }) => cut),
  );
  return cuts.map((each) => {
    const number = numbers[counts.indexOf(each)];
    return {
      view: cutName(each.cut),
      label: each.label,
      href: cutHref(each.cut),
      count: number ? counted(number) : "",
      saved: each.saved,
    };
  });
}

/** A page of a cut, as its list is drawn. */
export async function queuePage(actor: AuthorizedActor, now: string, cut: QueueCut, cursor?: string) {
  const { lines, ...rest } = await queue(actor, store(), now, { ...cut, cursor });
  return { lines: lines.map((line) => queueLine(line, actor, cut)), ...rest };
}

/** How a task is drawn as a line of the queue. */
export function queueLine(line: TaskLine, actor: AuthorizedActor, { sort }: QueueCut): QueueLine {
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
    place: placeOf(line, sort),
  };
}
