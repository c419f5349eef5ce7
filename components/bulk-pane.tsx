"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type BulkResult, decideMany, fetchMatching, type Matching } from "./bulk-client";
import { Button } from "./button";
import { newCommandId } from "./command-id";
import type { Verdict } from "./decision-form";
import { useDrawnFor } from "./drawn-for";
import { TextArea } from "./field";
import { formatNumber, type Instant } from "./format";
import { Notice } from "./notice";
import { Progress } from "./progress";
import { AnswerError } from "./queue-client";
import type { QueueLine } from "./queue-lines";
import type { ReviewTask } from "./review-data";
import { useOnePress } from "./use-one-press";
import { missingNote, verdictVariants } from "./verdict";

export type BulkPaneProps = {
  /** The cut of the queue, and when its list was last shown as it is. */
  view: string;
  asOf: Instant;
  selected: readonly QueueLine[];
  /** What was selected, and is over before it could be decided here. */
  lost: readonly QueueLine[];
  loaded: number;
  everythingLoaded: boolean;
  /** A task of the kind that is selected: which verdicts there are. */
  task: ReviewTask | undefined;
  /** Called when a job begins: the pane stays until it is left, whatever is still selected. */
  onBegun(): void;
  onSelectAll(): void;
  onClear(): void;
  onDecided(keys: readonly string[]): void;
  onEnded(): Promise<void>;
  say(words: string): void;
};

type Run = {
  label: string;
  total: number | null;
  decided: number;
  failed: readonly { key: string; title: string; why: string }[];
  state: "running" | "ended" | "stopped";
  trouble?: string;
};

