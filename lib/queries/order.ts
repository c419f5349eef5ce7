import type { AuthorizedActor } from "#lib/domain/authority";
import { demandActor } from "#lib/domain/authority";
import { waitingForChanges } from "#lib/domain/decide-order";
import type { OrderState } from "#lib/domain/order";
import { type RuleResult, ruleSentence } from "#lib/domain/policy";
import type { WorkflowDefinition } from "#lib/domain/workflow";
import { foldOrder } from "./order-fold";
import { type OrderTask, tasksOf } from "./order-tasks";
import { type GivenVerdicts, type PathStep, pathOf } from "./path";
import { namesOf } from "./people-names";
import { mayRead } from "./permission";
import { keysOf, noteOf, type Personal, personalOf, subjectsOf, textOf } from "./personal";
import { type Outside, refusalOf, unknownOutside } from "./possible";
import { followsByItself, sentenceOf } from "./sentences";
import { type OrderStanding, standingOfState } from "./standing";
import { readStream, type Store, type StoredEvent } from "./store";
import { type Unsettled, unsettledOf } from "./unsettled";
import { actorWords, definitionOf, inWords } from "./words";

/** One event of the order's history, ready to be shown: `detail` is its data as JSON, envelopes closed. */
export type HistoryLine = {
  id: string;
  version: number;
  at: string;
  actor: { name: string; kind: "person" | "machine" | "outside" };
  sentence: string;
  technical: boolean;
  note?: string;
  detail: string;
  leaf: string;
};

/** Everything one order's page shows to this actor, and what this actor could do with it now. */
export type OrderView = {
  id: string;
  version: number;
  businessKey: string;
  source: string;
  workflow: string;
  standing: OrderStanding;
  past: boolean;
  requestedBy: string;
  receivedAt: string;
  occurredAt: string;
  content: OrderState["content"];
  /** Customer, lines and note in plain; "erased" when the key is gone, null when the order names nothing personal. */
  personal: Personal | "erased" | null;
  policy: { reference: string; results: (RuleResult & { sentence: string })[] } | null;
  path: PathStep[];
  tasks: OrderTask[];
  needsAttention: string | null;
  /** What stands still outside or is waited for there, and what this actor may do about it. */
  unsettled: Unsettled;
  mayCancel: boolean;
  /** Set when this actor is asked to change the order: the task, and what the reviewer wrote. */
  changesAsked: { step: string; visit: number; asked: string | undefined } | null;
  history: HistoryLine[];
  /** Why the history could not be folded to its end; what is shown is then as of the event before. */
  unreadable: string | null;
};

/**
 * The order as its events leave it; null when there is none, or none this actor may see: who may not read every order
 * sees the own ones, and learns of no other that it exists. `now` decides what is possible at this moment, and what may be
 * done about effects depends on their `outside`.
 */
