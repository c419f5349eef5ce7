"use client";

import { Undo2 } from "lucide-react";
import { memo, useSyncExternalStore } from "react";
import { Button } from "./button";
import type { Instant } from "./format";
import { serverNow_ms, subscribeToSeconds } from "./server-clock";

/** A decision of this sitting. It can be taken back while the clock has not come to `effectiveAt`. */
export type RecentDecision = {
  key: string;
  title: string;
  /** "Approved", "Rejected", "Sent back"; "Sending…" while nobody knows yet. */
  participle: string;
  effectiveAt: Instant | null;
  now: Instant;
  state: "sending" | "made" | "withdrawing" | "withdrawn";
};

/** What was decided last, the newest first, each with the way back as long as there is one. */
export function RecentlyDecided({
  decisions,
  onUndo,
}: {
  decisions: readonly RecentDecision[];
  onUndo(key: string): void;
}) {
  if (decisions.length === 0) return null;
  return (
    <section aria-label="Recently decided" className="border-t border-edge bg-surface">
      <h2 className="px-3 pt-2 text-xs font-semibold text-ink-muted">Recently decided</h2>
      <ul className="max-h-28 overflow-y-auto px-3 pb-1.5">
        {decisions.map((decision) => (
          <Decision key={decision.key} decision={decision} onUndo={onUndo} />
        ))}
      </ul>
    </section>
  );
}

const Decision = memo(function Decision({
  decision,
  onUndo,
}: {
  decision: RecentDecision;
  onUndo(key: string): void;
}) {
  const { key, title, participle, state } = decision;
  const left_s = useSecondsLeft(decision);
  const open = state === "made" && left_s > 0;
  return (
    <li className="flex min-h-8 items-center gap-2 text-[0.8125rem]">
      <span className="min-w-0 flex-1 truncate">
        <span className="font-medium">{participle}</span> <span className="text-ink-muted">{title}</span>
      </span>
      <span className="shrink-0 text-xs text-ink-muted tabular-nums">
        {state === "withdrawn" && "Taken back"}
        {state === "withdrawing" && "Taking back…"}
        {open && `${left_s} s`}
        {state === "made" && !open && "In effect"}
      </span>
      {open && (
        <Button
          size="small"
          variant="quiet"
          onClick={() => onUndo(key)}
          aria-label={`Undo: ${participle} ${title}`}
        >
          <Undo2 aria-hidden="true" className="size-3.5" />
          Undo
        </Button>
      )}
    </li>
  );
});

function useSecondsLeft({ effectiveAt, now }: RecentDecision): number {
  const left_s = (now_ms: number) =>
    effectiveAt === null ? 0 : Math.max(0, Math.ceil((Date.parse(effectiveAt) - now_ms) / 1_000));
  return useSyncExternalStore(
    subscribeToSeconds,
    () => left_s(serverNow_ms(now)),
    () => left_s(Date.parse(now)),
  );
}

/** The decision Z takes back: the newest that still can be. */
export function undoable(decisions: readonly RecentDecision[]): RecentDecision | undefined {
  return decisions.find(
    ({ state, effectiveAt, now }) =>
      state === "made" && effectiveAt !== null && Date.parse(effectiveAt) > serverNow_ms(now),
  );
}
