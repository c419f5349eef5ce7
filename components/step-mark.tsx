import { classNames } from "./class-names";

/** A step's kind decides its shape: people are diamonds, machines circles, ends squares. */
export type StepKind = "decision" | "task" | "effect" | "wait" | "end";

/** Where an order is with a step: behind it, working on it, waiting there, stuck there, still to come, or past without it. */
export type StepState = "done" | "current" | "waiting" | "attention" | "future" | "skipped";

const fills: Record<StepState, string> = {
  done: "fill-accent stroke-accent",
  current: "fill-accent-tint stroke-accent",
  waiting: "fill-hold stroke-hold",
  attention: "fill-bad stroke-bad",
  future: "fill-surface stroke-edge",
  skipped: "fill-surface stroke-edge [stroke-dasharray:2_2]",
};

const circle = "M12 5a7 7 0 1 1 0 14a7 7 0 1 1 0-14z";
const shapes: Record<StepKind, string> = {
  task: "M12 2.5l9.5 9.5-9.5 9.5L2.5 12z",
  decision: circle,
  effect: circle,
  wait: circle,
  end: "M6 6h12v12H6z",
};

export type StepMarkProps = { kind: StepKind; state?: StepState; className?: string };

/** The sign of a step, with what is going on there. Nothing in it that is not also said in words beside it. */
export function StepMark({ kind, state = "future", className }: StepMarkProps) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      className={classNames("mark relative shrink-0", className)}
      strokeWidth="2"
    >
      <path d={shapes[kind]} className={fills[state]} />
      {state === "done" && <path d="M8.7 12.2l2.3 2.3 4.3-4.6" fill="none" className="stroke-accent-ink" />}
      {state === "waiting" && <path d="M10.3 9.3v5.4M13.7 9.3v5.4" className="stroke-surface" />}
      {state === "attention" && <path d="M12 8.5v4.3M12 14.8v.7" className="stroke-bad-ink" />}
      {state === "current" && (
        <circle cx="12" cy="12" r="2" className="fill-accent motion-safe:animate-pulse" />
      )}
    </svg>
  );
}