export async function orderView(
  actor: AuthorizedActor,
  store: Store,
  id: string,
  now: string,
  outside: Outside = unknownOutside,
): Promise<OrderView | null> {
  demandActor(actor, store.keys.workspace);
  const events = await readStream(store, `order/${id}`);
  const { state, unreadable } = foldOrder(events);
  if (!state || !maySee(actor, state)) return null;

  const [held, names] = await Promise.all([
    keysOf(store, subjectsOf(events)),
    namesOf(store, peopleIn(state, events)),
  ]);
  const definition = definitionOf(state.workflow);
  const given = givenVerdicts(events);
  const newest = events.findLast(({ body }) => body.type === "orderReceived" || body.type === "orderAmended");
  const suspended = waitingForChanges(state);
  const may = (command: Parameters<typeof refusalOf>[4]) =>
    definition !== undefined && refusalOf(definition, state, actor, now, command) === null;
  return {
    id,
    version: state.version,
    businessKey: state.businessKey,
    source: state.source,
    workflow: `${state.workflow.name}@${state.workflow.version}`,
    standing: unreadable ? "needsAttention" : standingOfState(state),
    past: state.past,
    requestedBy: names.person(state.requestedBy),
    receivedAt: state.receivedAt,
    occurredAt: state.occurredAt,
    content: state.content,
    personal: newest ? personalOf(newest.body, held) : null,
    policy: state.policy && {
      reference: state.policy.reference,
      results: state.policy.results.map((result) => ({ ...result, sentence: ruleSentence(result) })),
    },
    path: definition ? pathOf(definition, state, given, names) : [],
    tasks: definition ? await tasksOf(store, definition, state, actor, now, names) : [],
    needsAttention: state.needsAttention && inWords(state.needsAttention),
    unsettled: await unsettledOf(store, { definition, state, events, held, names }, actor, now, outside),
    mayCancel: may({ type: "order.cancel", order: id, reason: "to see whether it may" }),
    changesAsked:
      suspended && state.requestedBy === actor.person
        ? { step: suspended.step, visit: suspended.visit, asked: lastSendBack(definition, events, held) }
        : null,
    history: events.map((stored) => historyLine(stored, events, held, names.person)),
    unreadable,
  };
}

function maySee(actor: AuthorizedActor, state: OrderState): boolean {
  if (mayRead(actor, "orders")) return true;
  return mayRead(actor, "ownOrders") && actor.person !== undefined && actor.person === state.requestedBy;
}

function peopleIn(state: OrderState, events: readonly StoredEvent[]): string[] {
  const people = new Set([state.requestedBy]);
  for (const { body } of events) {
    if (body.actor.type === "person") people.add(body.actor.id);
    if (body.actor.onBehalfOf) people.add(body.actor.onBehalfOf);
    for (const member of ["takenFrom", "to"])
      if (typeof body.data[member] === "string") people.add(body.data[member]);
  }
  return [...people];
}

function givenVerdicts(events: readonly StoredEvent[]): GivenVerdicts {
  const given = new Map<string, { verdict: string; by: string }>();
  for (const { event } of events) {
    if (event?.type === "decisionMade")
      given.set(event.data.step, {
        verdict: event.data.verdict,
        by: event.actor.onBehalfOf ?? event.actor.id,
      });
    if (event?.type === "decisionWithdrawn") given.delete(event.data.step);
  }
  return given;
}

type Held = Parameters<typeof personalOf>[1];

function lastSendBack(
  definition: WorkflowDefinition | undefined,
  events: readonly StoredEvent[],
  held: Held,
): string | undefined {
  const sent = events.findLast(({ event }) => {
    if (event?.type !== "decisionMade") return false;
    const step = definition?.steps[event.data.step];
    const outcome = step?.kind === "task" ? step.outcomes[event.data.verdict] : undefined;
    return outcome !== undefined && "sendBack" in outcome;
  });
  return sent && textOf(personalOf(sent.body, held), "note");
}

function historyLine(
  { body, event, leaf }: StoredEvent,
  events: readonly StoredEvent[],
  held: Held,
  person: (id: string) => string,
): HistoryLine {
  const effect = (key: string) => {
    const intended = events.find(
      ({ event: other }) => other?.type === "effectIntended" && other.data.key === key,
    )?.event;
    return intended?.type === "effectIntended" ? intended.data.effect : undefined;
  };
  const said = event
    ? sentenceOf(event, { person, effect })
    : { sentence: `${body.type} happened, which this version of Holdpoint cannot read.`, technical: false };
  const actor = actorWords(body.actor, person);
  return {
    id: `${body.stream}@${body.version}`,
    version: body.version,
    at: body.recordedAt,
    actor: event && followsByItself(event) ? { ...actor, kind: "machine" } : actor,
    ...said,
    note: body.type === "orderReceived" || body.type === "orderAmended" ? undefined : noteOf(body, held),
    detail: JSON.stringify(body.data, null, 2),
    leaf,
  };
}
