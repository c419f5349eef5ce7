import type { RecordedEvent } from "#lib/domain/events";
import type { DoubtFact } from "#lib/domain/facts";
import { type EffectState, isOver } from "#lib/domain/order";
import type { Explained, Why, WhyLink } from "./why";
import { causeOf, link } from "./why-task";
import { definitionOf, effectWords, titleOf, verdictPast, whyNotAskedAgain } from "./words";

/** Why an effect that is under way outside, or stands still there, is not done; null for one that waits for nothing. */
export function whyEffect(explained: Explained, effect: EffectState, doubt: DoubtFact | null): Why | null {
  const { state } = explained.reading;
  if (isOver(state) && state.needsAttention === null) return null;
  const { noun, outside } = effectWords(effect.effect);
  const events = eventsAbout(explained, effect.key);
  const because = [...ledTo(explained, effect), ...attempts(explained, events, outside)];
  switch (effect.status) {
    case "CONFIRMED":
    case "COMPENSATED":
    case "OBSOLETE":
      return null;
    case "ATTEMPTED":
      because.push(link(null, "Its answer is awaited."));
      break;
    case "INTENDED":
      because.push(
        effect.dueAt
          ? { version: effect.dueSince, parts: ["So it is sent at ", { at: effect.dueAt }, "."] }
          : link(null, "So it is sent as soon as may be."),
      );
      break;
    case "PENDING":
      because.push(
        effect.dueAt
          ? {
              version: effect.dueSince,
              parts: [
                "So its answer is awaited until ",
                { at: effect.dueAt },
                "; without one it is in doubt.",
              ],
            }
          : link(null, "So its answer is awaited, however long that takes."),
      );
      break;
    case "IN_DOUBT":
      because.push(
        effect.dueAt
          ? {
              version: effect.dueSince,
              parts: [
                effect.probing
                  ? `So ${sentenceMiddle(outside)} is asked what became of it at `
                  : "So it is sent again at ",
                { at: effect.dueAt },
                ".",
              ],
            }
          : link(null, `${whyNotAskedAgain(effect, doubt)} So a supervisor or an admin has to find out.`),
      );
      break;
    case "FAILED":
      because.push(link(null, "So a supervisor or an admin has to say how it goes on."));
      break;
  }
  return { question: `Why is ${noun} not done?`, because };
}

function eventsAbout({ events }: Explained, key: string): RecordedEvent[] {
  return events.flatMap(({ event }) =>
    event && "key" in event.data && event.data.key === key ? [event] : [],
  );
}

/** What opened the step: a verdict, a policy that asked for nobody, or what was done before. */
function ledTo(
  { events, reading, person }: Explained,
  { step, visit, intendedIn, compensates }: EffectState,
): WhyLink[] {
  if (compensates !== null) {
    const cancelled = events.findLast(
      ({ event }) => event?.type === "orderCancelled" && event.version < intendedIn,
    )?.event;
    return cancelled
      ? [link(cancelled.version, "The order was given up, so what was done is taken back.")]
      : [];
  }
  const cause = causeOf(events, { step, visit });
  const reached = definitionOf(reading.state.workflow)?.steps[step];
  const title = reached ? titleOf(step, reached) : step;
  switch (cause?.type) {
    case "policyChecked":
      return [
        link(cause.version, `No rule of ${cause.data.policy} asked for a person, so “${title}” came next.`),
      ];
    case "decisionSettled": {
      const { participle } = verdictPast(cause.data.step, cause.data.verdict);
      const by = reading.given.get(cause.data.step)?.by;
      return [
        link(
          cause.version,
          `It was ${participle.toLowerCase()}${by ? ` (${person(by)})` : ""}, so “${title}” came next.`,
        ),
      ];
    }
    case "effectConfirmed": {
      const { noun } = effectWords(reading.effects.get(cause.data.key)?.effect ?? "");
      return [link(cause.version, `After ${noun} was done, “${title}” came next.`)];
    }
    default:
      return [];
  }
}

/** What the outside has answered since: the newest answer, and how often it was asked before. */
function attempts({ written }: Explained, events: readonly RecordedEvent[], outside: string): WhyLink[] {
  const asked = events.filter(
    (event) =>
      event.type === "effectAttempted" ||
      (event.type === "effectIntended" && event.data.attempt !== undefined),
  );
  const chain: WhyLink[] = [];
  const last = asked.at(-1);
  if (last)
    chain.push({
      version: last.version,
      parts: [
        `${outside} was asked ${asked.length === 1 ? "once" : `${asked.length} times`}, ${asked.length === 1 ? "" : "last "}at `,
        { at: last.recordedAt },
        ".",
      ],
    });
  const answer = events.findLast(({ type }) => /^effect(Failed|Doubted|Pending|Retried)$/.test(type));
  const said = answer && written(answer.version);
  const inItsWords = said ? ` It said “${said}”` : "";
  switch (answer?.type) {
    case "effectFailed":
      chain.push(link(answer.version, `It did not happen: ${answer.data.reason}${inItsWords}`));
      break;
    case "effectDoubted":
      chain.push(link(answer.version, `What came of it is not known: ${answer.data.reason}${inItsWords}`));
      break;
    case "effectPending":
      chain.push(
        link(answer.version, `It was accepted under ${answer.data.reference}, to be reported later.`),
      );
      break;
    case "effectRetried":
      chain.push(link(answer.version, "Somebody asked for another try."));
      break;
  }
  return chain;
}

function sentenceMiddle(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
