"use client";

import { LoaderCircle } from "lucide-react";
import { useCallback, useId, useState } from "react";
import { Button } from "./button";
import { TextArea } from "./field";
import { Unreached, useFormAction } from "./form-action";
import { HiddenFields } from "./hidden-fields";
import { type Refusal, RefusalSummary } from "./refusal";
import { type PendingDecision, type UndoState, UndoStrip } from "./undo-strip";
import { verdictVariants } from "./verdict";

/** One of the definition's own outcomes. */
export type Verdict = {
  /** What the definition calls it: `approve`. */
  value: string;
  /** What the button says: "Approve". */
  label: string;
  tone: "positive" | "neutral" | "negative";
  /** Set when a note must go with it. */
  needsNote?: boolean;
  /** Set when this person may not give it: why, and who can, in one sentence each. */
  blocked?: { reason: string; whoCan: string };
};

/** What the action answers. A refusal carries the note back, so that it survives without scripts too. */
export type DecisionState =
  | { status: "idle" }
  | { status: "decided"; decision: PendingDecision }
  | ({ status: "refused"; note: string } & Refusal);

export type DecisionFormProps = {
  order: string;
  task: string;
  visit: number;
  /** The hash over what is shown here; the decision is about exactly that. */
  evidenceHash: string;
  /** Made anew each time the server draws the form: pressing twice is deciding once. */
  commandId: string;
  verdicts: readonly Verdict[];
  /**
   * Gets `order`, `task`, `visit`, `evidenceHash`, `commandId`, `verdict`, `note`. It should have the page drawn
   * again, and the page may then show an `UndoStrip` in this form's place.
   */
  action: (state: DecisionState, data: FormData) => Promise<DecisionState>;
  undo: (state: UndoState, data: FormData) => Promise<UndoState>;
};

const either = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** The verdicts one may give on a task, with a note; those one may not give say why and who can. */
export function DecisionForm(props: DecisionFormProps) {
  const { order, task, visit, evidenceHash, commandId, verdicts, action, undo } = props;
  const reasonId = useId();
  const [state, formAction, pending, lost] = useFormAction(action, { status: "idle" });
  const [pressed, setPressed] = useState<string>();
  const [withdrawn, setWithdrawn] = useState<DecisionState>();
  const onWithdrawn = useCallback(() => setWithdrawn(state), [state]);

  if (state.status === "decided" && withdrawn !== state) {
    return <UndoStrip decision={state.decision} undo={undo} onWithdrawn={onWithdrawn} />;
  }

  const refused = state.status === "refused" ? state : undefined;
  const reasons = sharedReasons(verdicts).map((reason, index) => ({ ...reason, id: `${reasonId}-${index}` }));
  const needNote = verdicts
    .filter((verdict) => verdict.needsNote && !verdict.blocked)
    .map(({ label }) => label);
  const open = verdicts.some((verdict) => !verdict.blocked);

  return (
    <form action={formAction} className="grid gap-3" aria-busy={pending || undefined}>
      <Unreached lost={lost} />
      {refused && <RefusalSummary refusal={refused} labels={{ note: "Note", verdict: "Verdict" }} />}
      <HiddenFields values={{ order, task, visit, evidenceHash, commandId }} />
      {open && (
        <TextArea
          name="note"
          label="Note"
          hint={needNote.length > 0 ? `Needed to ${either.format(needNote).toLowerCase()}.` : undefined}
          unmarked={needNote.length > 0}
          error={refused?.fieldErrors?.note}
          defaultValue={refused?.note}
          maxLength={4_000}
        />
      )}
      <div className="flex flex-wrap gap-2">
        {verdicts.map((verdict) => {
          const reason = reasons.find(({ those }) => those.includes(verdict));
          const idle = Boolean(reason) || pending;
          return (
            <Button
              key={verdict.value}
              // A verdict one may not give keeps its place in the tab order, so that its reason can be heard.
              type={idle ? "button" : "submit"}
              name="verdict"
              value={verdict.value}
              variant={verdictVariants[verdict.tone]}
              aria-disabled={idle || undefined}
              aria-describedby={reason?.id}
              className="max-sm:flex-1"
              onClick={() => setPressed(verdict.value)}
            >
              {pending && pressed === verdict.value && (
                <LoaderCircle aria-hidden="true" className="size-4 motion-safe:animate-spin" />
              )}
              {verdict.label}
            </Button>
          );
        })}
      </div>
      {reasons.map(({ id, sentence, those }) => (
        <p key={id} id={id} className="text-[0.8125rem] text-ink-muted">
          {those.length < verdicts.length && (
            <span className="font-medium text-ink">{those.map(({ label }) => label).join(", ")}: </span>
          )}
          {sentence}
        </p>
      ))}
    </form>
  );
}

/** The verdicts that are blocked, by the sentence that says why: one reason is said once. */
function sharedReasons(verdicts: readonly Verdict[]): { sentence: string; those: Verdict[] }[] {
  const bySentence = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    if (!verdict.blocked) continue;
    const sentence = `${verdict.blocked.reason} ${verdict.blocked.whoCan}`;
    bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), verdict]);
  }
  return [...bySentence].map(([sentence, those]) => ({ sentence, those }));
}
