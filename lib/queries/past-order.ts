import type { AuthorizedActor } from "#lib/domain/authority";
import { demandActor } from "#lib/domain/authority";
import { formatMoney } from "#lib/domain/money";
import { evidenceOf, type OrderState } from "#lib/domain/order";
import { type RuleResult, ruleSentence } from "#lib/domain/policy";
import { historyLine, peopleOf } from "./order-history";
import { maySee, type OrderReading, readOrder, readPast, readVersions } from "./order-reading";
import { type PathStep, pathOf, type TakenEdge, waysOf } from "./path";
import { type Names, namesOf } from "./people-names";
import { keysOf, type Personal, personalOf, subjectsOf } from "./personal";
import { type OrderStanding, standingOfState } from "./standing";
import type { Store, StoredEvent } from "./store";
import { allWaits, waitsOf } from "./waits";
import { definitionOf, effectStateWords, effectWords, inWords, titleOf, verdictPast } from "./words";

/** A task as it stood then, and what who decided was shown. */
export type PastTask = {
  step: string;
  visit: number;
  title: string;
  waits: string;
  breachAt: string | null;
  escalated: boolean;
  /** The hash over what was shown. */
  evidence: string;
};

/** An order as it was after one of its events. Nothing can be done with it. */
export type PastOrder = {
  id: string;
  businessKey: string;
  source: string;
  /** After which event, when it was recorded, what happened in it, and how many there are now. */
  at: number;
  recordedAt: string;
  sentence: string;
  length: number;
  standing: OrderStanding;
  requestedBy: string;
  content: OrderState["content"];
  personal: Personal | "erased" | null;
  policy: { reference: string; results: (RuleResult & { sentence: string })[] } | null;
  path: PathStep[];
  ways: TakenEdge[];
  tasks: PastTask[];
  needsAttention: string | null;
};

/** Something that was otherwise at one moment than at another; null where it was not there. */
export type Difference = { what: string; before: string | null; after: string | null };

/**
 * The order as its first `at` events left it; of a version beyond the last one, as it is now. Null when there is no such order,
 * or none this actor may see. What was personal is shown as long as its key is there: who is erased is erased from the past.
 */
export async function orderThen(
  actor: AuthorizedActor,
  store: Store,
  id: string,
  at: number,
): Promise<PastOrder | null> {
  const then = await readThen(actor, store, id, at);
  if (!then) return null;
  const { reading, length, event, content, names, held } = then;
  const { state } = reading;
  const definition = definitionOf(state.workflow);
  return {
    id,
    businessKey: state.businessKey,
    source: state.source,
    at: reading.version,
    recordedAt: event.body.recordedAt,
    sentence: historyLine(event, reading, held, names.person).sentence,
    length,
    standing: reading.unreadable ? "needsAttention" : standingOfState(state),
    requestedBy: names.person(state.requestedBy),
    content: state.content,
    personal: content ? personalOf(content.body, held) : null,
    policy: state.policy && {
      reference: state.policy.reference,
      results: state.policy.results.map((result) => ({ ...result, sentence: ruleSentence(result) })),
    },
    path: definition ? pathOf(definition, state, reading.given, names) : [],
    ways: definition ? waysOf(definition, reading.ways) : [],
    tasks: Object.values(state.tasks).map((task) => ({
      step: task.step,
      visit: task.visit,
      title: titleIn(reading, task.step),
      waits: allWaits(waitsOf({ ...state, tasks: { [task.step]: task }, effects: {} }), names.person),
      breachAt: task.clock.breachAt,
      escalated: task.escalated,
      evidence: evidenceOf(state, task.step),
    })),
    needsAttention: state.needsAttention && inWords(state.needsAttention),
  };
}

