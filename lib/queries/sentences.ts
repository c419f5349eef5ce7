import type { EventType, RecordedEvent } from "#lib/domain/events";
import { ruleSentence } from "#lib/domain/policy";
import { actorWords, effectOfStep, effectWords, inWords, plural, stepTitle, verdictPast } from "./words";

/**
 * One plain sentence for every event there is. `technical` marks what only machines did and only engineers look for.
 * A new event type does not compile until it has its sentence.
 */
export type Said = { sentence: string; technical: boolean };

/** What a sentence needs to know that the event does not say itself. */
export type SentenceContext = {
  person(id: string): string;
  /** The effect of a key, where the events before are known. */
  effect?(key: string): string | undefined;
};

const all = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** The sentence of an event. Never throws for an event `upcast` let through. */
export function sentenceOf(event: RecordedEvent, context: SentenceContext): Said {
  const who = actorWords(event.actor, context.person).name;
  const subject = event.stream.slice(event.stream.indexOf("/") + 1);
  const effect = ({ key, step }: { key: string; step: string }) =>
    effectWords(context.effect?.(key) ?? effectOfStep(step));
  switch (event.type) {
    case "orderReceived": {
      const requester = context.person(event.data.requestedBy);
      if (event.data.past) return said(`${who} brought this order of ${requester} in from the past.`);
      return said(
        event.actor.type === "person" && event.actor.id === event.data.requestedBy
          ? `${who} asked for the order.`
          : `${who} handed in the order for ${requester}.`,
      );
    }
    case "orderAmended":
      return said(`${who} changed ${all.format(event.data.changed.map(fieldWords))}.`);
    case "policyChecked": {
      const reasons = event.data.results.filter(({ result }) => result === "review").map(ruleSentence);
      return said(
        reasons.length === 0
          ? "The policy was checked and asks for nobody."
          : `The policy asks for a person. ${reasons.join(". ")}.`,
      );
    }
    case "taskOpened":
      return said(`${task(event.data)} waits for one of the ${plural(event.data.owners)}.`);
    case "taskClaimed":
      return said(
        event.data.takenFrom
          ? `${who} took ${task(event.data)} over from ${context.person(event.data.takenFrom)}.`
          : `${who} claimed ${task(event.data)}.`,
      );
    case "taskStarted":
      return said(`${who} began ${task(event.data)}.`);
    case "taskStopped":
      return said(`${who} set ${task(event.data)} aside.`);
    case "taskReleased":
      return said(
        event.data.lapsed
          ? `${task(event.data)} is free again: nobody was at it for a while.`
          : `${who} gave ${task(event.data)} back.`,
      );
    case "taskSuspended":
      return said(`${who} put ${task(event.data)} on hold.`);
    case "taskResumed":
      return said(
        event.data.afterChanges
          ? `${task(event.data)} goes on with the changed order.`
          : `${who} let ${task(event.data)} go on.`,
      );
    case "taskDelegated":
      return said(`${who} handed ${task(event.data)} to ${context.person(event.data.to)}.`);
    case "taskForwarded":
      return said(`${who} passed ${task(event.data)} on to the ${plural([event.data.to])}.`);
    case "taskFailed":
      return said(`${who} declared that ${task(event.data)} cannot be done.`);
    case "taskSkipped":
      return said(`${who} skipped ${task(event.data)}.`);
    case "taskEscalated":
      return said(
        `The time for ${task(event.data)} was up, so the ${plural([event.data.to])} may decide it too.`,
      );
    case "decisionMade":
      return said(`${who} ${verdictPast(event.data.step, event.data.verdict).sentence}.`);
    case "decisionWithdrawn":
      return said(`${who} took the decision back before it took effect.`);
    case "decisionSettled":
      return technical(
        `The decision took effect: ${verdictPast(event.data.step, event.data.verdict).participle.toLowerCase()}.`,
      );
    case "effectIntended":
      return event.data.reissues
        ? said(
            `${capital(effectWords(event.data.effect).noun)} was prepared anew, in place of the one not done.`,
          )
        : technical(`${capital(effectWords(event.data.effect).noun)} was prepared.`);
    case "effectAttempted": {
      const { noun, outside } = effect(event.data);
      return technical(
        `${outside} was asked for ${noun}${event.data.attempt.number > 1 ? `, attempt ${event.data.attempt.number}` : ""}.`,
      );
    }
    case "effectConfirmed": {
      const { noun, outside } = effect(event.data);
      const { reference } = event.data.receipt;
      return event.actor.type === "person"
        ? said(`${who} found that ${noun} was done, reference ${reference}.`)
        : said(`${outside} confirmed ${noun}, reference ${reference}.`);
    }
    case "effectPending": {
      const { noun, outside } = effect(event.data);
      return said(`${outside} will report ${noun} later, under ${event.data.reference}.`);
    }
    case "effectFailed": {
      const { noun } = effect(event.data);
      const sentence = `${capital(noun)} failed: ${withoutStop(event.data.reason)}.`;
      return event.data.retryAt ? technical(`${sentence} It is tried again.`) : said(sentence);
    }
    case "effectDoubted": {
      const { noun } = effect(event.data);
      const sentence = `Whether ${noun} happened is not known: ${withoutStop(event.data.reason)}.`;
      if (!event.data.retryAt) return said(sentence);
      return technical(
        `${sentence} ${event.data.probe ? "The outside is asked what became of it" : "It is asked again"}.`,
      );
    }
    case "effectRetried":
      return said(`${who} asked for another try of ${effect(event.data).noun}.`);
    case "effectAnswered": {
      const { noun, outside } = effect(event.data);
      const sentence = `${outside} answered once more about ${noun}: ${answerWords(event.data.answer)}.`;
      return event.data.contradicts
        ? said(`${sentence} That contradicts what it said before.`)
        : technical(sentence);
    }
    case "orderCancelled":
      return said(`${who} cancelled the order.`);
    case "commentAdded":
      return said(`${who} wrote a comment.`);
    case "attachmentAdded":
      return said(`${who} attached a file.`);
    case "attentionCleared":
      return said(`${who} looked into it: the order needs no attention any more.`);
    case "orderNeedsAttention":
      return said(`The order needs attention. ${withoutStop(inWords(event.data.why))}.`);
    case "signalReceived":
      return said(`${who} reported “${event.data.signal}”.`);
    case "signalTaken":
      return technical(`The order went on because of “${event.data.signal}”.`);
    case "personAdded":
      return said(`${who} added ${context.person(subject)} as ${all.format(event.data.roles)}.`);
    case "roleGranted":
      return said(`${who} gave ${context.person(subject)} the role ${event.data.role}.`);
    case "roleRevoked":
      return said(`${who} took the role ${event.data.role} from ${context.person(subject)}.`);
    case "personDisabled":
      return said(`${who} disabled the account of ${context.person(subject)}.`);
    case "personEnabled":
      return said(`${who} enabled the account of ${context.person(subject)} again.`);
    case "passwordChanged":
      return said(`${who} changed the password of ${context.person(subject)}.`);
    case "sessionsEnded": {
      const { session, except } = event.data;
      const where = session ? "in one browser" : except ? "everywhere else" : "everywhere";
      return said(`${who} signed ${context.person(subject)} out ${where}.`);
    }
    case "identityLinked":
      return said(
        `${context.person(subject)} signed in by an account of ${event.data.issuer}, for the first time.`,
      );
    case "identityUnlinked":
      return said(
        `${who} took from ${context.person(subject)} the account of ${event.data.issuer} to sign in by.`,
      );
    case "apiKeyCreated":
      return said(`${who} made the API key ${event.data.apiKey} for ${context.person(subject)}.`);
    case "apiKeyRevoked":
      return said(`${who} revoked the API key ${event.data.apiKey} of ${context.person(subject)}.`);
    case "accessRefused":
      return said(`${context.person(subject)} was refused: ${withoutStop(event.data.message)}.`);
    case "denialsCounted":
      return said(
        `${context.person(subject)} was refused ${event.data.count} more ${event.data.count === 1 ? "time" : "times"} within the hour.`,
      );
    case "workflowPublished":
      return said(`${who} published the workflow ${event.data.name}@${event.data.version}.`);
    case "policyPublished":
      return said(`${who} published the policy of ${subject}.`);
    case "calendarPublished":
      return said(`${who} published the calendar “${event.data.calendar.name}”.`);
    case "logAdopted": {
      const { pos, before } = event.data;
      const noted = before ? `noted was ${logWords(before.pos)}` : "nothing was noted";
      return said(`${who} took ${logWords(pos)} as it is; ${noted}.`);
    }
    case "dispatchPaused":
      return said(`${who} paused dispatch: nothing is sent outside.`);
    case "dispatchResumed":
      return said(`${who} resumed dispatch.`);
    case "intakeStopped":
      return said(`${who} stopped intake: no new order is taken in.`);
    case "intakeOpened":
      return said(`${who} opened intake.`);
  }
}

