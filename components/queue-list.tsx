"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { User } from "lucide-react";
import { type KeyboardEvent, memo, type Ref, useEffect, useRef } from "react";
import { classNames } from "./class-names";
import { Countdown } from "./countdown";
import { formatExact, formatRelative, type ViewTime } from "./format";
import type { QueueLine, QueueState } from "./queue-lines";

export type QueueListProps = {
  state: QueueState;
  /** The lines that are drawn: those of the state, or what a filter leaves of them. */
  lines: readonly QueueLine[];
  label: string;
  view: ViewTime;
  onFocusLine(key: string): void;
  onToggle(key: string): void;
  onKeyDown(event: KeyboardEvent<HTMLElement>): void;
  /** Called when the end comes into sight. */
  onEnd(): void;
  grid: Ref<HTMLTableElement>;
};

const row_px = 48;

/**
 * The lines of the queue as a grid of which only what is in sight is drawn. The grid itself has the keyboard focus; which
 * line one is at is told by `aria-activedescendant`. Without scripts the first lines are links to their orders.
 */
export function QueueList(props: QueueListProps) {
  const { state, lines, label, view, onFocusLine, onToggle, onKeyDown, onEnd, grid } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => row_px,
    getItemKey: (index) => lines[index]?.key ?? index,
    initialRect: { width: 400, height: 14 * row_px },
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const nearEnd = state.next !== null && last >= lines.length - 10;
  useEffect(() => {
    if (nearEnd) onEnd();
  }, [nearEnd, onEnd]);
  const at = lines.findIndex(({ key }) => key === state.focus);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [at, virtual]);

  return (
    <div
      ref={scroller}
      className="h-full overflow-y-auto overscroll-contain has-[table:focus-visible]:outline-2 has-[table:focus-visible]:-outline-offset-2 has-[table:focus-visible]:outline-accent"
    >
      <table
        ref={grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table one works in
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={state.next === null ? lines.length : -1}
        aria-multiselectable="true"
        aria-activedescendant={at >= 0 ? idOf(lines[at]!.key) : undefined}
        onKeyDown={onKeyDown}
        className="group/grid block outline-none"
      >
        {/* Rows follow one another, so that one that leaves changes no style of those after it. */}
        <tbody className="block" style={{ height: virtual.getTotalSize(), paddingTop: items[0]?.start ?? 0 }}>
          {items.map(({ index }) => {
            const line = lines[index]!;
            return (
              <Line
                key={line.key}
                line={line}
                index={index}
                here={index === at}
                selected={state.selected.has(line.key)}
                over={state.over.has(line.key)}
                view={view}
                onFocusLine={onFocusLine}
                onToggle={onToggle}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function idOf(key: string): string {
  return `line-${key.replace(/[^\w-]/g, "_")}`;
}

type LineProps = {
  line: QueueLine;
  index: number;
  here: boolean;
  selected: boolean;
  over: boolean;
  view: ViewTime;
} & Pick<QueueListProps, "onFocusLine" | "onToggle">;

function Line({ line, index, here, selected, over, view, onFocusLine, onToggle }: LineProps) {
  return (
    <tr
      id={idOf(line.key)}
      tabIndex={-1}
      aria-rowindex={index + 1}
      aria-selected={selected}
      onClick={() => onFocusLine(line.key)}
      className={classNames(
        "grid h-12 cursor-default grid-cols-[1.75rem_minmax(0,1fr)_auto] items-center gap-x-1 border-b border-line pr-3 pl-1.5 contain-content outline-none",
        here
          ? "bg-accent-tint group-focus/grid:shadow-[inset_3px_0_0_var(--color-accent)]"
          : "hover:bg-sunken/60",
        here && "shadow-[inset_3px_0_0_var(--color-line)]",
        over && "opacity-60",
      )}
    >
      <Cells line={line} selected={selected} over={over} view={view} onToggle={onToggle} />
    </tr>
  );
}

/** What a line says, drawn again only when that changes: a line taken away moves all others, and moving is all they do. */
const Cells = memo(function Cells({
  line,
  selected,
  over,
  view,
  onToggle,
}: Pick<LineProps, "line" | "selected" | "over" | "view" | "onToggle">) {
  return (
    <>
      <td className="grid place-items-center">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={selected}
          disabled={over}
          onChange={() => onToggle(line.key)}
          onClick={(event) => event.stopPropagation()}
          aria-label={`Select ${line.title}`}
          className="size-4 accent-accent"
        />
      </td>
      <td className="grid min-w-0 gap-0.5">
        <a
          href={line.orderHref}
          tabIndex={-1}
          onClick={(event) => {
            // With a modifier it is a link like any other.
            if (!event.metaKey && !event.ctrlKey && !event.shiftKey) event.preventDefault();
          }}
          className="truncate text-[0.8125rem] leading-4.5 font-semibold"
        >
          {line.title}
        </a>
        <span className="flex min-w-0 items-center gap-1.5 text-xs leading-4 text-ink-muted">
          {over ? (
            <span className="font-medium text-ink">No longer open</span>
          ) : (
            <Countdown
              sla={line.sla}
              now={view.now}
              dueText={line.sla.breachAt ? formatExact(line.sla.breachAt, view) : undefined}
              compact
            />
          )}
          <span className="truncate">{line.reasons.join(", ")}</span>
        </span>
      </td>
      <td className="grid justify-items-end gap-0.5 text-xs leading-4 text-ink-muted">
        <span className="text-[0.8125rem] leading-4.5 font-medium text-ink tabular-nums">{line.amount}</span>
        {line.claimedBy ? (
          <span className="flex max-w-28 items-center gap-1 text-ink">
            <User aria-hidden="true" className="size-3 shrink-0" />
            <span className="sr-only">Claimed by </span>
            <span className="truncate">{line.mine ? "You" : line.claimedBy}</span>
          </span>
        ) : (
          <span title={`Waiting since ${formatExact(line.age, view)}`}>{formatRelative(line.age, view)}</span>
        )}
      </td>
    </>
  );
});
