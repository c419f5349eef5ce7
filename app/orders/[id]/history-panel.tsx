import { ArrowDownUp, Download, History } from "lucide-react";
import type { Route } from "next";
import { isolated } from "#lib/domain/text-direction";
import type { HistoryLine, HistoryPart } from "#lib/queries/order-history";
import { ButtonLink, buttonClass } from "../../../components/button";
import { Choices } from "../../../components/choices";
import { formatBytes, formatNumber, type ViewTime } from "../../../components/format";
import { type PageLinks, Pagination } from "../../../components/pagination";
import { Panel } from "../../../components/panel";
import { Timeline } from "../../../components/timeline";
import type { TimelineEntry, TimelineSilence } from "../../../components/timeline-days";
import { actorKinds, type OrderAddress, orderHref } from "./history-address";

const kindNames = { person: "People", machine: "Machines", outside: "Outside" } as const;

export type HistoryPanelProps = {
  id: string;
  /** Of the newest event there is. */
  version: number;
  history: readonly HistoryLine[];
  part: HistoryPart;
  quiet: { since: string; waits: string; people: boolean } | null;
  address: OrderAddress;
  view: ViewTime;
};

/** Everything that happened to an order, or what one kind of actor did, in the order of time that was asked for. */
export function HistoryPanel({ id, version, history, part, quiet, address, view }: HistoryPanelProps) {
  const { by, order } = address;
  return (
    <Panel title="What happened">
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2 print:hidden">
        <Choices
          label="Whose events"
          choices={[undefined, ...actorKinds].map((kind) => ({
            label: kind ? kindNames[kind] : "Everybody",
            href: orderHref(id, { order, by: kind }),
            chosen: by === kind,
          }))}
        />
        <Choices
          label="Order of time"
          icon={ArrowDownUp}
          choices={(["oldest", "newest"] as const).map((each) => ({
            label: each === "oldest" ? "Oldest first" : "Newest first",
            href: orderHref(id, { by, order: each }),
            chosen: order === each,
          }))}
        />
        <div className="flex flex-wrap gap-1 sm:ml-auto">
          <ButtonLink href={orderHref(id, { at: version })} variant="quiet" size="small">
            <History aria-hidden="true" className="size-4" />
            Step through time
          </ButtonLink>
          <a href={`/orders/${id}/history.csv`} download className={buttonClass("quiet", "small")}>
            <Download aria-hidden="true" className="size-4" />
            Download as CSV
          </a>
        </div>
      </div>
      <Timeline
        entries={history.map((line) => entryOf(id, line))}
        order={order}
        view={view}
        quiet={part.later === null && !by ? silenceUntil(view, quiet) : undefined}
      />
      <div className="print:hidden">
        <Pagination of="What happened" {...pagesOf(id, part, address)} />
      </div>
    </Panel>
  );
}

function entryOf(id: string, line: HistoryLine): TimelineEntry {
  const { file, version } = line;
  return {
    ...line,
    thenHref: orderHref(id, { at: version }),
    attachment: file && {
      name: file.name === undefined ? "A file whose name has been erased" : isolated(file.name),
      size: formatBytes(file.size_bytes),
      href: `/orders/${id}/files/${version}` as Route,
    },
  };
}

const quiet_min_ms = 15 * 60_000;

function silenceUntil({ now }: ViewTime, quiet: HistoryPanelProps["quiet"]): TimelineSilence | undefined {
  const ms = quiet ? Date.parse(now) - Date.parse(quiet.since) : 0;
  return quiet && ms >= quiet_min_ms ? { ms, waits: quiet.waits, people: quiet.people } : undefined;
}

/** The ways through a history too long for one page, in the order it is read; none for a shorter one. */
function pagesOf(
  id: string,
  { first, last, length, oldest, earlier, later }: HistoryPart,
  { by, order }: OrderAddress,
): PageLinks & { summary?: string } {
  if (first <= 1 && last === length) return {};
  const upTo = (version: number | null): Route | undefined =>
    version === null ? undefined : orderHref(id, { by, order, upTo: version });
  const newest = last < length ? orderHref(id, { by, order }) : undefined;
  const pages =
    order === "oldest"
      ? { first: upTo(oldest), previous: upTo(earlier), next: upTo(later) }
      : { first: newest, previous: upTo(later), next: upTo(earlier) };
  return {
    summary: `Events ${formatNumber(first)} to ${formatNumber(last)} of ${formatNumber(length)}`,
    ...pages,
  };
}
