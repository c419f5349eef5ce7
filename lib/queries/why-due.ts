import { alwaysOpen, type BusinessCalendar } from "#lib/domain/calendar";
import type { RecordedEvent } from "#lib/domain/events";
import type { TaskState } from "#lib/domain/order";
import type { SlaClock } from "#lib/domain/sla";
import type { Explained, Why, WhyLink, WhyPart } from "./why";
import { eventsOf, link } from "./why-task";

/** Why a task is due when it is: its goal, by which calendar, since when, what stopped its clock, what was added. */
export function whyDue(explained: Explained, task: TaskState, calendar: BusinessCalendar | undefined): Why {
  const events = eventsOf(explained, task).filter(hasClock);
  const { clock } = task;
  const opened = events.find(({ type }) => type === "taskOpened");
  const because: WhyLink[] = [
    {
      version: opened?.version ?? null,
      parts: [
        "Whoever decides has ",
        { ms: clock.goal_ms },
        " ",
        hoursCounted(calendar),
        ` (${clock.calendar}), counted from `,
        { at: clock.startedAt },
        ".",
      ],
    },
    ...pausesOf(events),
    conclusion(task),
  ];
  return { question: clock.state === "running" ? "Why is it due then?" : "Why is nothing due?", because };
}

type WithClock = Extract<RecordedEvent, { data: { clock: SlaClock } }>;

function hasClock(event: RecordedEvent): event is WithClock {
  return "clock" in event.data;
}

/** Every time the clock stood still, and what coming back added. */
function pausesOf(events: readonly WithClock[]): WhyLink[] {
  const chain: WhyLink[] = [];
  let paused: WithClock | null = null;
  let extended_ms = 0;
  for (const event of events) {
    const { clock } = event.data;
    if (clock.state === "paused") paused ??= event;
    // A decision that was taken back counts as if the clock had never stopped.
    else if (paused && event.type === "decisionWithdrawn") paused = null;
    else if (paused && clock.state === "running") {
      chain.push({
        version: event.version,
        parts: [
          `The clock stood still ${whyPaused(paused)} from `,
          { at: paused.data.clock.since },
          " to ",
          { at: clock.since },
          ".",
        ],
      });
      paused = null;
    }
    if (clock.extended_ms > extended_ms) {
      chain.push({
        version: event.version,
        parts: [
          "Too little was left when it came back, so ",
          { ms: clock.extended_ms - extended_ms },
          " were added.",
        ],
      });
      ({ extended_ms } = clock);
    }
  }
  if (paused)
    chain.push({
      version: paused.version,
      parts: [`The clock stands still ${whyPaused(paused)} since `, { at: paused.data.clock.since }, "."],
    });
  return chain;
}

function whyPaused({ type }: WithClock): string {
  return type === "taskSuspended" ? "because a supervisor stopped it" : "while the order was to be changed,";
}

function conclusion({ clock, decision }: TaskState): WhyLink {
  const budget_ms = clock.goal_ms + clock.extended_ms;
  const left_ms = budget_ms - clock.elapsed_ms;
  switch (clock.state) {
    case "running": {
      const used: WhyPart[] =
        clock.elapsed_ms > 0
          ? [
              "Of that ",
              { ms: clock.elapsed_ms },
              " had been used when the clock went on at ",
              { at: clock.since },
              ". ",
            ]
          : [];
      return clock.breachedAt
        ? { version: null, parts: [...used, "So its time was over at ", { at: clock.breachedAt }, "."] }
        : { version: null, parts: [...used, "So it is due at ", { at: clock.breachAt }, "."] };
    }
    case "paused":
      return left_ms > 0
        ? { version: null, parts: ["So nothing is due; when it goes on, ", { ms: left_ms }, " are left."] }
        : { version: null, parts: ["So nothing is due now, though its time was over before."] };
    case "stopped":
      return link(decision?.version ?? null, "It was decided, which stopped the clock.");
  }
}

const dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** In which hours time counts: neighbouring days of the same hours together. */
export function hoursCounted(calendar: BusinessCalendar | undefined): string {
  if (!calendar) return "of a calendar that cannot be read";
  if (JSON.stringify(calendar.hours) === JSON.stringify(alwaysOpen.hours) && calendar.closedOn.length === 0)
    return "in which every hour counts";
  const days = dayNames.map((name, index) => ({
    name,
    hours: calendar.hours[`${index + 1}` as keyof BusinessCalendar["hours"]]
      .map(([open, close]) => `${open}–${close}`)
      .join(" and "),
  }));
  const runs: { first: string; last: string; hours: string }[] = [];
  for (const { name, hours } of days) {
    const run = runs.at(-1);
    if (run?.hours === hours) run.last = name;
    else runs.push({ first: name, last: name, hours });
  }
  const open = runs
    .filter(({ hours }) => hours !== "")
    .map(({ first, last, hours }) => `${first === last ? first : `${first} to ${last}`} ${hours}`);
  const closed = calendar.closedOn.length > 0 ? ", without its closed days" : "";
  return `in which only the hours of “${calendar.name}” count: ${open.join(", ")} in ${calendar.timeZone}${closed}`;
}
