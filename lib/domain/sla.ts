/**
 * The SLA clock of one task: a fold over start, pause, resume and stop.
 *
 * A clock is a plain value that only changes when one of those happens. In between, `elapsed_ms` stands for the open
 * time used up to `since`, and whatever is asked about a later instant is worked out from the calendar. So nothing has
 * to touch a clock while it runs, and folding the same events gives the same clock, `breachAt` included.
 *
 *   budget    = goal_ms + extended_ms     (the goal never changes; what a return granted on top is kept beside it)
 *   remaining = budget - elapsed          (negative once breached: the open time by which it is late)
 *   breachAt  = the first instant at which remaining is 0, known while running, null otherwise
 *
 * That a clock has breached is an attribute, not a state: `breachedAt` stays through everything that follows. It is the
 * instant the time was up, however late the scheduler noticed; a clock that is paused or stopped after that instant
 * notes it too, so that a breach cannot be lost between two ticks.
 *
 * The caller passes the calendar version that `calendar` names. An instant before the clock's last change counts as
 * that change, because the clocks of two machines differ by moments. Asking a clock for what its state does not allow
 * throws a SlaClockError: deciding comes before the fold, so that is a bug and no refusal.
 */
import { addOpenTime, type BusinessCalendar, type Instant, openTime_ms } from "#lib/domain/calendar";

type SlaClockBase = {
  /** `stream@version` of the calendar it was started with. */
  calendar: string;
  goal_ms: number;
  /** Granted beyond the goal, by resuming with less left than the minimum. */
  extended_ms: number;
  startedAt: Instant;
  /** Open time used until `since`. */
  elapsed_ms: number;
  /** When it was last started, paused, resumed or stopped. */
  since: Instant;
  /** When its time was first up, once that has been noted. */
  breachedAt?: Instant;
};

/** A clock that is counting; `breachAt` is when its time is up. */
export type RunningClock = SlaClockBase & { state: "running"; breachAt: Instant };

/** A clock that waits for somebody else; `breachAtBeforePause` is when its time would have been up. */
export type PausedClock = SlaClockBase & { state: "paused"; breachAt: null; breachAtBeforePause: Instant };

/** A clock whose task is over; `beforeStop` is what `undoStop` brings back. */
export type StoppedClock = SlaClockBase & {
  state: "stopped";
  breachAt: null;
  beforeStop: RunningClock | PausedClock;
};

/** An immutable JSON value: an SLA clock as its events left it. Durations are open time in milliseconds. */
export type SlaClock = RunningClock | PausedClock | StoppedClock;

/** How a clock stands; at risk is less than a quarter of the goal left. */
export type Standing = "on track" | "at risk" | "breached" | "paused";

/** A clock was asked for what its state does not allow: the caller did not decide before it folded. */
export class SlaClockError extends Error {
  override readonly name = "SlaClockError";
}

/**
 * A running clock with all of its goal left. `pinned` is the `stream@version` of the calendar.
 * Throws a SlaClockError for a goal that is not a whole number of minutes above 0, and a CalendarHorizonError for one
 * that the calendar does not reach within ten years.
 */
export function startClock(
  calendar: BusinessCalendar,
  { goal_minutes, at, pinned }: { goal_minutes: number; at: Instant; pinned: string },
): RunningClock {
  const goal_ms = milliseconds(goal_minutes);
  if (goal_ms === 0)
    throw new SlaClockError("A goal of 0 minutes would be breached before anybody saw the task.");
  return {
    calendar: pinned,
    goal_ms,
    extended_ms: 0,
    startedAt: at,
    state: "running",
    elapsed_ms: 0,
    since: at,
    breachAt: addOpenTime(calendar, at, goal_ms),
  };
}

/** The clock stops counting until it is resumed. Throws a SlaClockError unless it is running. */
export function pauseClock(clock: SlaClock, calendar: BusinessCalendar, at: Instant): PausedClock {
  if (clock.state !== "running") throw refusal("pause", clock);
  return {
    ...accountedFor(clock, calendar, at),
    state: "paused",
    breachAt: null,
    breachAtBeforePause: clock.breachAt,
  };
}

/**
 * The clock goes on with the time it had left, or with `remainingAtLeast_minutes` if that is more; the difference is
 * added to `extended_ms`. Without a minimum a clock that was late stays late, with the `breachAt` it had.
 * Throws a SlaClockError unless it is paused.
 */
