import type { CommandOf, OrderCommand } from "./commands";
import { decideEffect } from "./decide-effect";
import { decideTask } from "./decide-task";
import type { EventDraft, OrderContent } from "./events";
import { type Facts, grantOf } from "./facts";
import { type EffectState, excludedOf, isOver, type OrderState, type TaskState } from "./order";
import { Progress, place } from "./progress";
import { isRejection, type Rejection, refuse, reject } from "./rejection";
import { resumeClock } from "./sla";
import type { WorkflowDefinition } from "./workflow";

/**
 * What may happen to an order, in the words of the policy a supervisor would state: who asks, whether that person may,
 * whether the order is in a state for it, and what then follows. Pure: time, people, policy and history come as facts.
 */
export type Decided = EventDraft[] | Rejection;

export function decideOrder(
  definition: WorkflowDefinition,
  state: OrderState | null,
  facts: Facts,
  command: OrderCommand,
): Decided {
  if (command.type === "order.receive") return receive(definition, state, facts, command);
  if (state === null) return reject("notFound", "There is no such order.", { field: "order" });
  switch (command.type) {
    case "order.amend":
      return amend(definition, state, facts, command);
    case "order.cancel":
      return cancel(definition, state, facts);
    case "order.comment":
    case "order.attach":
      return addTo(definition, state, facts, command);
    case "order.clearAttention":
      return clearAttention(definition, state, facts, command);
    case "signal.receive":
      return receiveSignal(definition, state, facts, command);
    case "task.claim":
    case "task.takeOver":
    case "task.start":
    case "task.stop":
    case "task.release":
    case "task.suspend":
    case "task.resume":
    case "task.delegate":
    case "task.forward":
    case "task.fail":
    case "task.skip":
    case "task.decide":
    case "task.withdraw":
    case "timer.settle":
    case "timer.breach":
    case "timer.lapse":
      return decideTask(definition, state, facts, command);
    case "effect.retry":
    case "effect.settle":
    case "effect.attempt":
    case "effect.expire":
    case "effect.overdue":
    case "effect.probed":
    case "effect.answer":
      return decideEffect(definition, state, facts, command);
  }
}

/** When it is worth asking again while intake is stopped: a person opens it, and may take his time. */
const intakeAgain_s = 60;

function receive(
  definition: WorkflowDefinition,
  state: OrderState | null,
  facts: Facts,
  command: CommandOf<"order.receive">,
): Decided {
  if (facts.principal.kind === "person") {
    const grant = grantOf(facts, ["requester", "supervisor"], "hand in an order");
    if (isRejection(grant)) return grant;
  } else if (facts.principal.part !== "import")
    return refuse("role", "This part of the system hands in no orders.");

  const requester = facts.person(command.requestedBy);
  if (!requester) return reject("invalid", "There is no such person.", { field: "requestedBy" });
  if (requester.disabled)
    return reject("invalid", "This person's account is disabled.", { field: "requestedBy" });
  if (state) {
    const differs = differences(state, facts, command);
    return differs.length === 0
      ? reject("alreadyReceived", "This order was received before.", { order: state.id })
      : reject(
          "contentDiffers",
          `This order was received before with another ${differs.join(" and another ")}.`,
          {
            differs,
            order: state.id,
          },
        );
  }

  if (facts.stopped.intake && !command.past)
    return reject("unavailable", "Intake is stopped, so no order is taken in. Try again later.", {
      retryAfter_s: intakeAgain_s,
    });

  const stream = facts.stream;
  const progress = new Progress(definition, null, facts, stream);
  const first = progress.visitsOf(definition.start);
  progress.record(
    "orderReceived",
    {
      workflow: { name: definition.name, version: definition.version, hash: definition.hash },
      source: command.source,
      businessKey: command.businessKey,
      requestedBy: command.requestedBy,
      ...contentOf(command, facts),
      past: command.past ? true : undefined,
      next: first,
    },
    personalOf(command),
  );
  progress.enter(first);
  return progress.events;
}

