import type { Route } from "next";
import Link from "next/link";
import { classNames } from "./class-names";
import { type StepKind, StepMark, type StepState } from "./step-mark";
import { type DrawnLine, layOut, measures, type WorkflowLayout } from "./workflow-layout";

export type WorkflowStep = {
  id: string;
  title: string;
  kind: StepKind;
  /** Where one order is with it; without it the drawing is of no order. */
  state?: StepState;
  /** What is to say here: "Approved by Ana", "12 orders". Without it the state's own word stands. */
  note?: string;
  /** Times the order has been here, when more than once. */
  visits?: number;
  /** How much is at this step now, in words: "12", "1,000+". */
  count?: string;
  /** Where its title leads. */
  href?: Route;
};

/** A way from one step to another: what has to happen for it, and whether the order went it. */
export type WorkflowEdge = { from: string; to: string; label?: string; taken?: boolean };

export type WorkflowDrawingProps = {
  /** The first one is where the workflow begins. */
  steps: readonly WorkflowStep[];
  edges: readonly WorkflowEdge[];
  /** What is drawn: "The way of the order". */
  label: string;
};

const words: Record<StepState, string> = {
  done: "Done",
  current: "Working",
  waiting: "Waiting",
  attention: "Needs attention",
  future: "To come",
  skipped: "Not taken",
};

const boxes: Record<StepState, string> = {
  done: "@5xl:border-accent @5xl:bg-surface",
  current: "@5xl:border-accent @5xl:bg-accent-tint",
  waiting: "@5xl:border-hold @5xl:bg-warn-tint",
  attention: "@5xl:border-bad @5xl:bg-bad-tint",
  future: "@5xl:border-dashed @5xl:border-edge @5xl:bg-surface",
  skipped: "@5xl:border-dashed @5xl:border-line @5xl:bg-surface",
};

const here: ReadonlySet<StepState | undefined> = new Set(["current", "waiting", "attention"]);

// Written out, because a class has to stand in the source to be there; a workflow beyond them is shown as the list it is.
const columnClasses = [
  "@5xl:col-start-1",
  "@5xl:col-start-2",
  "@5xl:col-start-3",
  "@5xl:col-start-4",
  "@5xl:col-start-5",
  "@5xl:col-start-6",
  "@5xl:col-start-7",
  "@5xl:col-start-8",
  "@5xl:col-start-9",
  "@5xl:col-start-10",
];
const laneClasses = [
  "@5xl:row-start-1",
  "@5xl:row-start-2",
  "@5xl:row-start-3",
  "@5xl:row-start-4",
  "@5xl:row-start-5",
];
const aboveClasses = ["", "@5xl:pt-6", "@5xl:pt-12", "@5xl:pt-18", "@5xl:pt-24"];
const belowClasses = ["", "@5xl:pb-6", "@5xl:pb-12", "@5xl:pb-18", "@5xl:pb-24"];
const columns_that_fit = 5;

function isDrawable({ columns, lanes, above, below }: WorkflowLayout<WorkflowEdge>): boolean {
  return (
    columns <= columnClasses.length &&
    lanes <= laneClasses.length &&
    above < aboveClasses.length &&
    below < belowClasses.length
  );
}

/**
 * A workflow as its definition says it, with where an order is or how much is at each step: one list of steps, which stands
 * as a drawing where there is room, and downwards as a list where not.
 */
export function WorkflowDrawing({ steps, edges, label }: WorkflowDrawingProps) {
  const layout = layOut(steps, edges);
  const drawn = isDrawable(layout);
  const titles = new Map(steps.map(({ id, title }) => [id, title]));
  return (
    <div className="@container">
      {/* Only a workflow too long for the page scrolls, and what scrolls must be reachable by keyboard. */}
      <div
        {...(drawn && layout.columns > columns_that_fit
          ? { tabIndex: 0, role: "group", "aria-label": label, className: "overflow-x-auto" }
          : {})}
      >
        <div className={classNames("relative", drawn && "@5xl:mx-auto @5xl:w-max")}>
          {drawn && <Lines layout={layout} />}
          <ol
            aria-label={label}
            className={classNames(
              "grid",
              drawn && "@5xl:relative @5xl:auto-rows-[5.5rem] @5xl:gap-x-17.5 @5xl:gap-y-10",
              drawn && aboveClasses[layout.above],
              drawn && belowClasses[layout.below],
            )}
          >
            {steps.map((step, index) => {
              const place = layout.places.get(step.id);
              return (
                <li
                  key={step.id}
                  aria-current={here.has(step.state) ? "step" : undefined}
                  className={classNames(
                    "relative flex gap-2.5 pb-4 last:pb-0",
                    drawn &&
                      "@5xl:h-22 @5xl:w-37 @5xl:gap-1.5 @5xl:rounded-md @5xl:border @5xl:px-2 @5xl:py-1.5 @5xl:last:pb-1.5",
                    drawn && columnClasses[place?.column ?? 0],
                    drawn && laneClasses[place?.lane ?? 0],
                    drawn && (step.state ? boxes[step.state] : "@5xl:border-edge @5xl:bg-surface"),
                  )}
                >
                  {index < steps.length - 1 && step.kind !== "end" && (
                    <span
                      aria-hidden="true"
                      className={classNames(
                        "absolute top-6 bottom-0 left-[11px] border-l-2",
                        drawn && "@5xl:hidden",
                        step.state === "done" ? "border-accent" : "border-dashed border-edge",
                      )}
                    />
                  )}
                  <StepMark
                    kind={step.kind}
                    state={step.state}
                    className={classNames("size-6", drawn && "@5xl:-mt-px @5xl:-ml-0.5 @5xl:size-5")}
                  />
                  <StepWords step={step} edges={edges} titles={titles} drawn={drawn} />
                </li>
              );
            })}
          </ol>
        </div>
      </div>
    </div>
  );
}