/** What was otherwise after the first `before` events than after the first `after` ones. Null as `orderThen`. */
export async function differenceBetween(
  actor: AuthorizedActor,
  store: Store,
  id: string,
  before: number,
  after: number,
): Promise<Difference[] | null> {
  const [one, other] = await Promise.all([
    readThen(actor, store, id, before),
    readThen(actor, store, id, after),
  ]);
  if (!one || !other) return null;
  const [was, is] = [factsThen(one), factsThen(other)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((what) => {
    const [from, to] = [was.get(what) ?? null, is.get(what) ?? null];
    return from === to ? [] : [{ what, before: from, after: to }];
  });
}

type Then = {
  reading: OrderReading;
  length: number;
  event: StoredEvent;
  /** The event that said what the order was about. */
  content: StoredEvent | undefined;
  names: Names;
  held: Awaited<ReturnType<typeof keysOf>>;
};

async function readThen(actor: AuthorizedActor, store: Store, id: string, at: number): Promise<Then | null> {
  demandActor(actor, store.keys.workspace);
  const present = await readOrder(store, id);
  if (!present || !maySee(actor, present.state)) return null;
  const reading = await readPast(store, id, Math.max(1, Math.min(at, present.version)));
  if (!reading) return null;
  const events = await readVersions(store, id, [reading.version, reading.content]);
  const event = events.find(({ body }) => body.version === reading.version);
  if (!event) return null;
  const [held, names] = await Promise.all([
    keysOf(store, subjectsOf(events)),
    namesOf(store, [...peopleIn(reading), ...events.flatMap(peopleOf)]),
  ]);
  const content = events.find(({ body }) => body.version === reading.content);
  return { reading, length: present.version, event, content, names, held };
}

function peopleIn({ state, given }: OrderReading): string[] {
  const tasks = Object.values(state.tasks);
  return [
    state.requestedBy,
    ...[...given.values()].map(({ by }) => by),
    ...tasks.flatMap(({ owner, decision }) => [owner, decision?.by]),
  ].filter((person): person is string => typeof person === "string");
}

/** Everything about a moment that people would call a change, as one text each. */
function factsThen({ reading, content, names, held }: Then): Map<string, string> {
  const { state } = reading;
  const facts = new Map<string, string>();
  const add = (what: string, value: string | null | undefined) => value && facts.set(what, value);
  add("Waits for", allWaits(waitsOf(state), names.person));
  add("Total", formatMoney(state.content.total));
  add("Country", state.content.country);
  add("Ordered on", state.content.orderedOn);
  for (const [what, value] of personalFacts(content ? personalOf(content.body, held) : null, state))
    add(what, value);
  if (state.policy) {
    add("Policy", state.policy.reference);
    for (const result of state.policy.results) add(result.rule, ruleSentence(result));
  }
  for (const task of Object.values(state.tasks)) {
    const title = titleIn(reading, task.step);
    add(`${title}, held by`, task.owner && names.person(task.owner));
    add(`${title}, due`, task.clock.breachAt);
    if (task.decision)
      add(
        `${title}, verdict`,
        `${verdictPast(task.step, task.decision.verdict).participle} by ${names.person(task.decision.by)}`,
      );
  }
  for (const effect of Object.values(state.effects)) {
    const { title } = effectWords(effect.effect);
    const name = effect.issue > 1 ? `${title}, issue ${effect.issue}` : title;
    add(name, effectStateWords(effect.status).name);
    add(`${name}, attempts`, effect.attempts > 0 ? String(effect.attempts) : null);
    add(`${name}, reference`, effect.receipt?.reference);
  }
  const ended = state.ends.length > 0 && state.visits.length === 0;
  add("State of the order", ended || state.status !== "open" ? state.status : "open");
  add("Needs attention", state.needsAttention && inWords(state.needsAttention));
  return facts;
}

type Customer = { [member: string]: string | undefined };
type Line = { sku: string; description?: string; quantity: number; unitPrice: number };

function personalFacts(
  personal: Personal | "erased" | null,
  { content: { total } }: OrderState,
): [what: string, value: string | null | undefined][] {
  if (personal === null) return [];
  if (personal === "erased") return [["Customer, lines and note", "Erased"]];
  const { customer, lines, note } = personal as { customer?: Customer; lines?: Line[]; note?: string };
  const money = (amount: number) => formatMoney({ amount, currency: total.currency });
  return [
    ...Object.entries(customer ?? {}).map(([member, value]): [string, string | undefined] => [
      `Customer’s ${member}`,
      value,
    ]),
    [
      "Lines",
      lines
        ?.map(
          ({ sku, description, quantity, unitPrice }) =>
            `${quantity} × ${description ?? sku} at ${money(unitPrice)}`,
        )
        .join("; "),
    ],
    ["Note", note],
  ];
}

function titleIn({ state }: OrderReading, name: string): string {
  const step = definitionOf(state.workflow)?.steps[name];
  return step ? titleOf(name, step) : name;
}
