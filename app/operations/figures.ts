import type { Route } from "next";
import type { DepthName, Operations } from "#lib/queries/operations";
import { formatNumber } from "../../components/format";

/** One measure as people read it: how much, since when, and what to do about it; `place` is where to do it. */
export type Figure = {
  name: string;
  count: number;
  /** Counting stopped there. */
  more: boolean;
  oldestAt: string | null;
  toDo: string;
  place?: { label: string; href: Route };
};

const escalations = { label: "Escalations", href: "/escalations" as Route };
const queue = { label: "Queue", href: "/queue" as Route };

/** From when on a due timer is late: the console looks every second. */
const late_ms = 60_000;

const people: readonly (readonly [DepthName, string, string, Figure["place"]?])[] = [
  ["tasksOpen", "Orders to decide", "Reviewers decide them.", queue],
  ["tasksBreached", "Of these, time was up", "Supervisors may decide them too.", escalations],
  ["ordersNeedingAttention", "Orders that stand still", "Each says why, and what can be done.", escalations],
  [
    "effectsInDoubt",
    "Effects in doubt",
    "Find out at the other system whether they happened, and say so.",
    escalations,
  ],
  ["effectsFailed", "Effects that failed", "Have them tried again, or done anew.", escalations],
];

/** What waits for people. */
export function peoplesFigures({ depths }: Operations): Figure[] {
  return people.map(([depth, name, toDo, place]) => ({
    name,
    ...depths[depth],
    toDo: depths[depth].count > 0 ? toDo : nothing,
    place: depths[depth].count > 0 ? place : undefined,
  }));
}

/** What waits for the machine, which does it by itself unless something is wrong. */
export function machinesFigures({ at, depths: { timersDue }, backlog }: Operations): Figure[] {
  const late = timersDue.oldestAt !== null && Date.parse(at) - Date.parse(timersDue.oldestAt) > late_ms;
  return [
    {
      name: "Timers that are due",
      ...timersDue,
      toDo: late
        ? "They are late. See that a console runs, or that /api/cron/tick is called, and that the outside is connected."
        : nothing,
    },
    {
      name: `Effects to be sent or asked about, of at most ${formatNumber(backlog.most)}`,
      count: backlog.waiting,
      more: backlog.waiting > backlog.most,
      oldestAt: null,
      toDo:
        backlog.waiting > backlog.most
          ? "Intake answers 429 until there are fewer. See whether the other systems answer."
          : nothing,
    },
  ];
}

const nothing = "Nothing to do";
