import { classNames } from "./class-names";
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
  /** `relative` ("5 min ago", the default), `instant` ("2 Mar 2026, 16:05"), `timeOfDay` ("16:05:09") or `exact`, with zone. */
  as?: "relative" | "instant" | "timeOfDay" | "exact";
};

const formats = {
  relative: formatRelative,
  instant: formatInstant,
  timeOfDay: formatTimeOfDay,
  exact: formatExact,
};

/** A moment in words, in the reader's zone, with the exact one and the zone in its title. */
export function Moment({ at, view, as = "relative" }: MomentProps) {
  return (
    // Where a client component draws it: the server and the browser may abbreviate the same month differently.
    <time
      dateTime={at}
      title={formatExact(at, view)}
      className={classNames("tabular-nums", as !== "exact" && "whitespace-nowrap")}
      suppressHydrationWarning
    >
      {formats[as](at, view)}
    </time>
  );
}
