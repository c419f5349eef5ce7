import { ChevronRight } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { EmptyState } from "./empty-state";
import type { Instant, ViewTime } from "./format";
import { Moment } from "./moment";
import { type PageLinks, Pagination } from "./pagination";

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

const headClass = "px-3 py-2 text-left text-xs font-medium text-ink-muted whitespace-nowrap";

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
  if (rows.length === 0) {
    return (
      <>
        <EmptyState title={empty.title} reason={empty.reason} />
        <Pagination of={caption} {...pages} />
      </>
    );
  }
  return (
    <>
      <div className="overflow-hidden rounded-lg border border-line bg-surface">
        <table className="w-full table-fixed border-collapse">
          <caption className="sr-only">{caption}</caption>
          <thead className="border-b border-line bg-sunken">
            <tr>
              <th scope="col" className={`${headClass} w-20`}>
                Position
              </th>
              <th scope="col" className={`${headClass} hidden w-40 lg:table-cell`}>
                Recorded
              </th>
              <th scope="col" className={`${headClass} hidden w-52 md:table-cell`}>
                Stream and version
              </th>
              <th scope="col" className={`${headClass} hidden w-44 sm:table-cell`}>
                Event
              </th>
              <th scope="col" className={`${headClass} hidden w-36 lg:table-cell`}>
                By
              </th>
              <th scope="col" className={headClass}>
                What happened
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rows.map((row) => (
              <tr key={row.pos} id={`pos-${row.pos}`} className="align-baseline target:bg-accent-tint">
                <td className="px-3 py-1.5 font-mono text-xs tabular-nums">{row.pos}</td>
                <td className="hidden px-3 py-1.5 text-xs text-ink-muted lg:table-cell">
                  <Moment at={row.at} view={view} as="instant" />
                </td>
                <td className="hidden px-3 py-1.5 font-mono text-xs wrap-anywhere md:table-cell">
                  <StreamVersion row={row} />
                </td>
                <td className="hidden px-3 py-1.5 font-mono text-xs wrap-anywhere sm:table-cell">
                  {row.type}
                </td>
                <td className="hidden px-3 py-1.5 wrap-anywhere lg:table-cell">{row.actor}</td>
                <td className="px-3 py-1.5">
                  <p className="flex flex-wrap gap-x-2 font-mono text-xs text-ink-muted sm:hidden">
                    {row.type}
                  </p>
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
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pagination of={caption} {...pages} />
    </>
  );
}
