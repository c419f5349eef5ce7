import type { Role } from "./authority";
import { alwaysOpen, type BusinessCalendar } from "./calendar";
import type { CommandOf, OrderCommand } from "./commands";
import { decideOrder } from "./decide-order";
import type { EventDraft, EventType, RecordedEvent } from "./events";
import type { DoubtFact, Facts, Principal } from "./facts";
import { type EffectState, evidenceOf, evolve, type OrderState, type TaskState } from "./order";
import { type CustomerHistory, defaultPolicy, type PolicyParameters } from "./policy";
import { isRejection, type Rejection } from "./rejection";
import type { WorkflowDefinition } from "./workflow";
import { nothingStopped } from "./workspace";

/**
 * Given what happened, when somebody asks, this follows: specifications of one order, without a database.
 *
 *     spec(orderFulfilment).given(received()).when(ask("ana", "task.decide", { verdict: "approve" })).gives("decisionMade", …)
 *
 * A `Spec` is a value: `given` and `when` leave it as it was, so that many may go on from one. `given` throws when a step
 * of the history is refused; `gives` and `refusedWith` throw with both sides when the outcome is another one. What a
 * command leaves out and the order itself knows (order, open task, evidence shown, newest effect) is filled in.
 */
export const specOrder = "8d6d4b1c-7a51-8c00-9d1e-0123456789ab";
export const specStart = "2026-03-02T09:00:00.000Z";

export type SpecSettings = {
  people: { readonly [person: string]: readonly Role[] };
  disabled: readonly string[];
  policy: PolicyParameters;
  history: CustomerHistory;
  calendar: BusinessCalendar;
  /** Lease of an attempt that the deciding process begins at once; null leaves it to a later `effect.attempt`. */
  attemptNow_ms: number | null;
  stopped: Facts["stopped"];
  keyRetention_ms: number;
  /** In place of an outside that honours keys. */
  doubt?: DoubtFact;
  answersWithin_ms: number | null;
};

const attempt_ms = 25_000;

const defaults: SpecSettings = {
  people: {
    ana: ["reviewer"],
    ben: ["reviewer"],
    dora: ["reviewer"],
    rita: ["requester"],
    remy: ["requester", "reviewer"],
    sam: ["supervisor"],
    ada: ["auditor"],
    root: ["admin"],
  },
  disabled: ["dora"],
  policy: defaultPolicy,
  history: { earlierOrders: 3, asOf: 100 },
  calendar: alwaysOpen,
  attemptNow_ms: null,
  stopped: nothingStopped,
  keyRetention_ms: 24 * 3_600_000,
  answersWithin_ms: null,
};

export type Step = {
  by: string;
  command: OrderCommand["type"];
  more: { [member: string]: unknown };
  /** How long after the step before. */
  after_ms: number;
};

/** `by` is a person of the settings or a part of the system: timer, dispatcher, import, carrier, operator. */
export function ask(
  by: string,
  command: OrderCommand["type"],
  more: { [member: string]: unknown } = {},
  after_ms = 0,
): Step {
  return { by, command, more, after_ms };
}

/** An order that waits for a person unless `more` says otherwise: GBP 1,500.00 of a known customer, asked for by rita. */
export function received(more: Partial<CommandOf<"order.receive">> = {}, by = "rita"): Step {
  return ask(by, "order.receive", {
    workflow: "order-fulfilment@1",
    source: "spec",
    businessKey: "A-1",
    requestedBy: "rita",
    total: { amount: 150_000, currency: "GBP" },
    customer: { reference: "17850" },
    ...more,
  });
}

const parts = new Set(["timer", "dispatcher", "import", "carrier", "connection", "operator"]);

type Personal = { [member: string]: unknown };

export class Spec {
  private constructor(
    readonly definition: WorkflowDefinition,
    readonly settings: SpecSettings,
    readonly state: OrderState | null,
    readonly now: string,
    readonly log: readonly RecordedEvent[],
    private readonly personal: Personal,
  ) {}

  static of(definition: WorkflowDefinition, settings: Partial<SpecSettings> = {}): Spec {
    return new Spec(definition, { ...defaults, ...settings }, null, specStart, [], {});
  }

  /** The same order under other settings from here on. */
  with(settings: Partial<SpecSettings>): Spec {
    const { definition, state, now, log, personal } = this;
    return new Spec(definition, { ...this.settings, ...settings }, state, now, log, personal);
  }

  given(...steps: readonly Step[]): Spec {
    return steps.reduce<Spec>((spec, step) => spec.when(step).accepted(), this);
  }

  /** Facts that no command of this build would give: for what only another definition or another version writes. */
  givenEvents(...drafts: readonly EventDraft[]): Spec {
    return this.#record("ana", drafts, this.now);
  }

  /** A state put together by hand: for those this build's events do not lead to. */
  givenState(change: (state: OrderState) => OrderState): Spec {
    const { definition, settings, now, log, personal } = this;
    return new Spec(definition, settings, change(this.order), now, log, personal);
  }

