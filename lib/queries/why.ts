import type { AuthorizedActor } from "#lib/domain/authority";
import { demandActor } from "#lib/domain/authority";
import { calendarsOf } from "./calendars";
import { peopleOf } from "./order-history";
import { maySee, type OrderReading, readOrder, readVersions, versionsAbout } from "./order-reading";
import { namesOf } from "./people-names";
import { keysOf, noteOf, subjectsOf } from "./personal";
import { type Outside, unknownOutside } from "./possible";
import type { Store, StoredEvent } from "./store";
import { whyDue } from "./why-due";
import { whyEffect } from "./why-effect";
import { tasksExplained, whyDecided, whyTask } from "./why-task";

/** A part of a sentence: text, an instant to be shown in the reader's zone, or a length of time. */
export type WhyPart = string | { at: string } | { ms: number };

/** One link of the chain; `version` is that of the event it rests on, null where it follows from what was said. */
export type WhyLink = { parts: readonly WhyPart[]; version: number | null };

/** A question about an order as it stands, and its answer: each sentence follows from those before it. */
export type Why = { question: string; because: WhyLink[] };

/** An order's past as far as it explains its present. */
export type Explained = {
  reading: OrderReading;
  /** The events of these versions, oldest first, as far as this version of Holdpoint knows them. */
  events: readonly StoredEvent[];
  person: (id: string) => string;
  /** What was written with the event of this version: a reason, or the outside's own words. */
  written: (version: number) => string | undefined;
};

/**
 * Why the order waits, for whom, why until then, and how it was decided. Null when there is no such order, or none this actor
 * may see.
 */
export async function whyOf(
  actor: AuthorizedActor,
  store: Store,
  id: string,
  outside: Outside = unknownOutside,
): Promise<Why[] | null> {
  demandActor(actor, store.keys.workspace);
  const reading = await readOrder(store, id);
  if (!reading || !maySee(actor, reading.state)) return null;
  const { state } = reading;
  const events = await readVersions(store, id, versionsExplaining(reading));
  const tasks = Object.values(state.tasks);
  const [names, calendars, held] = await Promise.all([
    namesOf(store, [
      state.requestedBy,
      ...tasks.flatMap(({ excluded }) => excluded),
      ...events.flatMap(peopleOf),
    ]),
    calendarsOf(
      store,
      tasks.map(({ clock }) => clock.calendar),
    ),
    keysOf(store, subjectsOf(events)),
  ]);
  const written = (version: number) => {
    const stored = events.find(({ body }) => body.version === version);
    return stored && noteOf(stored.body, held);
  };
  const explained: Explained = { reading, events, person: names.person, written };
  const answers = [
    ...(await Promise.all(tasks.map((task) => whyTask(store, explained, task)))),
    ...tasks.map((task) => whyDue(explained, task, calendars.get(task.clock.calendar))),
    ...Object.values(state.effects).map((effect) => whyEffect(explained, effect, outside(effect.effect))),
    ...whyDecided(explained),
  ];
  return answers.filter((answer): answer is Why => answer !== null && answer.because.length > 0);
}

/** What led to a visit stands in the same append before it, and few events can stand between. */
const events_before_max = 6;

function versionsExplaining(reading: OrderReading): number[] {
  const { effects, checked, attention } = reading;
  const versions = new Set<number>([checked, attention].filter((version) => version !== null));
  const withBefore = (version: number) => {
    for (let n = version; n > 0 && n >= version - events_before_max; n--) versions.add(n);
  };
  for (const [first, ...rest] of tasksExplained(reading).values()) {
    if (first !== undefined) withBefore(first);
    for (const version of rest) versions.add(version);
  }
  for (const effect of effects.values()) {
    withBefore(effect.intended);
    for (const version of versionsAbout(effect)) versions.add(version);
  }
  return [...versions];
}
