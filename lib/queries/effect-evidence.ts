import type { Names } from "./people-names";
import { type keysOf, noteOf, personalOf } from "./personal";
import { sentenceOf } from "./sentences";
import type { StoredEvent } from "./store";

/** One thing that happened to an effect, with what was written with it. */
export type EffectLine = { id: string; at: string; sentence: string; note: string | undefined };

type Held = Awaited<ReturnType<typeof keysOf>>;

/** Older ones of an effect that was tried for weeks stand in the order's history. */
const lines_max = 40;

/** When the effect was sent, oldest first. `about` are the events of this effect. */
export function sendingsOf(about: readonly StoredEvent[]): string[] {
  return about.flatMap(({ event }) =>
    event?.type === "effectAttempted" || (event?.type === "effectIntended" && event.data.attempt)
      ? [event.recordedAt]
      : [],
  );
}

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
  return about.slice(-lines_max).flatMap(({ body, event }) => {
    if (!event) return [];
    const { sentence } = sentenceOf(event, { person, effect: () => effect });
    return [
      { id: `${body.stream}@${body.version}`, at: event.recordedAt, sentence, note: noteOf(body, held) },
    ];
  });
}
