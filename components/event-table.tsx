import { ChevronRight } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import type { Instant, ViewTime } from "./format";
import { Moment } from "./moment";
import type { PageLinks } from "./pagination";
import { Cell, type Column, ListTable } from "./table-frame";

/** One event of the log, as it is listed by position. */
export type EventRow = {
  pos: number;
  at: Instant;
  /** `<kind>/<id>`. */
  stream: string;
  version: number;
  /** Where the stream can be read, if this person may. */
  streamHref?: Route;
  /** The event's type: `orderReceived`. */
  type: string;
  actor: string;
  /** One plain sentence. */
  sentence: string;
  /** The event's data as JSON. */
  detail: string;
  /** The leaf hash, lower-case hex. */
  leaf: string;
};

export type EventTableProps = {
  caption: string;
  rows: readonly EventRow[];
  view: ViewTime;
  pages?: PageLinks & { summary?: string };
  empty: { title: string; reason: string };
};

const columns: readonly Column[] = [
  { label: "Position", className: "w-16 sm:w-20" },
  { label: "Recorded", from: "lg", className: "w-40" },
  { label: "Stream and version", from: "md", className: "w-52" },
  { label: "Event", from: "sm", className: "w-44" },
  { label: "By", from: "lg", className: "w-36" },
  { label: "What happened" },
];

function shortStream(stream: string): string {
  const slash = stream.indexOf("/");
  const id = stream.slice(slash + 1);
  return id.length > 13 ? `${stream.slice(0, slash + 1)}${id.slice(0, 8)}…` : stream;
}

function StreamVersion({ row }: { row: EventRow }) {
  const text = `${shortStream(row.stream)}@${row.version}`;
  const title = `${row.stream}@${row.version}`;
  return row.streamHref ? (
    <Link
      href={row.streamHref}
      title={title}
      className="inline-block py-0.5 text-accent underline-offset-2 hover:underline"
    >
      {text}
    </Link>
  ) : (
    <span title={title}>{text}</span>
  );
}

/** The log by position: what happened, who did it, and the recorded data one click away. */
export function EventTable({ caption, rows, view, pages, empty }: EventTableProps) {
  return (
    <ListTable
      caption={caption}
      columns={columns}
      fixed
      rows={rows}
      row={(row) => <LogRow key={row.pos} row={row} view={view} />}
      pages={pages}
      empty={empty}
    />
  );
}

function LogRow({ row, view }: { row: EventRow; view: ViewTime }) {
  return (
    <tr id={`pos-${row.pos}`} className="align-baseline target:bg-accent-tint">
      <Cell className="font-mono text-xs wrap-anywhere tabular-nums">{row.pos}</Cell>
      <Cell from="lg" className="text-xs text-ink-muted">
        <Moment at={row.at} view={view} as="instant" />
      </Cell>
      <Cell from="md" className="font-mono text-xs wrap-anywhere">
        <StreamVersion row={row} />
      </Cell>
      <Cell from="sm" className="font-mono text-xs wrap-anywhere">
        {row.type}
      </Cell>
      <Cell from="lg" className="wrap-anywhere">
        {row.actor}
      </Cell>
      <Cell>
        <p className="font-mono text-xs text-ink-muted sm:hidden">{row.type}</p>
        <details>
          <summary className="flex min-h-6 list-none items-baseline gap-2 rounded-sm">
            <span className="min-w-0 flex-1 wrap-anywhere">{row.sentence}</span>
            <ChevronRight
              aria-hidden="true"
              className="size-3.5 shrink-0 self-center text-ink-muted motion-safe:transition-transform in-[details[open]>summary]:rotate-90"
            />
          </summary>
          <div className="grid gap-1.5 py-2 text-xs">
            <p className="font-mono text-ink-muted wrap-anywhere">Leaf {row.leaf}</p>
            <pre className="max-h-96 overflow-auto rounded-md border border-line bg-sunken p-3 font-mono leading-relaxed">
              {row.detail}
            </pre>
          </div>
        </details>
        <p className="mt-0.5 flex flex-wrap items-baseline gap-x-2 text-xs text-ink-muted lg:hidden">
          <span>{row.actor}</span>
          <Moment at={row.at} view={view} as="instant" />
          <span className="font-mono md:hidden">
            <StreamVersion row={row} />
          </span>
        </p>
      </Cell>
    </tr>
  );
}
