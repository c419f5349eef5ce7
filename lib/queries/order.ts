import type { AuthorizedActor } from "#lib/domain/authority";
import { demandActor } from "#lib/domain/authority";
import { waitingForChanges } from "#lib/domain/decide-order";
import { isOver, type OrderState } from "#lib/domain/order";
import { type RuleResult, ruleSentence } from "#lib/domain/policy";
import {
  type HistoryLine,
  type HistoryPart,
  historyLine,
  pageOfHistory,
  peopleOf,
  peopleWaitedFor,
} from "./order-history";
import {
  type ActorKind,
  maySee,
  type OrderReading,
  readOrder,
  readVersions,
  versionsAbout,
} from "./order-reading";
import { type OrderTask, tasksOf } from "./order-tasks";
import { type PathStep, pathOf, type TakenEdge, waysOf } from "./path";
import { namesOf } from "./people-names";
import { keysOf, type Personal, personalOf, subjectsOf, textOf } from "./personal";
import { type Outside, refusalOf, unknownOutside } from "./possible";
import { type OrderStanding, standingOfState } from "./standing";
import type { Store, StoredEvent } from "./store";
import { type Unsettled, unsettledOf } from "./unsettled";
import { allWaits, isForPeople, waitsOf } from "./waits";
import { definitionOf, inWords } from "./words";

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
  /** The ways between the steps, and which of them the order went. */
  ways: TakenEdge[];
  tasks: OrderTask[];
  needsAttention: string | null;
  /** What stands still outside or is waited for there, and what this actor may do about it. */
  unsettled: Unsettled;
  mayCancel: boolean;
  /** Whether this actor may comment on it and leave files with it. */
  mayAdd: boolean;
  /** Set when this actor is asked to change the order: the task, and what the reviewer wrote. */
  changesAsked: { step: string; visit: number; asked: string | undefined } | null;
  /** The part of its history that was asked for, oldest first, and which part of how many events that is. */
  history: HistoryLine[];
  historyPart: HistoryPart;
  /** Since when nothing has happened to an order that is not over, and what it waits for. */
  quiet: { since: string; waits: string; people: boolean } | null;
  /** Why the history could not be folded to its end; what is shown is then as of the event before. */
  unreadable: string | null;
};

/** Which part of the history is asked for: the newest page of everything unless said. */
export type HistoryAsked = { upTo?: number; by?: ActorKind };

/**
 * The order as its events leave it; null when there is none, or none this actor may see: who may not read every order
 * sees the own ones, and learns of no other that it exists. `now` decides what is possible at this moment, and what may be
 * done about effects depends on their `outside`. Of a long history the page that ends with the version `upTo` is shown, the
 * newest unless said, and of it only what one kind of actor did, if that is asked for.
 */
export async function orderView(
  actor: AuthorizedActor,
  store: Store,
  id: string,
  now: string,
  outside: Outside = unknownOutside,
  asked: HistoryAsked = {},
): Promise<OrderView | null> {
  demandActor(actor, store.keys.workspace);
  const reading = await readOrder(store, id);
  if (!reading || !maySee(actor, reading.state)) return null;
  const { state, unreadable } = reading;

  const { versions, part } = pageOfHistory(reading, asked);
  const events = await readVersions(store, id, [...shownBeside(reading), ...versions]);
  const shown = new Set(versions);
  const [held, names] = await Promise.all([
    keysOf(store, subjectsOf(events)),
    namesOf(store, peopleIn(reading, events)),
  ]);
  const definition = definitionOf(state.workflow);
  const at = (version: number | null) => events.find(({ body }) => body.version === version);
  const newest = at(reading.content);
  const sentBack = at(reading.sentBack);
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
    path: definition ? pathOf(definition, state, reading.given, names) : [],
    ways: definition ? waysOf(definition, reading.ways) : [],
    tasks: definition ? await tasksOf(store, definition, state, actor, now, names) : [],
    needsAttention: state.needsAttention && inWords(state.needsAttention),
    unsettled: await unsettledOf(store, { definition, reading, events, held, names }, actor, now, outside),
    mayAdd: may({ type: "order.comment", order: id, text: "to see whether it may" }),
    mayCancel: may({ type: "order.cancel", order: id, reason: "to see whether it may" }),
    changesAsked:
      suspended && state.requestedBy === actor.person
        ? {
            step: suspended.step,
            visit: suspended.visit,
            asked: sentBack && textOf(personalOf(sentBack.body, held), "note"),
          }
        : null,
    history: events
      .filter(({ body: { version } }) => shown.has(version))
      .map((stored) => historyLine(stored, reading, held, names.person)),
    historyPart: part,
    quiet: isOver(state)
      ? null
      : {
          since: reading.recordedAt,
          waits: allWaits(waitsOf(state), names.person),
          people: waitsOf(state).some(isForPeople),
        },
    unreadable,
  };
}

/** The events that are shown wherever in the history they stand. */
function shownBeside({ content, sentBack, effects }: OrderReading): number[] {
  const beside = [content, ...[...effects.values()].flatMap(versionsAbout)];
  return sentBack === null ? beside : [...beside, sentBack];
}

function peopleIn({ state, given, silences }: OrderReading, events: readonly StoredEvent[]): string[] {
  const people = new Set([state.requestedBy, ...peopleWaitedFor(silences), ...events.flatMap(peopleOf)]);
  for (const { by } of given.values()) people.add(by);
  for (const { owner, decision } of Object.values(state.tasks)) {
    if (owner) people.add(owner);
    if (decision) people.add(decision.by);
  }
  return [...people];
}