/** One verdict on everything selected, with progress, a result for each, and a way to stop. */
export function BulkPane(props: BulkPaneProps) {
  const { view, asOf, selected, loaded, everythingLoaded, task, onDecided, onEnded, say } = props;
  const drawnFor = useDrawnFor() ?? "";
  const [note, setNote] = useState("");
  const [all, setAll] = useState(false);
  const [run, setRun] = useState<Run | null>(null);
  const stop = useRef<AbortController | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const noteField = useRef<HTMLTextAreaElement>(null);
  const [lacking, setLacking] = useState("");
  useEffect(() => {
    // The verdicts go when a job begins: who pressed one is led on by what is said of it.
    if (run?.state && document.activeElement === document.body) heading.current?.focus();
  }, [run?.state]);
  const steps = new Set(selected.map(({ step }) => step));
  const mixed = steps.size > 1;
  const beyond = selected.length === loaded && !everythingLoaded;
  const step = [...steps][0];
  const { data: matching } = useQuery({
    queryKey: ["matching", view, step, asOf],
    queryFn: ({ signal }) => fetchMatching({ view, step: step ?? "", asOf }, signal),
    enabled: beyond && !mixed && step !== undefined,
  });
  // Nobody decides what they have not been told the number of.
  const everything = all && beyond && matching !== undefined;
  const [confirming, setConfirming] = useState("");
  const [justPressed, pressed] = useOnePress();
  const many = everything ? `all ${inWords(matching)}` : formatNumber(selected.length);

  async function start(verdict: Verdict) {
    if (!task || mixed || justPressed) return;
    if (verdict.needsNote && !note.trim()) {
      setLacking(missingNote(verdict));
      return noteField.current?.focus();
    }
    setLacking("");
    pressed();
    const asked = `${verdict.value} ${many}`;
    if (confirming !== asked) {
      setConfirming(asked);
      return say(`${verdict.label} ${many} cannot be taken back. Do it once more to confirm.`);
    }
    setConfirming("");
    const titles = new Map(selected.map(({ key, title }) => [key, title]));
    const controller = new AbortController();
    stop.current = controller;
    props.onBegun();
    setRun({
      label: verdict.label,
      total: everything ? (matching.more ? null : matching.count) : selected.length,
      decided: 0,
      failed: [],
      state: "running",
    });
    const take = (results: readonly BulkResult[]) => {
      onDecided(results.filter(({ done }) => done).map(({ key }) => key));
      setRun((before) => before && added(before, results, titles));
    };
    let trouble: string | undefined;
    try {
      await decideMany(
        {
          job: newCommandId(),
          drawnFor,
          step: step ?? task.step,
          verdict: verdict.value,
          note,
          asOf,
          tasks: everything ? { view } : selected.map(({ order, visit }) => ({ order, visit })),
        },
        take,
        controller.signal,
      );
    } catch (error) {
      if (!controller.signal.aborted)
        trouble =
          error instanceof AnswerError
            ? error.message
            : "The console could not be reached any more. What was decided is decided; the others are still selected.";
    }
    const state = controller.signal.aborted ? "stopped" : "ended";
    setRun((before) => before && { ...before, state, trouble });
    say(`${verdict.label}: ${state === "stopped" ? "stopped" : "done"}.`);
    await onEnded();
  }

  return (
    <section aria-label="Selected orders" className="row-span-3 grid content-start gap-4 overflow-y-auto p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 ref={heading} tabIndex={-1} className="text-lg">
          {selected.length === 0 ? "Nothing is selected any more" : `${many} selected`}
        </h2>
        <Button variant="quiet" onClick={props.onClear}>
          {selected.length === 0 ? "Back to the orders" : "Clear the selection"}
        </Button>
      </div>
      {run?.state !== "running" && selected.length > 0 && (
        <p className="flex flex-wrap gap-x-3 text-[0.8125rem] text-ink-muted">
          {selected.length < loaded && (
            <button
              type="button"
              className="min-h-6 font-medium text-accent hover:underline"
              onClick={props.onSelectAll}
            >
              Select all {formatNumber(loaded)} that are loaded
            </button>
          )}
          {beyond && !all && matching && (
            <button
              type="button"
              className="min-h-6 font-medium text-accent hover:underline"
              onClick={() => setAll(true)}
            >
              Select all {inWords(matching)} that match
            </button>
          )}
        </p>
      )}
      {!run && props.lost.length > 0 && (
        <Notice kind="warning" title="Others were faster" announce>
          <ul>
            {props.lost.map(({ key, title }) => (
              <li key={key} className="wrap-anywhere">
                {title} is decided or changed, and no longer selected.
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {run && <Outcome run={run} onStop={() => stop.current?.abort()} />}
      {mixed ? (
        <Notice kind="info" title="These are not of one kind">
          Orders at different steps have different verdicts. Select orders at one step.
        </Notice>
      ) : (
        run?.state !== "running" &&
        selected.length > 0 &&
        task && (
          <div className="grid gap-3">
            <TextArea
              ref={noteField}
              name="note"
              label="Note for each of them"
              unmarked
              value={note}
              rows={2}
              maxLength={4_000}
              error={lacking}
              onChange={({ target }) => {
                setNote(target.value);
                setLacking("");
              }}
            />
            <div className="flex flex-wrap gap-2">
              {task.verdicts.map((verdict) => (
                <Button
                  key={verdict.value}
                  variant={verdictVariants[verdict.tone]}
                  aria-disabled={justPressed || undefined}
                  onClick={() => void start(verdict)}
                >
                  {verdict.label} {many}
                  {confirming === `${verdict.value} ${many}` && " for good"}
                </Button>
              ))}
            </div>
            <p className="text-xs text-ink-muted">
              {confirming.endsWith(` ${many}`)
                ? "Press once more: these decisions take effect at once and cannot be taken back."
                : "These decisions take effect at once and cannot be taken back."}{" "}
              What others decide or change meanwhile is left out and named.
            </p>
          </div>
        )
      )}
    </section>
  );
}

function inWords({ count, more }: Matching): string {
  return `${formatNumber(count)}${more ? "+" : ""}`;
}

function added(before: Run, results: readonly BulkResult[], titles: ReadonlyMap<string, string>): Run {
  const failed = results.flatMap((result) =>
    result.done
      ? []
      : [{ key: result.key, title: titles.get(result.key) ?? result.number ?? result.key, why: result.why }],
  );
  return {
    ...before,
    decided: before.decided + results.length - failed.length,
    failed: [...before.failed, ...failed],
  };
}

function Outcome({ run, onStop }: { run: Run; onStop(): void }) {
  const { label, total, decided, failed, state, trouble } = run;
  const looked = decided + failed.length;
  return (
    <div className="grid gap-3">
      {state === "running" ? (
        <div className="grid gap-2">
          <Progress label={label} done={looked} total={total} unit="orders" />
          <Button onClick={onStop} className="justify-self-start">
            Stop
          </Button>
        </div>
      ) : (
        <Notice
          kind={trouble ? "error" : failed.length > 0 ? "warning" : "success"}
          title={`${label}: ${formatNumber(decided)} decided${failed.length > 0 ? `, ${formatNumber(failed.length)} not` : ""}${state === "stopped" ? ", then stopped" : ""}.`}
          announce
        >
          {trouble}
        </Notice>
      )}
      {failed.length > 0 && (
        <ul
          aria-label="Not decided"
          className="grid max-h-64 gap-1 overflow-y-auto rounded-md border border-line p-2 text-[0.8125rem]"
        >
          {failed.map(({ key, title, why }) => (
            <li key={key}>
              <span className="font-medium">{title}</span>: <span className="text-ink-muted">{why}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
