"use client";

import { Hourglass, type LucideIcon, Minus, OctagonAlert, PauseCircle, Timer } from "lucide-react";
import { useSyncExternalStore } from "react";
import { type Tone, toneClass } from "./badge";
import { classNames } from "./class-names";
import { readCountdown, type Sla, type Standing } from "./countdown-reading";
import type { Instant } from "./format";
import { serverNow_ms, subscribeToSeconds } from "./server-clock";

export type CountdownProps = {
  sla: Sla;
  /** The server's time when it drew the page. */
  now: Instant;
  /** The due instant in the reader's words, formatted by the server so that both print the same. */
  dueText?: string;
  /** On one line with other small words: without a ground of its own. */
  compact?: boolean;
};

const looks: Record<Standing, { tone: Tone; icon: LucideIcon; meaning?: string }> = {
  onTrack: { tone: "neutral", icon: Timer },
  atRisk: { tone: "warn", icon: Hourglass },
  breached: { tone: "bad", icon: OctagonAlert },
  paused: { tone: "accent", icon: PauseCircle, meaning: "Clock stopped: " },
  none: { tone: "neutral", icon: Minus },
};

/**
 * How long is left, on the server's clock. All countdowns of a page share one timer, and one that prints the same
 * words as a second ago is not drawn again.
 */
export function Countdown({ sla, now, dueText, compact }: CountdownProps) {
  // One string, because the snapshot of a store is compared by identity.
  const print = (now_ms: number) => {
    const { standing, word = "", text } = readCountdown(sla, now_ms);
    return [standing, word, text].join("|");
  };
  const printed = useSyncExternalStore(
    subscribeToSeconds,
    () => print(serverNow_ms(now)),
    () => print(Date.parse(now)),
  );
  const [standing, word, ...text] = printed.split("|") as [Standing, string, ...string[]];
  const { tone, icon: Icon, meaning } = looks[standing];
  const Element = sla.breachAt ? "time" : "span";
  return (
    <Element
      dateTime={sla.breachAt ?? undefined}
      title={dueText && sla.breachAt ? `Due ${dueText}` : undefined}
      className={classNames(
        "inline-flex items-baseline rounded-sm text-xs font-medium tabular-nums",
        compact ? "gap-1 px-1 leading-4 whitespace-nowrap" : "gap-1.5 px-1.5 py-0.5 leading-5",
        toneClass[tone],
      )}
    >
      <Icon
        aria-hidden="true"
        className={compact ? "size-3 shrink-0 self-center" : "mt-[3px] size-3.5 shrink-0 self-start"}
        strokeWidth={2.25}
      />
      <span>
        {meaning && <span className="sr-only">{meaning}</span>}
        {word && `${word} `}
        <span className="inline-block">{text.join("|")}</span>
      </span>
    </Element>
  );
}
