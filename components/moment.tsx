import {
  formatExact,
  formatInstant,
  formatRelative,
  formatTimeOfDay,
  type Instant,
  type ViewTime,
} from "./format";

export type MomentProps = {
  at: Instant;
  view: ViewTime;
  /** `relative` ("5 min ago", the default), `instant` ("2 Mar 2026, 16:05") or `timeOfDay` ("16:05:09"). */
  as?: "relative" | "instant" | "timeOfDay";
};

const formats = { relative: formatRelative, instant: formatInstant, timeOfDay: formatTimeOfDay };

/** A moment in words, with the exact one in its title. Drawn by the server only, so that it cannot differ. */
export function Moment({ at, view, as = "relative" }: MomentProps) {
  return (
    <time dateTime={at} title={formatExact(at, view)} className="whitespace-nowrap tabular-nums">
      {formats[as](at, view)}
    </time>
  );
}