/**
 * Whether an event followed by itself: it carries the actor whose command set it off, but nobody did it. That somebody
 * asked for an order is an act, that the policy was then checked is not.
 */
export function followsByItself(event: RecordedEvent): boolean {
  if (event.type === "taskReleased") return event.data.lapsed === true;
  return event.type === "taskResumed" ? event.data.afterChanges === true : byMachines.has(event.type);
}

const byMachines: ReadonlySet<EventType> = new Set<EventType>([
  "policyChecked",
  "taskOpened",
  "taskEscalated",
  "decisionSettled",
  "effectIntended",
  "effectAttempted",
  "orderNeedsAttention",
  "signalTaken",
]);

const fields: { readonly [field: string]: string } = {
  total: "the total",
  country: "the country",
  orderedOn: "the date of the order",
  customer: "the customer",
  lines: "the lines",
  note: "the note",
};

function fieldWords(field: string): string {
  return Object.hasOwn(fields, field) ? (fields[field] as string) : field;
}

const answers: { readonly [answer: string]: string } = {
  confirmed: "it happened",
  pending: "it will report later",
  rejected: "it did not accept it",
  retryable: "not now",
  inDoubt: "no clear answer",
};

function answerWords(answer: string): string {
  return Object.hasOwn(answers, answer) ? (answers[answer] as string) : answer;
}

function logWords(lastPos: number | undefined): string {
  return lastPos === undefined ? "an empty log" : `a log up to position ${lastPos}`;
}

function task({ step }: { step: string }): string {
  return `“${stepTitle(step)}”`;
}

function said(sentence: string): Said {
  return { sentence, technical: false };
}

function technical(sentence: string): Said {
  return { sentence, technical: true };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, "");
}
