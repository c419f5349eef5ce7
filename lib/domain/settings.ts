import { canonicalize } from "#lib/log/canonical";
import { alwaysOpen, type BusinessCalendar } from "./calendar";
import type { Command } from "./commands";
import type { EventDraft, RecordedEvent } from "./events";
import { type Facts, grantOf } from "./facts";
import type { PolicyParameters } from "./policy";
import { isRejection, type Rejection, refuse, reject } from "./rejection";

/**
 * What a workspace is set to: published workflow definitions, policy parameters, calendars. Every version stays, because
 * an order pins the one it was judged by.
 */
export type WorkflowState = { version: number; hash: string };
export type PolicyState = { version: number; parameters: PolicyParameters };
export type CalendarState = { version: number; versions: { readonly [version: number]: BusinessCalendar } };

export function evolveWorkflow(_state: WorkflowState | null, event: RecordedEvent): WorkflowState {
  if (event.type !== "workflowPublished") throw new Error(`${event.type} does not belong in ${event.stream}`);
  return { version: event.version, hash: event.data.hash };
}

export function evolvePolicy(_state: PolicyState | null, event: RecordedEvent): PolicyState {
  if (event.type !== "policyPublished") throw new Error(`${event.type} does not belong in ${event.stream}`);
  return { version: event.version, parameters: event.data.parameters };
}

export function evolveCalendar(state: CalendarState | null, event: RecordedEvent): CalendarState {
  if (event.type !== "calendarPublished") throw new Error(`${event.type} does not belong in ${event.stream}`);
  return {
    version: event.version,
    versions: { ...state?.versions, [event.version]: known(event.data.calendar) },
  };
}

/** The arithmetic has a short cut for the calendar that never closes, and knows it by identity. */
function known(calendar: BusinessCalendar): BusinessCalendar {
  return canonicalize(calendar) === canonicalize(alwaysOpen) ? alwaysOpen : calendar;
}

export type SettingsCommand = Extract<Command, { type: `${string}.publish` }>;

export function decideSettings(
  state: WorkflowState | PolicyState | CalendarState | null,
  facts: Facts,
  command: SettingsCommand,
): EventDraft[] | Rejection {
  const { principal } = facts;
  if (principal.kind === "system" && principal.part !== "operator")
    return refuse("role", "This part of the system publishes nothing.");
  if (principal.kind === "person") {
    const grant = grantOf(facts, ["admin"], "change the settings of a workspace");
    if (isRejection(grant)) return grant;
  }
  switch (command.type) {
    case "workflow.publish": {
      const { name, version, hash } = command;
      if (!state) return [{ type: "workflowPublished", data: { name, version, hash } }];
      return (state as WorkflowState).hash === hash
        ? reject("wrongState", `${name}@${version} is published already.`)
        : reject(
            "contentDiffers",
            `${name}@${version} was published with another content. A changed definition needs a new version.`,
          );
    }
    case "policy.publish":
      return [{ type: "policyPublished", data: { parameters: command.parameters } }];
    case "calendar.publish":
      return [{ type: "calendarPublished", data: { calendar: command.calendar } }];
  }
}