function amend(
  definition: WorkflowDefinition,
  state: OrderState,
  facts: Facts,
  command: CommandOf<"order.amend">,
): Decided {
  const { principal } = facts;
  if (principal.kind !== "person" || principal.person !== state.requestedBy)
    return refuse("own request", "Only who asked for an order may change it.", "the person who asked for it");
  const grant = grantOf(facts, ["requester", "supervisor"], "change an order");
  if (isRejection(grant)) return grant;
  const suspended = waitingForChanges(state);
  if (!suspended)
    return reject("wrongState", "Nobody has asked for changes to this order, so it stays as it is.", {
      order: state.id,
    });
  const step = definition.steps[suspended.step];
  if (step?.kind !== "task") throw new Error(`${suspended.step} is not a task`);
  const outcome = Object.values(step.outcomes).find((given) => "sendBack" in given);
  if (!outcome || !("sendBack" in outcome)) throw new Error(`${suspended.step} sends nothing back`);

  const changed = differences(state, facts, command);
  if (changed.length === 0)
    return reject("invalid", "Nothing in it is different from before.", { field: "order" });
  const progress = new Progress(definition, state, facts, facts.stream);
  const again = progress.visitsOf(outcome.sendBack.recheck);
  progress.record(
    "orderAmended",
    { ...contentOf(command, facts), changed, next: again },
    personalOf(command),
  );
  // A person decides because a person asked: even an order that would now pass goes back to the reviewer.
  for (const visit of again) progress.checkPolicy(visit, true);
  const { calendar } = facts.calendar(suspended.clock.calendar);
  progress.record("taskResumed", {
    ...place(suspended),
    excluded: excludedOf(progress.state),
    clock: resumeClock(suspended.clock, calendar, facts.now, {
      remainingAtLeast_minutes: step.sla.afterChanges_minutes,
    }),
    afterChanges: true,
  });
  return progress.events;
}

function cancel(definition: WorkflowDefinition, state: OrderState, facts: Facts): Decided {
  const { principal } = facts;
  if (principal.kind !== "person") return refuse("role", "A machine may not cancel an order.");
  const over = isOver(state) || state.status === "cancelling";
  // An order that was sent back is not decided: who asked for it may change it or give it up.
  const decided =
    over ||
    Object.values(state.effects).length > 0 ||
    Object.values(state.tasks).some(({ status }) => status === "COMPLETED");
  const supervisor = grantOf(
    facts,
    ["supervisor"],
    decided ? "cancel an order that was decided" : "cancel an order",
  );
  const requester = principal.person === state.requestedBy && !principal.disabled;
  const mine = requester && !decided;
  if (isRejection(supervisor) && !mine && !(requester && over))
    return decided ? supervisor : { ...supervisor, whoCan: "the person who asked for it, or a supervisor" };
  if (over) return reject("tooLate", `The order is ${state.status} already.`, { order: state.id });

  const progress = new Progress(definition, state, facts, facts.stream);
  const undo = Object.values(state.effects).filter(
    (effect) => effect.status === "CONFIRMED" && compensationOf(definition, effect.step),
  );
  progress.record("orderCancelled", {
    by: mine ? "requester" : "supervisor",
    next: undo.map(place),
    awaits: Object.values(state.effects)
      .filter(({ status, step }) => status === "PENDING" && compensationOf(definition, step))
      .map(({ key }) => key),
  });
  for (const effect of undo) {
    const compensation = compensationOf(definition, effect.step);
    if (compensation) progress.intend(effect, compensation, effect.key);
  }
  // What is in doubt and asked about by nobody keeps the order from its end until a person settles it.
  const stuck = Object.values(state.effects).find(
    ({ status, dueAt }) => status === "IN_DOUBT" && dueAt === null,
  );
  if (stuck)
    progress.record("orderNeedsAttention", {
      why: `${stuck.effect} is in doubt: whether it happened, and has to be undone, is not known.`,
    });
  return progress.events;
}

/** Whoever works on an order or asked for it may say something about it, and leave papers with it, also when it is over. */
function addTo(
  definition: WorkflowDefinition,
  state: OrderState,
  facts: Facts,
  command: CommandOf<"order.comment" | "order.attach">,
): Decided {
  const { principal } = facts;
  const own = principal.kind === "person" && principal.person === state.requestedBy && !principal.disabled;
  const grant = own ? null : grantOf(facts, ["reviewer", "supervisor"], "add something to this order");
  if (grant !== null && isRejection(grant)) return grant;
  const progress = new Progress(definition, state, facts, facts.stream);
  if (command.type === "order.comment") progress.record("commentAdded", {}, { note: command.text });
  else {
    const { hash, size_bytes, mediaType, name } = command;
    progress.record("attachmentAdded", { hash, size_bytes, mediaType }, { name });
  }
  return progress.events;
}

