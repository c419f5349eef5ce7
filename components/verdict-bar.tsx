"use client";

import { memo, type Ref, useId, useState } from "react";
import { Button } from "./button";
import { Notice } from "./notice";
import type { ReviewTask, ReviewVerdict } from "./review-data";
import { verdictVariants } from "./verdict";

export type VerdictBarProps = {
  task: ReviewTask;
  note: string;
  noteField: Ref<HTMLTextAreaElement>;
  onNote(note: string): void;
  onVerdict(verdict: ReviewVerdict): void;
  /** What is wrong with the note, when a verdict was tried. */
  error?: string;
  /** Set while nothing may be decided: what is shown changed, or a question is open. */
  held?: boolean;
  /** The verdict that has to be given once more, because it cannot be taken back. */
  confirming?: string;
  /** Called when somebody leaves the note with Esc. */
  onLeave(): void;
  /** Whether digits decide, so that the buttons say which. */
  keys: boolean;
};

/** The verdicts on what is shown above, with a note, and what each would set off. */
export const VerdictBar = memo(function VerdictBar(props: VerdictBarProps) {
  const { task, note, noteField, onNote, onVerdict, onLeave, error, held, confirming, keys } = props;
  const id = useId();
  const [looked, setLooked] = useState<string>();
  const open = task.verdicts.filter(({ blocked }) => !blocked);
  const shown = task.verdicts.find(({ value }) => value === looked) ?? open[0] ?? task.verdicts[0];
  const blocked = task.verdicts.find((verdict) => verdict.blocked)?.blocked;
  return (
    <section aria-label={task.title} className="grid gap-2 border-t border-edge bg-surface px-4 py-3">
      {open.length > 0 && (
        <div className="grid gap-1">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <label htmlFor={`${id}-note`} className="text-[0.8125rem] font-medium">
              Note
            </label>
            <select
              aria-label="Put in a reason"
              value=""
              onChange={({ target }) => onNote(note ? `${note.trimEnd()} ${target.value}` : target.value)}
              className="min-h-7 max-w-48 rounded-md border border-line bg-surface px-1.5 text-xs text-ink-muted pointer-coarse:min-h-11"
            >
              <option value="">Put in a reason…</option>
              {open.map(({ value, label, reasons }) => (
                <optgroup key={value} label={label}>
                  {reasons.map((reason) => (
                    <option key={reason}>{reason}</option>
                  ))}
                </optgroup>
              ))}
            </select>
          </div>
          <textarea
            ref={noteField}
            id={`${id}-note`}
            value={note}
            rows={note.length > 60 ? 3 : 1}
            maxLength={4_000}
            onChange={({ target }) => onNote(target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Escape") return;
              event.preventDefault();
              onLeave();
            }}
            aria-invalid={error ? true : undefined}
            aria-describedby={error ? `${id}-error` : undefined}
            className="min-h-8.5 w-full resize-y rounded-md border border-edge bg-surface px-2.5 py-1 text-base aria-invalid:border-bad sm:text-sm"
          />
          {error && (
            <p id={`${id}-error`} role="alert" className="text-xs font-medium text-bad">
              {error}
            </p>
          )}
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        {task.verdicts.map((verdict, index) => {
          const idle = Boolean(verdict.blocked) || held;
          return (
            <Button
              key={verdict.value}
              variant={verdictVariants[verdict.tone]}
              aria-disabled={idle || undefined}
              aria-describedby={`${id}-follows`}
              aria-keyshortcuts={keys ? `${index + 1}` : undefined}
              onClick={() => !idle && onVerdict(verdict)}
              onFocus={() => setLooked(verdict.value)}
              onPointerEnter={() => setLooked(verdict.value)}
              className="max-sm:flex-1"
            >
              {confirming === verdict.value ? `${verdict.label} for good` : verdict.label}
              {keys && (
                <span
                  aria-hidden="true"
                  className="rounded-sm border border-current/40 px-1 font-sans text-[0.6875rem] leading-4 max-sm:hidden"
                >
                  {index + 1}
                </span>
              )}
            </Button>
          );
        })}
      </div>
      <p id={`${id}-follows`} className="min-h-4.5 text-xs text-ink-muted">
        {blocked ? `${blocked.reason} ${blocked.whoCan}` : shown && `${shown.label}: ${shown.follows}`}
      </p>
    </section>
  );
});

/** Why nothing can be decided here at this moment. */
export function WaitsNotice({ task }: { task: ReviewTask }) {
  if (task.waits === "changes")
    return (
      <Notice kind="info" title="It was sent back">
        Once who asked for it has changed it, it is checked again and comes back here.
      </Notice>
    );
  return task.waits ? (
    <Notice kind="info" title="A supervisor put it on hold">
      A supervisor can let it go on.
    </Notice>
  ) : null;
}
