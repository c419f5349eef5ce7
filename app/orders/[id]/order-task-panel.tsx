import { randomUUID } from "node:crypto";
import type { OfferedVerdict, OrderTask } from "#lib/queries/order-tasks";
import { CommandForm } from "../../../components/command-form";
import { Countdown } from "../../../components/countdown";
import { DecisionForm, type Verdict } from "../../../components/decision-form";
import { formatExact, type ViewTime } from "../../../components/format";
import { HandOverForm } from "../../../components/hand-over-form";
import { Moment } from "../../../components/moment";
import { Panel } from "../../../components/panel";
import { UndoStrip } from "../../../components/undo-strip";
import { TaskBadge } from "../../status-badges";
import { pausedWords } from "../../task-rows";
import { claim, decide, handOver, release, takeOver, withdraw } from "../actions";

const tones: Record<OfferedVerdict["kind"], Verdict["tone"]> = {
  onward: "positive",
  sendBack: "neutral",
  rejects: "negative",
};

const paused: Record<NonNullable<OrderTask["pausedWhy"]>, string> = {
  changes: "It was sent back. Once who asked for it has changed it, it is checked again and comes back here.",
  supervisor: "A supervisor put it on hold and can let it go on.",
};

/** One open task: how much time is left, who holds it, and the verdicts, each with the reason when it is not to be had. */
export function OrderTaskPanel({ order, task, view }: { order: string; task: OrderTask; view: ViewTime }) {
  const place = { order, task: task.step, visit: task.visit };
  return (
    <Panel
      title={task.title}
      aside={
        <div className="flex flex-wrap items-center gap-2">
          {!task.pausedWhy && <TaskBadge status={task.status} />}
          {!task.decision && (
            <Countdown
              sla={{
                breachAt: task.breachAt,
                goal_ms: task.goal_ms,
                pausedWhy: pausedWords(task.pausedWhy),
              }}
              now={view.now}
              dueText={task.breachAt ? formatExact(task.breachAt, view) : undefined}
            />
          )}
        </div>
      }
    >
      <div className="grid gap-4">
        <Holder task={task} place={place} />
        {task.decision ? (
          <Pending task={task} place={place} view={view} />
        ) : task.pausedWhy ? (
          <p className="text-ink-muted">{paused[task.pausedWhy]}</p>
        ) : (
          <DecisionForm
            {...place}
            evidenceHash={task.evidence}
            commandId={randomUUID()}
            verdicts={task.verdicts.map(({ verdict, label, kind, blocked }) => ({
              value: verdict,
              label,
              tone: tones[kind],
              needsNote: kind === "sendBack",
              blocked: blocked ?? undefined,
            }))}
            action={decide}
            undo={withdraw}
          />
        )}
      </div>
    </Panel>
  );
}

type Place = { order: string; task: string; visit: number };

function Holder({ task, place }: { task: OrderTask; place: Place }) {
  const form = { hidden: { ...place, commandId: randomUUID() }, size: "small" } as const;
  const offered = task.mayClaim || task.mayRelease || task.mayTakeOver || task.mayHandTo.length > 0;
  if (task.decision || (!task.owner && !offered)) return null;
  return (
    <div className="flex flex-wrap items-start justify-between gap-3">
      <p className="text-ink-muted">
        {task.owner ? `Claimed by ${task.mine ? "you" : task.owner}` : "Nobody has claimed it"}
        {task.escalated && ", and its time was up"}.
      </p>
      <div className="flex flex-wrap gap-2">
        {task.mayClaim && <CommandForm {...form} action={claim} label="Claim" />}
        {task.mayRelease && <CommandForm {...form} action={release} label="Give back" />}
        {task.mayTakeOver && (
          <CommandForm
            {...form}
            action={takeOver}
            label="Take over"
            note={{ label: "Why you take it over", required: true }}
          />
        )}
        {task.mayHandTo.length > 0 && (
          <HandOverForm action={handOver} hidden={form.hidden} people={task.mayHandTo} />
        )}
      </div>
    </div>
  );
}

function Pending({ task, place, view }: { task: OrderTask; place: Place; view: ViewTime }) {
  const { decision } = task;
  if (!decision) return null;
  if (decision.mine) {
    return (
      <UndoStrip
        decision={{
          ...place,
          verdict: decision.participle,
          effectiveAt: decision.effectiveAt,
          now: view.now,
          commandId: randomUUID(),
        }}
        undo={withdraw}
      />
    );
  }
  return (
    <p>
      {decision.participle} by {decision.by}. It takes effect at{" "}
      <Moment at={decision.effectiveAt} view={view} as="timeOfDay" /> unless it is taken back before.
    </p>
  );
}
