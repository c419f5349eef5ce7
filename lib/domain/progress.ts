import { effectKey } from "#lib/log/effect-key";
import { effectContent } from "./effect-input";
import type { EventDraft, EventType, NextVisit, RecordedEvent, Visit } from "./events";
import type { Facts } from "./facts";
import { evolve, excludedOf, type OrderState } from "./order";
import { checkPolicy } from "./policy";
import { startClock } from "./sla";
import { type Route, routes, type WorkflowDefinition } from "./workflow";

/**
 * One decision's events so far and the state they lead to, so that what follows in the same append is decided on it:
 * receiving an order, checking policy and opening its review is one burst.
 */
export class Progress {
  readonly events: EventDraft[] = [];
  #state: OrderState | null;
  /** How many of the events `#state` has: it is brought up to date when somebody asks. */
  #folded = 0;

  constructor(
    readonly definition: WorkflowDefinition,
    state: OrderState | null,
    readonly facts: Facts,
    readonly stream: string,
  ) {
    this.#state = state;
  }

  get state(): OrderState {
    const state = this.#latest();
    if (!state) throw new Error(`${this.stream} has not been received`);
    return state;
  }

  record<T extends EventType>(
    type: T,
    data: Extract<EventDraft, { type: T }>["data"],
    personal?: EventDraft["personal"],
  ): void {
    this.events.push({ type, data, personal } as EventDraft);
  }

  #latest(): OrderState | null {
    const { principal, now } = this.facts;
    for (; this.#folded < this.events.length; this.#folded++) {
      const { type, data } = this.events[this.#folded]!;
      this.#state = evolve(this.#state, {
        type,
        data,
        stream: this.stream,
        version: (this.#state?.version ?? 0) + 1,
        // Leaf and envelope are made when the event is sealed; nothing decided in the same burst reads them.
        leaf: "",
        occurredAt: now,
        recordedAt: now,
        actor:
          principal.kind === "system"
            ? { type: "system", id: principal.part }
            : { type: "person", id: principal.person },
      } as RecordedEvent);
    }
    return this.#state;
  }

  /** The visits a route opens, numbered from what the order has seen. */
  visitsOf(route: Route): NextVisit[] {
    return routes(route).map((step) => {
      const visit = (this.#latest()?.visitCounts[step] ?? 0) + 1;
      const reached = this.definition.steps[step];
      return reached?.kind === "end" ? { step, visit, ends: reached.outcome } : { step, visit };
    });
  }

  /** Goes on with visits just opened, as far as machines alone can. */
  enter(visits: readonly NextVisit[]): void {
    for (const visit of visits) if (!visit.ends) this.#enterOne(visit);
  }

  #enterOne(visit: Visit): void {
    const step = this.definition.steps[visit.step];
    if (!step) throw new Error(`${this.definition.name} has no step ${visit.step}`);
    switch (step.kind) {
      case "decision":
        this.enter(this.checkPolicy(visit));
        return;
      case "task": {
        const { calendar, reference } = this.facts.calendar(step.sla.calendar);
        this.record("taskOpened", {
          ...place(visit),
          owners: [...step.owners],
          excluded: excludedOf(this.state),
          clock: startClock(calendar, {
            goal_minutes: step.sla.goal_minutes,
            at: this.facts.now,
            pinned: reference,
          }),
        });
        return;
      }
      case "effect": {
        const done = Object.values(this.state.effects).some(
          ({ step: of, status, compensates }) =>
            of === visit.step && status === "CONFIRMED" && compensates === null,
        );
        if (done && !step.repeatable)
          this.record("orderNeedsAttention", {
            why: `${step.effect} was done before, and the workflow does not allow it twice.`,
          });
        else this.intend(visit, step.effect);
        return;
      }
      case "wait": {
        const early = this.state.signals.find(({ signal }) => signal === step.signal);
        if (early) this.takeSignal(visit, early);
        return;
      }
      case "end":
        return;
    }
  }

  /** Evaluates a decision step's rules and records each with its evidence; `resuming` keeps the route from opening. */
  checkPolicy(visit: Visit, resuming = false): NextVisit[] {
    const step = this.definition.steps[visit.step];
    if (step?.kind !== "decision") throw new Error(`${visit.step} is not a decision`);
    const { content, past } = this.state;
    const results = checkPolicy(step.rules, {
      total: content.total,
      country: content.country,
      customerKnown: content.customerIndex !== undefined,
      customer: this.facts.customer,
      parameters: this.facts.policy.parameters,
    });
    const outcome = results.some(({ result }) => result === "review") ? "review" : "pass";
    const next: NextVisit[] = past
      ? [{ step: "past", visit: 1, ends: "recorded" }]
      : resuming
        ? []
        : this.visitsOf(step[outcome]);
    this.record("policyChecked", {
      ...place(visit),
      policy: this.facts.policy.reference,
      outcome,
      results,
      next,
    });
    return next;
  }

  /** `again` names the issue before, which failed for certain, under whose key it must not be done again. */
  intend(
    visit: Visit,
    effect: string,
    compensates?: string,
    again?: { reissues: string; issue: number },
  ): void {
    const { workspace, now, personal } = this.facts;
    const issue = again?.issue ?? 1;
    const identity = { workspace, order: this.state.id, ...place(visit), effect, item: "", issue };
    const step = this.definition.steps[visit.step];
    if (step?.kind !== "effect") throw new Error(`${visit.step} is not an effect`);
    const key = effectKey(identity);
    const call = compensates === undefined ? step.call : step.compensationCall;
    const content = effectContent(effect, this.state, personal, { key, call, compensates });
    const lease = this.facts.attemptNow(effect);
    this.record(
      "effectIntended",
      {
        ...place(visit),
        effect,
        key,
        issue,
        item: "",
        input: content.input,
        compensates,
        attempt: lease ? { number: 1, fence: 1, leaseUntil: later(now, lease.lease_ms) } : undefined,
        reissues: again?.reissues,
      },
      content.personal,
    );
  }

  takeSignal(visit: Visit, { signal, version }: { signal: string; version: number }): void {
    const step = this.definition.steps[visit.step];
    if (step?.kind !== "wait") throw new Error(`${visit.step} is not a wait`);
    const next = this.visitsOf(step.to);
    this.record("signalTaken", { ...place(visit), signal, version, next });
    this.enter(next);
  }
}

export function place({ step, visit }: Visit): Visit {
  return { step, visit };
}

export function later(instant: string, by_ms: number): string {
  return new Date(Date.parse(instant) + by_ms).toISOString();
}