/** A person has looked into it, and nothing that keeps the order waiting is left. */
function clearAttention(
  definition: WorkflowDefinition,
  state: OrderState,
  facts: Facts,
  { reason }: CommandOf<"order.clearAttention">,
): Decided {
  const grant = grantOf(facts, ["supervisor", "admin"], "say that an order needs no attention any more");
  if (isRejection(grant)) return grant;
  if (state.needsAttention === null)
    return reject("wrongState", "Nobody's attention is asked for.", { order: state.id });
  const open = leftToPeople(state);
  if (open)
    return reject("wrongState", `First settle ${open.effect} or try it again: it is ${open.status}.`, {
      order: state.id,
    });
  const progress = new Progress(definition, state, facts, facts.stream);
  progress.record("attentionCleared", {}, { reason });
  return progress.events;
}

function receiveSignal(
  definition: WorkflowDefinition,
  state: OrderState,
  facts: Facts,
  command: CommandOf<"signal.receive">,
): Decided {
  if (facts.principal.kind === "person") {
    const grant = grantOf(facts, ["supervisor"], "report a signal");
    if (isRejection(grant)) return grant;
  }
  const progress = new Progress(definition, state, facts, facts.stream);
  progress.record("signalReceived", { signal: command.signal, content: command.content });
  const waiting = state.visits.find(({ step }) => {
    const reached = definition.steps[step];
    return reached?.kind === "wait" && reached.signal === command.signal;
  });
  const oldest = progress.state.signals.find(({ signal }) => signal === command.signal);
  if (waiting && oldest) progress.takeSignal(waiting, oldest);
  return progress.events;
}

/** An effect nobody but a person gets any further: as long as there is one, somebody's attention is asked for. */
export function leftToPeople(state: OrderState): EffectState | undefined {
  if (isOver(state)) return undefined;
  const wanted = ({ compensates }: EffectState) => state.status === "open" || compensates !== null;
  return Object.values(state.effects).find(
    (effect) =>
      effect.dueAt === null &&
      (effect.status === "IN_DOUBT" || (effect.status === "FAILED" && wanted(effect))),
  );
}

export function compensationOf(definition: WorkflowDefinition, step: string): string | undefined {
  const reached = definition.steps[step];
  return reached?.kind === "effect" ? reached.compensatedBy : undefined;
}

export function waitingForChanges(state: OrderState): TaskState | undefined {
  return Object.values(state.tasks).find(({ suspended }) => suspended?.for === "changes");
}

type Content = Pick<
  CommandOf<"order.receive">,
  "total" | "customer" | "country" | "orderedOn" | "lines" | "note"
>;

function contentOf(command: Content, facts: Facts): OrderContent {
  return {
    total: command.total,
    customerIndex: facts.customerIndex,
    country: command.country,
    orderedOn: command.orderedOn,
  };
}

function personalOf({ customer, lines, note }: Content): EventDraft["personal"] {
  return customer || lines || note ? { customer, lines, note } : undefined;
}

/** The fields in which a command says something else than the order, for a person to read. */
export function differences(
  state: OrderState,
  facts: Facts,
  command: Content & { requestedBy?: string },
): string[] {
  const same = (a: unknown, b: unknown) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
  const { content } = state;
  const personal = facts.personal();
  const differs: string[] = [];
  if (!same(command.total, content.total)) differs.push("total");
  if (command.country !== content.country) differs.push("country");
  if (command.orderedOn !== content.orderedOn) differs.push("orderedOn");
  if (command.requestedBy !== undefined && command.requestedBy !== state.requestedBy)
    differs.push("requestedBy");
  for (const field of ["customer", "lines", "note"] as const)
    if (!same(command[field], personal[field])) differs.push(field);
  return differs;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, held]) => held !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([member, held]) => [member, sorted(held)]),
  );
}
