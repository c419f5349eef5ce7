import { formatDuration, type Instant } from "./format";

/**
 * What a screen needs of an SLA: when it breaches (null while its clock stands still, or when there is none),
 * the whole goal in milliseconds, and why the clock stands still, in words for people.
 */
export type Sla = { breachAt: Instant | null; goal_ms: number; pausedWhy?: string };

/** How an SLA stands. */
export type Standing = "onTrack" | "atRisk" | "breached" | "paused" | "none";

/** One look at an SLA: how it stands, a word for that where the time alone does not say it, and the time or reason. */
export type CountdownReading = { standing: Standing; word?: string; text: string };

const AT_RISK_SHARE = 0.25;

/**
 * Reads an SLA at a moment (milliseconds since 1970, server's clock). A pause outranks everything; the very
 * instant of `breachAt` is breached; at risk is less than a quarter of the goal left.
 */
export function readCountdown(sla: Sla, now_ms: number): CountdownReading {
  if (sla.pausedWhy) return { standing: "paused", text: sla.pausedWhy };
  if (!sla.breachAt) return { standing: "none", text: "No time limit" };
  const left_ms = Date.parse(sla.breachAt) - now_ms;
  if (left_ms <= 0) {
    const text = left_ms > -60_000 ? "just now" : `${formatMinutes(-left_ms)} ago`;
    return { standing: "breached", word: "Breached", text };
  }
  const text = `${formatDuration(left_ms)} left`;
  return left_ms < sla.goal_ms * AT_RISK_SHARE
    ? { standing: "atRisk", word: "At risk,", text }
    : { standing: "onTrack", text };
}

/** After the breach nobody needs seconds: they would only flicker. */
function formatMinutes(length_ms: number): string {
  return formatDuration(length_ms < 600_000 ? Math.floor(length_ms / 60_000) * 60_000 : length_ms).replace(
    " 0 s",
    "",
  );
}
