import type { Dispatcher, LaneReport } from "#lib/engine/dispatcher";
import type { LaneStanding } from "#lib/engine/lane";
import { effectWords, sentenceMiddle } from "#lib/queries/words";
import { formatNumber } from "../../components/format";

/** How the calls of one effect stand in this process, in numbers and as people read it. */
export type LaneFigure = {
  effect: string;
  standing: LaneStanding;
  running: number;
  running_max: number;
  /** Calls that may begin in a second; null when there is no bound. */
  perSecond_max: number | null;
  waiting: number;
  /** When a lane that is left alone is tried again. */
  coolsUntil: string | null;
  toDo: string;
};

/** Of every effect this process has a connection for, called or not, in the order of their titles. */
export function laneFigures({ connected, lanes }: Connected): LaneFigure[] {
  const reported = new Map(lanes.map((lane) => [lane.effect, lane]));
  return [...connected.byName.values()]
    .map(({ name, concurrency_max, calls_per_second_max }): LaneFigure => {
      const { standing, running, waiting, coolsUntil } = reported.get(name) ?? {
        standing: "open" as const,
        running: 0,
        waiting: 0,
        coolsUntil: null,
      };
      const figure = {
        effect: name,
        standing,
        running,
        running_max: concurrency_max,
        perSecond_max: calls_per_second_max ?? null,
        waiting,
        coolsUntil,
      };
      return { ...figure, toDo: toDo(figure) };
    })
    .sort((a, b) => effectWords(a.effect).title.localeCompare(effectWords(b.effect).title));
}

type Connected = Pick<Dispatcher, "connected"> & { lanes: readonly LaneReport[] };

function toDo({ effect, standing, waiting, running, running_max }: Omit<LaneFigure, "toDo">): string {
  const { outside } = effectWords(effect);
  switch (standing) {
    case "cooling":
      return `${outside} gave no clear answer five times in a row. See whether it is up; one call tries again by itself.`;
    case "trying":
      return `One call finds out whether ${sentenceMiddle(outside)} answers again; the others wait for it.`;
    case "open":
      if (waiting === 0) return "Nothing to do";
      return running < running_max
        ? "They begin as fast as the other system takes them. If they grow more, it is too slow for what comes in."
        : `They begin when one of the ${formatNumber(running_max)} under way ends. If they grow more, the other system is too slow for what comes in.`;
  }
}
