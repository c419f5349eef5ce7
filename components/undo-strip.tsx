"use client";

import { Check, Undo2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";
import { Button } from "./button";
import { Unreached, useFormAction } from "./form-action";
import { formatDuration, type Instant } from "./format";
import { HiddenFields } from "./hidden-fields";
import { type Refusal, RefusalSummary } from "./refusal";
import { serverNow_ms, subscribeToSeconds } from "./server-clock";

/** A decision that is made and not yet settled. */
export type PendingDecision = {
  order: string;
  task: string;
  visit: number;
  /** What was decided, as a participle: "Approved", "Rejected", "Sent back". */
  verdict: string;
  effectiveAt: Instant;
  /** The server's time when it said so. */
  now: Instant;
  /** A fresh command id for the withdrawal. */
  commandId: string;
};

export type UndoState = { status: "idle" } | { status: "withdrawn" } | ({ status: "refused" } & Refusal);

export type UndoStripProps = {
  decision: PendingDecision;
  /** Gets `order`, `task`, `visit`, `commandId`. It should have the page drawn again. */
  undo: (state: UndoState, data: FormData) => Promise<UndoState>;
  onWithdrawn?: () => void;
};

/** "Approved. Takes effect in 8 s" with the way back. When the time is over it has the page drawn again. */
export function UndoStrip({ decision, undo, onWithdrawn }: UndoStripProps) {
  const router = useRouter();
  const [state, formAction, pending, lost] = useFormAction(undo, { status: "idle" });
  const left_s = (now_ms: number) =>
    Math.max(0, Math.ceil((Date.parse(decision.effectiveAt) - now_ms) / 1_000));
  const remaining_s = useSyncExternalStore(
    subscribeToSeconds,
    () => left_s(serverNow_ms(decision.now)),
    () => left_s(Date.parse(decision.now)),
  );
  const over = remaining_s === 0;

  useEffect(() => {
    if (state.status === "withdrawn") onWithdrawn?.();
  }, [state, onWithdrawn]);

  useEffect(() => {
    if (!over) return;
    // The settlement is an event of its own and comes a moment later than the clock says.
    const later = setTimeout(() => router.refresh(), 1_500);
    return () => clearTimeout(later);
  }, [over, router]);

  return (
    <div className="grid gap-3">
      {state.status === "refused" && <RefusalSummary refusal={state} />}
      <form
        action={formAction}
        className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-ok/40 bg-ok-tint px-3 py-2"
      >
        <Unreached lost={lost} />
        <HiddenFields
          values={{
            order: decision.order,
            task: decision.task,
            visit: decision.visit,
            commandId: decision.commandId,
          }}
        />
        <p className="flex items-center gap-2">
          <Check aria-hidden="true" className="size-4 shrink-0 text-ok" strokeWidth={2.5} />
          <span>
            <span role="status">
              <strong className="font-semibold">{decision.verdict}.</strong>
            </span>{" "}
            {state.status === "withdrawn"
              ? "Withdrawn: it did not take effect."
              : over
                ? "Takes effect now."
                : `Takes effect in ${formatDuration(remaining_s * 1_000)}.`}
          </span>
        </p>
        {!over && state.status !== "withdrawn" && (
          <Button type="submit" size="small" aria-disabled={pending || undefined}>
            <Undo2 aria-hidden="true" className="size-4" />
            {pending ? "Withdrawing…" : "Undo"}
          </Button>
        )}
      </form>
    </div>
  );
}
