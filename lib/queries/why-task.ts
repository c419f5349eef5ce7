import type { RecordedEvent, Visit } from "#lib/domain/events";
import { type TaskState, visitKey } from "#lib/domain/order";
import { ruleSentence } from "#lib/domain/policy";
import type { OrderReading } from "./order-reading";
import { whoHas } from "./order-tasks";
import type { Store } from "./store";
import type { Explained, Why, WhyLink } from "./why";
import { plural, ruleInShort, stepTitle, verdictPast } from "./words";

/** Why an open task waits for whom it waits. */
export async function whyTask(store: Store, explained: Explained, task: TaskState): Promise<Why> {
  const { person } = explained;
  const events = eventsOf(explained, task);
  const opened = events.find(({ type }) => type === "taskOpened");
  const chain = opened ? ledTo(explained, task) : [];
  if (opened?.type === "taskOpened")
    chain.push(
      link(opened.version, `So “${stepTitle(task.step)}” was opened for the ${plural(opened.data.owners)}.`),
    );
  chain.push(...sinceOpened(explained, task, events));
  if (task.suspended || task.decision) return { question: "Why does it wait?", because: chain };

  const excluded = task.excluded.map(person);
  if (excluded.length > 0)
    chain.push(
      link(
        null,
        `${conjoined(excluded)} asked for it, handed it in or changed it last, and so may not decide it.`,
      ),
    );
  if (task.owner === null) chain.push(link(null, await whoHas(store, task.roles, task.excluded)));
  return { question: "Why does it wait for a person?", because: chain };
}

/** How each task that is over was decided: on what grounds, by whom, by which right. */
export function whyDecided(explained: Explained): Why[] {
  const { reading, person } = explained;
  return [...tasksExplained(reading).keys()].flatMap((key) => {
    if (reading.state.tasks[key]) return [];
    const [step = "", visit = ""] = key.split("#");
    const place = { step, visit: Number(visit) };
    const events = eventsOf(explained, place);
    const opened = events.find(({ type }) => type === "taskOpened");
    const made = events.findLast(({ type }) => type === "decisionMade");
    if (made?.type !== "decisionMade") return [];
    const { verdict, authority } = made.data;
    const who = person(made.actor.onBehalfOf ?? made.actor.id);
    return {
      question: `Why was it ${verdictPast(step, verdict).participle.toLowerCase()}?`,
      because: [
        ...(opened ? ledTo(explained, place) : []),
        ...sinceOpened(explained, place, events),
        link(
          made.version,
          `${who} gave this verdict as one of the ${plural([authority.role])}, which ${who} became by ${authority.grantedBy}.`,
        ),
      ],
    };
  });
}

type EventOf<T extends RecordedEvent["type"]> = Extract<RecordedEvent, { type: T }>;

/** What of the policy asked for a person: of the check that opened this visit. */
function ledTo({ events }: Explained, { step, visit }: Visit): WhyLink[] {
  const cause = causeOf(events, { step, visit });
  return cause?.type === "policyChecked" ? reasonsOf(cause) : [];
}

/** The event that opened a visit, among these. */
export function causeOf(events: Explained["events"], { step, visit }: Visit): RecordedEvent | undefined {
  return (
    events.find(
      ({ event }) =>
        event !== null &&
        "next" in event.data &&
        event.data.next.some((next) => next.step === step && next.visit === visit),
    )?.event ?? undefined
  );
}

function reasonsOf({ version, data }: EventOf<"policyChecked">): WhyLink[] {
  return data.results
    .filter(({ result }) => result === "review")
    .map((result) =>
      link(
        version,
        `The rule “${ruleInShort(result.rule)}” asked for a person: ${ruleSentence(result)} (${result.rule} of ${data.policy}).`,
      ),
    );
}

/** What has happened to the task itself: sent back, held, handed on, escalated. Newer events take back older ones. */
function sinceOpened(
  { events: all, person, reading }: Explained,
  { step, visit }: Visit,
  events: readonly RecordedEvent[],
): WhyLink[] {
  const title = stepTitle(step);
  const chain: WhyLink[] = [];
  let holder: WhyLink | null = null;
  for (const event of events) {
    const who = person(event.actor.onBehalfOf ?? event.actor.id);
    switch (event.type) {
      case "taskEscalated":
        chain.push(
          link(event.version, `Its time had run out, so ${plural([event.data.to])} may decide it as well.`),
        );
        break;
      case "decisionMade":
        holder = null;
        if (event.data.clock.state === "paused")
          chain.push(
            link(
              event.version,
              reading.sentBack === event.version && reading.state.tasks[visitKey({ step, visit })]?.suspended
                ? `${who} sent it back, so it waits for ${person(reading.state.requestedBy)}.`
                : `${who} sent it back, so that ${person(reading.state.requestedBy)} could change it.`,
            ),
          );
        else if (reading.state.tasks[visitKey({ step, visit })]?.decision?.version === event.version)
          chain.push({
            version: event.version,
            parts: [`${who} has decided, which takes effect at `, { at: event.data.effectiveAt }, "."],
          });
        break;
      case "decisionWithdrawn":
        chain.push(link(event.version, `${who} withdrew the decision, so “${title}” is open again.`));
        break;
      case "taskSuspended":
        holder = null;
        chain.push(link(event.version, `${who} stopped it until a supervisor lets it continue.`));
        break;
      case "taskResumed":
        chain.push(
          event.data.afterChanges
            ? link(
                event.version,
                `The order was changed, so it came back. ${checkedAgain(all, event.version)}`,
              )
            : link(event.version, `${who} let it continue.`),
        );
        break;
      case "taskForwarded":
        holder = null;
        chain.push(link(event.version, `${who} passed it to the ${plural([event.data.to])}.`));
        break;
      case "taskClaimed":
        holder = link(event.version, `${who} has claimed it, so it waits for ${who}.`);
        break;
      case "taskDelegated":
        holder = link(event.version, `${who} handed it on, so it waits for ${person(event.data.to)}.`);
        break;
      case "taskReleased":
        holder = null;
        break;
    }
  }
  return holder && reading.state.tasks[visitKey({ step, visit })] ? [...chain, holder] : chain;
}

/** A person decides what a person sent back, even where the policy would now let it pass. */
function checkedAgain(all: Explained["events"], resumed: number): string {
  const check = all.findLast(
    ({ event }) => event?.type === "policyChecked" && event.version < resumed,
  )?.event;
  return check?.type === "policyChecked" && check.data.outcome === "pass"
    ? "The policy would have let it pass then; but a person asked for the changes, so a person decides."
    : "The policy was checked again and asked for a person once more.";
}

/** Of an order that came back to its tasks for years, the newest decisions are explained. */
const tasks_explained_max = 8;

/** The newest visits to tasks and every open one, each with the versions of its events. */
export function tasksExplained({ tasks, state }: OrderReading): ReadonlyMap<string, readonly number[]> {
  const newest = new Set([...tasks.keys()].slice(-tasks_explained_max));
  return new Map([...tasks].filter(([visit]) => newest.has(visit) || state.tasks[visit]));
}

/** The events of this visit that are known, oldest first. */
export function eventsOf({ reading, events }: Explained, visit: Visit): RecordedEvent[] {
  const versions = new Set(reading.tasks.get(visitKey(visit)));
  return events.flatMap(({ event }) => (event && versions.has(event.version) ? [event] : []));
}

/** A sentence of text alone. */
export function link(version: number | null, text: string): WhyLink {
  return { version, parts: [text] };
}

function conjoined(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(names);
}