  when(step: Step): Outcome {
    const now = new Date(Date.parse(this.now) + step.after_ms).toISOString();
    const command = this.#command(step);
    const decided = decideOrder(this.definition, this.state, this.#facts(step.by, command, now), command);
    return isRejection(decided)
      ? new Outcome(step, this, this, decided)
      : new Outcome(step, this, this.#record(step.by, decided, now), null);
  }

  get order(): OrderState {
    if (!this.state) throw new Error("The order of this specification has not been received.");
    return this.state;
  }

  get task(): TaskState {
    const [task] = Object.values(this.order.tasks);
    if (!task) throw new Error(`The order is ${this.order.status} and has no open task.`);
    return task;
  }

  /** The newest effect, or the newest of that name. */
  effect(name?: string): EffectState {
    const found = Object.values(this.order.effects).findLast(({ effect }) => !name || effect === name);
    if (!found) throw new Error(`The order has no effect ${name ?? ""}.`);
    return found;
  }

  get types(): EventType[] {
    return this.log.map(({ type }) => type);
  }

  #command({ command: type, more }: Step): OrderCommand {
    if (type === "order.receive") return { type, ...more } as OrderCommand;
    const known: { [member: string]: unknown } = { type, order: specOrder };
    if (type.startsWith("task.") || type.startsWith("timer.")) {
      const task = Object.values(this.state?.tasks ?? {})[0] ?? { step: "manual.review", visit: 1 };
      known.step = task.step;
      known.visit = task.visit;
    }
    if (type === "task.decide") {
      known.evidence = this.state ? evidenceOf(this.state, String(more.step ?? known.step)) : "";
      known.undo_ms = 0;
    }
    if (type === "timer.breach") known.rung = 1;
    if (type.startsWith("effect.") && !more.key) {
      const effect = this.effect();
      known.key = effect.key;
      if (type === "effect.expire" || type === "effect.settle") known.attempt = effect.attempts;
      if (["effect.attempt", "effect.probed", "effect.overdue"].includes(type)) known.since = effect.dueSince;
    }
    return { ...known, ...more } as OrderCommand;
  }

  #facts(by: string, command: OrderCommand, now: string): Facts {
    const {
      people,
      disabled,
      policy,
      history,
      calendar,
      attemptNow_ms,
      stopped,
      keyRetention_ms,
      doubt,
      answersWithin_ms,
    } = this.settings;
    const grantsOf = (person: string) =>
      (people[person] ?? []).map((role, n) => ({ role, grantedBy: `person/${person}@${n + 1}` }));
    const principal: Principal = parts.has(by)
      ? { kind: "system", part: by as never }
      : { kind: "person", person: by, grants: grantsOf(by), disabled: disabled.includes(by) };
    const reference = "customer" in command ? command.customer?.reference : undefined;
    return {
      workspace: "spec",
      stream: `order/${specOrder}`,
      now,
      principal,
      person: (id) => (people[id] ? { disabled: disabled.includes(id), grants: grantsOf(id) } : null),
      anotherAdmin: () => true,
      policy: { parameters: policy, reference: "policy/order-fulfilment@1" },
      calendar: () => ({ calendar, reference: "calendar/always@1" }),
      customerIndex: reference === undefined ? undefined : `index of ${reference}`,
      customer: history,
      personal: () =>
        (this.state
          ? this.personal
          : "customer" in command
            ? { customer: command.customer }
            : {}) as ReturnType<Facts["personal"]>,
      stopped,
      attemptNow: () => {
        const lease_ms = command.type === "effect.attempt" ? (attemptNow_ms ?? attempt_ms) : attemptNow_ms;
        return lease_ms === null ? null : { lease_ms };
      },
      doubt: () => doubt ?? { kind: "honoursKey", keyRetention_ms },
      answersWithin_ms: () => answersWithin_ms,
    };
  }

  #record(by: string, drafts: readonly EventDraft[], now: string): Spec {
    let { state, personal } = this;
    const log = [...this.log];
    for (const draft of drafts) {
      const version = log.length + 1;
      const event = {
        type: draft.type,
        data: draft.data,
        stream: `order/${specOrder}`,
        version,
        leaf: version.toString(16).padStart(64, "0"),
        occurredAt: now,
        recordedAt: now,
        actor: { type: parts.has(by) ? "system" : "person", id: by },
      } as RecordedEvent;
      if (draft.type === "orderReceived" || draft.type === "orderAmended") personal = draft.personal ?? {};
      state = evolve(state, event);
      log.push(event);
    }
    return new Spec(this.definition, this.settings, state, now, log, personal);
  }
}

/** What came of one command. */
export class Outcome {
  constructor(
    readonly step: Step,
    readonly before: Spec,
    readonly after: Spec,
    readonly rejection: Rejection | null,
  ) {}

  get events(): readonly RecordedEvent[] {
    return this.after.log.slice(this.before.log.length);
  }

  /** The specification goes on from here. Throws when it was refused. */
  accepted(): Spec {
    if (this.rejection)
      throw new Error(
        `${this.step.by} asks for ${this.step.command} and is refused (${this.rejection.code}): ${this.rejection.message}`,
      );
    return this.after;
  }

  gives(...types: readonly EventType[]): Spec {
    const spec = this.accepted();
    const given = this.events.map(({ type }) => type);
    if (given.join() !== types.join())
      throw new Error(
        `${this.step.by} asks for ${this.step.command}\nexpected ${types.join(", ")}\nbut got  ${given.join(", ")}`,
      );
    return spec;
  }

  /** Every member named must be the rejection's. */
  refusedWith(expected: Partial<Rejection>): Spec {
    const asked = `${this.step.by} asks for ${this.step.command}`;
    if (!this.rejection)
      throw new Error(
        `${asked}: expected a refusal, but got ${this.events.map(({ type }) => type).join(", ")}`,
      );
    for (const [member, value] of Object.entries(expected)) {
      const given = this.rejection[member as keyof Rejection];
      if (JSON.stringify(given) !== JSON.stringify(value))
        throw new Error(
          `${asked}: expected ${member} ${JSON.stringify(value)}, but got ${JSON.stringify(this.rejection)}`,
        );
    }
    return this.before;
  }
}

export function spec(definition: WorkflowDefinition, settings?: Partial<SpecSettings>): Spec {
  return Spec.of(definition, settings);
}