export function resumeClock(
  clock: SlaClock,
  calendar: BusinessCalendar,
  at: Instant,
  { remainingAtLeast_minutes }: { remainingAtLeast_minutes?: number } = {},
): RunningClock {
  if (clock.state !== "paused") throw refusal("resume", clock);
  const { breachAtBeforePause, ...base } = clock;
  const since = later(at, clock.since);
  const left_ms = clock.goal_ms + clock.extended_ms - clock.elapsed_ms;
  const granted_ms =
    remainingAtLeast_minutes === undefined
      ? 0
      : Math.max(0, milliseconds(remainingAtLeast_minutes) - left_ms);
  const remaining_ms = left_ms + granted_ms;
  return {
    ...base,
    state: "running",
    extended_ms: clock.extended_ms + granted_ms,
    since,
    breachAt: remaining_ms > 0 ? addOpenTime(calendar, since, remaining_ms) : breachAtBeforePause,
  };
}

/** The task is over and its clock with it, whether it ran or was paused. Throws a SlaClockError when already stopped. */
export function stopClock(clock: SlaClock, calendar: BusinessCalendar, at: Instant): StoppedClock {
  if (clock.state === "stopped") throw refusal("stop", clock);
  return { ...accountedFor(clock, calendar, at), state: "stopped", breachAt: null, beforeStop: clock };
}

/**
 * The clock as if it had never been stopped: the time since then counts, and `breachAt` is the original one, even if
 * it has passed meanwhile. Throws a SlaClockError unless it is stopped.
 */
export function undoStop(clock: SlaClock): RunningClock | PausedClock {
  if (clock.state !== "stopped") throw refusal("undo the stop of", clock);
  return clock.beforeStop;
}

/** The open time used until `at`. */
export function elapsed_ms(clock: SlaClock, calendar: BusinessCalendar, at: Instant): number {
  return clock.state === "running"
    ? clock.elapsed_ms + openTime_ms(calendar, clock.since, at)
    : clock.elapsed_ms;
}

/** The open time left at `at`, of the goal and what was granted on top; negative by how late it is. */
export function remaining_ms(clock: SlaClock, calendar: BusinessCalendar, at: Instant): number {
  return clock.goal_ms + clock.extended_ms - elapsed_ms(clock, calendar, at);
}

/**
 * How the clock stands at `at`, by the time left: a clock that breached and was then granted time is on track or at
 * risk again (its `breachedAt` stays). A stopped clock keeps the standing it had when it stopped.
 */
export function standing(clock: SlaClock, calendar: BusinessCalendar, at: Instant): Standing {
  if (clock.state === "paused") return "paused";
  const left_ms = remaining_ms(clock, calendar, at);
  if (left_ms <= 0) return "breached";
  return left_ms * 4 < clock.goal_ms ? "at risk" : "on track";
}

/** Whether the clock's time is up and nobody has noted it yet: what the scheduler, and a decision to pause or stop, ask first. */
export function breachIsDue(clock: SlaClock, at: Instant): boolean {
  return clock.state === "running" && clock.breachedAt === undefined && clock.breachAt <= at;
}

/**
 * Notes the breach found at `at`, as of the instant it happened. A second breach after granted time changes nothing:
 * a clock breaches once. Throws a SlaClockError when the clock does not run or still has time.
 */
export function markBreached(clock: SlaClock, at: Instant): RunningClock {
  if (clock.state !== "running") throw refusal("note a breach of", clock);
  if (at < clock.breachAt) {
    throw new SlaClockError(`The clock has until ${clock.breachAt}; it was not breached at ${at}.`);
  }
  return { ...clock, breachedAt: clock.breachedAt ?? clock.breachAt };
}

/** What all states share, with the time until `at` counted and a breach until then noted. */
function accountedFor(
  clock: RunningClock | PausedClock,
  calendar: BusinessCalendar,
  at: Instant,
): SlaClockBase {
  const since = later(at, clock.since);
  const breachedAt = clock.breachedAt ?? (breachIsDue(clock, since) ? clock.breachAt : null);
  return {
    calendar: clock.calendar,
    goal_ms: clock.goal_ms,
    extended_ms: clock.extended_ms,
    startedAt: clock.startedAt,
    elapsed_ms: elapsed_ms(clock, calendar, since),
    since,
    ...(breachedAt === null ? {} : { breachedAt }),
  };
}

function milliseconds(minutes: number): number {
  const result_ms = minutes * 60_000;
  if (!Number.isSafeInteger(minutes) || minutes < 0 || !Number.isSafeInteger(result_ms)) {
    throw new SlaClockError(`A budget is a whole number of minutes from 0 up, not ${minutes}.`);
  }
  return result_ms;
}

function later(one: Instant, other: Instant): Instant {
  return one > other ? one : other;
}

function refusal(verb: string, clock: SlaClock): SlaClockError {
  return new SlaClockError(`It is not possible to ${verb} a clock that is ${clock.state}.`);
}
