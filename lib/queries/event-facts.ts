import type { RecordedEvent } from "#lib/domain/events";
import { ruleSentence } from "#lib/domain/policy";
import { isolated } from "#lib/domain/text-direction";
import { plural } from "./words";

/** Something an event was decided by or leads to: a text, or an instant to be shown in the reader's zone. */
export type EventFact = { label: string } & ({ value: string } | { at: string });

/**
 * By what an event was decided: versions of workflow, policy, rules and calendar, whose authority it was, and what is due
 * then. Only what somebody who checks a decision looks for first; everything is in the event's data.
 */
export function factsOf(event: RecordedEvent): EventFact[] {
  switch (event.type) {
    case "orderReceived": {
      const { name, version, hash } = event.data.workflow;
      return [
        { label: "Workflow", value: `${name}@${version}` },
        { label: "Its hash", value: hash },
        { label: "From", value: `${event.data.source}, number ${isolated(event.data.businessKey)}` },
      ];
    }
    case "policyChecked":
      return [
        { label: "Policy", value: event.data.policy },
        ...event.data.results.map((result) => ({
          label: result.rule,
          value: `${result.result === "review" ? "asks for a person" : "lets it pass"}: ${ruleSentence(result)}`,
        })),
      ];
    case "taskOpened":
      return [
        { label: "Who decides", value: plural(event.data.owners) },
        { label: "Calendar", value: event.data.clock.calendar },
        ...due(event.data.clock.breachAt),
      ];
    case "taskSuspended":
    case "taskResumed":
    case "taskEscalated":
    case "decisionWithdrawn":
      return [{ label: "Calendar", value: event.data.clock.calendar }, ...due(event.data.clock.breachAt)];
    case "decisionMade": {
      const { rule, role, grantedBy } = event.data.authority;
      return [
        { label: "Allowed by", value: `${rule}: ${role}, granted in ${grantedBy}` },
        { label: "Hash of what was shown", value: event.data.evidence },
        { label: "Takes effect", at: event.data.effectiveAt },
      ];
    }
    case "effectIntended":
      return [
        { label: "Effect", value: `${event.data.effect}, issue ${event.data.issue}` },
        { label: "Key", value: event.data.key },
        ...(event.data.inputHash ? [{ label: "Hash of what is sent", value: event.data.inputHash }] : []),
      ];
    case "effectAttempted":
      return [
        { label: "Key", value: event.data.key },
        { label: "Attempt", value: String(event.data.attempt.number) },
      ];
    case "effectConfirmed":
      return [
        { label: "Key", value: event.data.key },
        { label: "Reference", value: event.data.receipt.reference },
      ];
    case "effectPending":
      return [
        { label: "Key", value: event.data.key },
        ...(event.data.answerBy ? [{ label: "An answer by", at: event.data.answerBy }] : []),
      ];
    case "effectFailed":
    case "effectDoubted":
      return [
        { label: "Key", value: event.data.key },
        ...(event.data.retryAt ? [{ label: "Again", at: event.data.retryAt }] : []),
      ];
    default:
      return [];
  }
}

function due(breachAt: string | null): EventFact[] {
  return breachAt === null ? [] : [{ label: "Due", at: breachAt }];
}
