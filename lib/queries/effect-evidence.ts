import { effect_events_max } from "./order-reading";
import type { Names } from "./people-names";
import { type keysOf, noteOf, personalOf } from "./personal";
import { sentenceOf } from "./sentences";
import type { StoredEvent } from "./store";

/** One thing that happened to an effect, with what was written with it. */
export type EffectLine = { id: string; at: string; sentence: string; note: string | undefined };

type Held = Awaited<ReturnType<typeof keysOf>>;

/** What is sent each time, as JSON, with what is personal in it. */
export function sentInput(about: readonly StoredEvent[], held: Held): string {
  const intent = about.find(({ event }) => event?.type === "effectIntended");
  if (intent?.event?.type !== "effectIntended") return "{}";
  const personal = personalOf(intent.body, held);
  const erased = personal === "erased" ? { personal: "erased" } : personal;
  return JSON.stringify({ ...intent.event.data.input, ...erased }, null, 2);
}

/** What the outside said last, in its own words; null when it has said nothing that was written down. */
export function lastSaid(about: readonly StoredEvent[], held: Held): { at: string; text: string } | null {
  for (const { body, event } of about.toReversed()) {
    // What a person wrote is a reason, not the outside's word.
    if (event?.actor.type !== "system") continue;
    const text = noteOf(body, held);
    if (text !== undefined) return { at: event.recordedAt, text };
  }
  return null;
}

/** What happened to the effect, oldest first. */
export function effectLines(
  effect: string,
  about: readonly StoredEvent[],
  held: Held,
  { person }: Names,
): EffectLine[] {
  return about.slice(-effect_events_max).flatMap(({ body, event }) => {
    if (!event) return [];
    const { sentence } = sentenceOf(event, { person, effect: () => effect });
    return [
      { id: `${body.stream}@${body.version}`, at: event.recordedAt, sentence, note: noteOf(body, held) },
    ];
  });
}
