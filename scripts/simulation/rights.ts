import type { RecordedEvent } from "#lib/domain/events";
import type { OrderState, TaskState } from "#lib/domain/order";
import type { AggregateState } from "#lib/engine/aggregates";
import { demand } from "./violation";

/**
 * Who was allowed what, worked out a second time from the log alone and in the order of its positions: whatever stands
 * there was done by somebody who had the right to at that position. It shares no rule with `lib/domain`.
 */
type Standing = { roles: Set<string>; disabled: boolean; revokedKeys: Set<string> };

/** What a person does to a task, and which roles do beside the task's own. */
const taskWork: { readonly [type: string]: readonly string[] } = {
  taskClaimed: [],
  taskStarted: [],
  taskStopped: ["supervisor"],
  taskReleased: ["supervisor"],
  taskSuspended: ["supervisor"],
  taskDelegated: ["supervisor"],
  taskForwarded: ["supervisor"],
  taskFailed: ["supervisor"],
  taskSkipped: ["supervisor"],
  decisionMade: [],
  decisionWithdrawn: [],
};

export class Rights {
  readonly #people = new Map<string, Standing>();

  /** `state` is the stream's before the event. Throws a `Violation`. */
  check(event: RecordedEvent, state: AggregateState | null): void {
    const [kind = "", id = ""] = [
      event.stream.slice(0, event.stream.indexOf("/")),
      event.stream.slice(event.stream.indexOf("/") + 1),
    ];
    if (event.actor.type !== "system" && kind !== "access") this.#mayAct(event);
    if (kind === "person") this.#changed(id, event);
    else if (kind === "order") this.#order(event, state as OrderState | null);
    else if (kind !== "access" && event.actor.type !== "system") this.#has(event, ["admin"]);
  }

  #mayAct(event: RecordedEvent): void {
    const standing = this.#standingOf(event);
    demand(!standing.disabled, () => `${who(event)} is disabled and did ${at(event)}`);
    demand(
      event.actor.type !== "apiKey" || !standing.revokedKeys.has(event.actor.id),
      () => `the revoked API key ${event.actor.id} did ${at(event)}`,
    );
  }

  #changed(id: string, event: RecordedEvent): void {
    if (event.actor.type !== "system") this.#has(event, ["admin"]);
    const standing = this.#people.get(id) ?? { roles: new Set(), disabled: false, revokedKeys: new Set() };
    this.#people.set(id, standing);
    if (event.type === "personAdded") for (const role of event.data.roles) standing.roles.add(role);
    else if (event.type === "roleGranted") standing.roles.add(event.data.role);
    else if (event.type === "roleRevoked") standing.roles.delete(event.data.role);
    else if (event.type === "personDisabled") standing.disabled = true;
    else if (event.type === "personEnabled") standing.disabled = false;
    else if (event.type === "apiKeyRevoked") standing.revokedKeys.add(event.data.apiKey);
  }

  #order(event: RecordedEvent, state: OrderState | null): void {
    if (event.type === "orderReceived" && event.actor.type !== "system")
      this.#has(event, ["requester", "supervisor"]);
    if (!state) return;
    if (event.type === "taskReleased" && event.data.lapsed)
      demand(event.actor.type === "system", () => `${who(event)} said that a claim lapsed: ${at(event)}`);
    else if (event.type in taskWork) {
      const { step, visit } = event.data as { step: string; visit: number };
      demand(event.actor.type !== "system", () => `a machine did ${at(event)}`);
      const task = state.tasks[`${step}#${visit}`];
      demand(task !== undefined, () => `${at(event)} is about a task that is not open`);
      this.#taskWork(event, state, task!);
    }
    if (event.type === "taskResumed" && !event.data.afterChanges) this.#has(event, ["supervisor"]);
    if (event.type === "orderAmended")
      demand(who(event) === state.requestedBy, () => `${who(event)} amended another's order: ${at(event)}`);
    if (event.type === "orderCancelled" && who(event) !== state.requestedBy) this.#has(event, ["supervisor"]);
    const person = event.actor.type !== "system";
    if (person && ["effectConfirmed", "effectFailed", "attentionCleared"].includes(event.type))
      this.#has(event, ["supervisor", "admin"]);
    if (["commentAdded", "attachmentAdded"].includes(event.type) && who(event) !== state.requestedBy)
      this.#has(event, ["reviewer", "supervisor"]);
    if (event.type === "effectRetried") this.#has(event, ["supervisor", "admin"]);
    if (event.type === "signalReceived" && person) this.#has(event, ["supervisor"]);
    if (event.type.startsWith("effect") && /Attempted|Pending|Doubted|Answered/.test(event.type))
      demand(!person, () => `${who(event)} spoke for the outside: ${at(event)}`);
  }

  #taskWork(event: RecordedEvent, state: OrderState, task: TaskState): void {
    const excluded = [state.requestedBy, state.handedInBy, state.lastAmendedBy];
    demand(!excluded.includes(who(event)), () => `${who(event)} is excluded and did ${at(event)}`);
    this.#has(event, [...task.roles, ...taskWork[event.type]!]);
    if (event.type === "decisionMade")
      demand(
        task.owner === null || task.owner === who(event),
        () => `${who(event)} decided what ${task.owner} holds: ${at(event)}`,
      );
  }

  #has(event: RecordedEvent, roles: readonly string[]): void {
    const { roles: held } = this.#standingOf(event);
    demand(
      roles.some((role) => held.has(role)),
      () =>
        `${who(event)} has the roles ${[...held].join(", ")} and did ${at(event)}, for which ${roles.join(" or ")} is needed`,
    );
  }

  #standingOf(event: RecordedEvent): Standing {
    return this.#people.get(who(event)) ?? { roles: new Set(), disabled: true, revokedKeys: new Set() };
  }
}

function who({ actor }: RecordedEvent): string {
  return actor.onBehalfOf ?? actor.id;
}

function at({ type, stream, version }: RecordedEvent): string {
  return `${type} ${stream}@${version}`;
}