/** Of several ends an order comes to one, so none of them is yet to come. */
function stateWords(kind: StepKind, state: StepState): string {
  return kind === "end" && state === "future" ? "Not reached" : words[state];
}

function StepWords({
  step: { id, title, kind, state, note, visits, count, href },
  edges,
  titles,
  drawn,
}: {
  step: WorkflowStep;
  edges: readonly WorkflowEdge[];
  titles: ReadonlyMap<string, string>;
  drawn: boolean;
}) {
  const ways = edges.filter(({ from, label }) => from === id && label);
  return (
    <div className="min-w-0 flex-1">
      <p
        className={classNames(
          "flex items-baseline justify-between gap-1 leading-6",
          drawn && "@5xl:leading-4.5",
          here.has(state) ? "font-semibold" : "font-medium",
          state === "skipped" && "text-ink-muted",
        )}
      >
        <span>
          {href ? (
            <Link href={href} className="hover:underline">
              {title}
            </Link>
          ) : (
            title
          )}
          {visits !== undefined && visits > 1 && (
            <span className="font-normal whitespace-nowrap text-ink-muted"> · {visits} times</span>
          )}
        </span>
        {count !== undefined && (
          <span className="rounded-sm bg-sunken px-1 text-xs leading-5 font-semibold tabular-nums">
            {count}
          </span>
        )}
      </p>
      {(note || state) && (
        <p
          title={note}
          className={classNames(
            "text-xs wrap-anywhere",
            state && here.has(state) ? "text-ink" : "text-ink-muted",
            drawn && "@5xl:line-clamp-2",
          )}
        >
          {note ?? (state && stateWords(kind, state))}
        </p>
      )}
      {note && state && <p className="sr-only">{stateWords(kind, state)}</p>}
      {ways.length > 0 && (
        <p className={classNames("text-xs text-ink-muted", drawn && "@5xl:sr-only")}>
          {ways.map(({ to, label }) => `${label}: ${titles.get(to) ?? to}`).join(" · ")}
        </p>
      )}
    </div>
  );
}

function Lines({ layout }: { layout: WorkflowLayout<WorkflowEdge> }) {
  // What the order went lies over what it did not.
  const lines = layout.lines.toSorted(
    (one, other) => Number(one.edge.taken ?? false) - Number(other.edge.taken ?? false),
  );
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      className="absolute inset-0 hidden size-full overflow-visible @5xl:block"
      fill="none"
    >
      {lines.map((line) => (
        <Line key={`${line.edge.from} ${line.edge.to}`} line={line} />
      ))}
      {lines.map(({ edge, label }) =>
        label?.lines.map((words, index) => (
          <text
            key={`${edge.from} ${edge.to} ${words}`}
            x={label.x}
            y={label.y + index * measures.text}
            textAnchor="middle"
            strokeWidth="5"
            className={classNames(
              "stroke-surface text-[11px] [paint-order:stroke]",
              edge.taken ? "fill-ink font-medium" : "fill-ink-muted",
            )}
          >
            {words}
          </text>
        )),
      )}
    </svg>
  );
}

function Line({ line: { edge, path, head, back } }: { line: DrawnLine<WorkflowEdge> }) {
  return (
    <g className={edge.taken ? "stroke-accent" : "stroke-edge"} strokeWidth={edge.taken ? 2 : 1.25}>
      <path d={path} strokeDasharray={back ? "5 4" : undefined} />
      <path d={head} strokeLinecap="round" strokeLinejoin="round" />
    </g>
  );
}
