import { classNames } from "./class-names";

/** A step's kind decides its shape: people are diamonds, machines circles, ends squares. */
export type StepKind = "decision" | "task" | "effect" | "wait" | "end";

/** Where the order is with a step: behind it, working on it, waiting there, stuck there, still to come, or past without it. */
export type StepState = "done" | "current" | "waiting" | "attention" | "future" | "skipped";

export type PathStep = {
  id: string;
  title: string;
  kind: StepKind;
  state: StepState;
  /** What is to say here: "Approved by Ana", "Waits for the carrier". Without it the state's own word stands. */
  note?: string;
  /** Times the order has been here, when more than once. */
  visits?: number;
};
export type StepPathProps = { steps: readonly PathStep[] };

const words: Record<StepState, string> = {
  done: "Done",
  current: "Working",
  waiting: "Waiting",
  attention: "Needs attention",
  future: "To come",
  skipped: "Not taken",
};

const fills: Record<StepState, string> = {
  done: "fill-accent stroke-accent",
  current: "fill-accent-tint stroke-accent",
  waiting: "fill-hold stroke-hold",
  attention: "fill-bad stroke-bad",
  future: "fill-surface stroke-edge",
  skipped: "fill-surface stroke-edge [stroke-dasharray:2_2]",
};

const shapes: Record<StepKind, string> = {
  task: "M12 2.5l9.5 9.5-9.5 9.5L2.5 12z",
  decision: "M12 5a7 7 0 1 1 0 14a7 7 0 1 1 0-14z",
  effect: "M12 5a7 7 0 1 1 0 14a7 7 0 1 1 0-14z",
  wait: "M12 5a7 7 0 1 1 0 14a7 7 0 1 1 0-14z",
  end: "M6 6h12v12H6z",
};

function Mark({ kind, state }: Pick<PathStep, "kind" | "state">) {
  return (
    <svg aria-hidden="true" viewBox="0 0 24 24" className="relative size-6 shrink-0" strokeWidth="2">
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

const here: ReadonlySet<StepState> = new Set(["current", "waiting", "attention"]);

/** The workflow's steps on a line, with where the order is: across where there is room, downwards where not. */
export function StepPath({ steps }: StepPathProps) {
  return (
    <div className="@container">
      <ol aria-label="Steps" className="flex flex-col @2xl:flex-row">
        {steps.map((step, index) => {
          const last = index === steps.length - 1;
          const travelled = step.state === "done" || step.state === "skipped";
          return (
            <li
              key={step.id}
              aria-current={here.has(step.state) ? "step" : undefined}
              className="relative flex min-w-0 flex-1 gap-3 pb-4 last:pb-0 @2xl:flex-col @2xl:last:flex-none @2xl:gap-1.5 @2xl:pb-0"
            >
              {!last && (
                <span
                  aria-hidden="true"
                  className={classNames(
                    "absolute top-6 bottom-0 left-[11px] border-l-2",
                    "@2xl:top-[11px] @2xl:right-0 @2xl:bottom-auto @2xl:left-6 @2xl:border-t-2 @2xl:border-l-0",
                    travelled ? "border-accent" : "border-dashed border-edge",
                  )}
                />
              )}
              <Mark kind={step.kind} state={step.state} />
              <div className="min-w-0 @2xl:pr-3">
                <p
                  className={classNames(
                    "leading-6 @2xl:leading-5",
                    here.has(step.state) ? "font-semibold" : "font-medium",
                  )}
                >
                  {step.title}
                  {step.visits !== undefined && step.visits > 1 && (
                    <span className="font-normal text-ink-muted"> · {step.visits} times</span>
                  )}
                </p>
                <p className="text-xs text-ink-muted wrap-anywhere">{step.note ?? words[step.state]}</p>
                {step.note && <p className="sr-only">{words[step.state]}</p>}
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
