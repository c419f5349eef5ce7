import { Download, Radio, Square } from "lucide-react";
import type { AuthorizedActor } from "#lib/domain/authority";
import {
  type LogCount,
  type LogPage,
  logCount,
  logPage,
  positions_counted_max,
} from "#lib/queries/audit-log";
import { logActors, logSearch } from "#lib/queries/audit-search";
import { ButtonLink, buttonClass } from "../../components/button";
import { EventTable } from "../../components/event-table";
import { EventsStill, EventWatch } from "../../components/event-watch";
import { formatNumber, type ViewTime } from "../../components/format";
import { store } from "../reading";
import { SavedSearches } from "../saved-views/saved-searches";
import { addressOf, type LogAddress } from "./address";
import { eventRow } from "./rows";
import { SearchForm } from "./search-form";

type LogSectionProps = { actor: AuthorizedActor; address: LogAddress; view: ViewTime };

const caption = "Events of the log, newest first";

/** The log: searched, watched, and taken along. */
export async function LogSection({ actor, address, view }: LogSectionProps) {
  const actors = await logActors(actor, store());
  const { filter, problems } = await logSearch(actor, store(), address.query, actors);
  const [page, count] = await Promise.all([
    logPage(actor, store(), filter, address.upTo),
    logCount(actor, store(), filter),
  ]);
  const understood = problems.length === 0;
  const watches = address.watch === true && address.upTo === undefined && understood;
  const rows = page.lines.map(eventRow);
  return (
    <section aria-label="Log">
      <SearchForm address={address} problems={problems} actors={actors} timeZone={view.timeZone} />
      <SavedSearches
        actor={actor}
        surface="audit"
        query={new URLSearchParams({ q: address.query }).toString()}
      />
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 pb-3">
        <p className="min-w-0 text-ink-muted tabular-nums">
          {countWords(count, address.query !== "")}
          {!understood && " What was not understood of the query leaves nothing out."}
        </p>
        <div className="flex flex-wrap items-center gap-2">
          {understood ? (
            <>
              <WatchLink address={address} watches={watches} />
              <Downloads query={address.query} />
            </>
          ) : (
            <p className="text-[0.8125rem] text-ink-muted">
              Watched and taken along is a query that is understood whole.
            </p>
          )}
        </div>
      </div>
      {watches ? (
        <EventWatch
          // Another search is another watch.
          key={address.query}
          caption={caption}
          rows={rows}
          from={page.length}
          newsUrl={`/audit/news?${new URLSearchParams({ q: address.query })}`}
          olderUrl={`/audit?${new URLSearchParams({ q: address.query, upTo: "" })}`}
          view={view}
          empty={{
            title: "Nothing fits so far",
            reason: "What is recorded from now on and fits the search appears here.",
          }}
        />
      ) : (
        <EventsStill from={page.length} newest={address.upTo === undefined}>
          <EventTable
            caption={caption}
            rows={rows}
            view={view}
            pages={{
              first: address.upTo === undefined ? undefined : addressOf({ ...address, upTo: undefined }),
              next: page.next === null ? undefined : addressOf({ ...address, upTo: page.next }),
              summary: summaryOf(page),
            }}
            empty={{
              title: "No event is like that",
              reason:
                page.next === null
                  ? "Nothing in the log fits the search. Clear it to see everything."
                  : `Nothing down to position ${formatNumber(page.next + 1)} fits the search. The next page looks further down.`,
            }}
          />
        </EventsStill>
      )}
    </section>
  );
}

function WatchLink({ address, watches }: { address: LogAddress; watches: boolean }) {
  return watches ? (
    <ButtonLink href={addressOf({ ...address, watch: false })} size="small">
      <Square aria-hidden="true" className="size-3.5" />
      Stop watching
    </ButtonLink>
  ) : (
    <ButtonLink href={addressOf({ query: address.query, watch: true })} size="small">
      <Radio aria-hidden="true" className="size-4" />
      Watch
    </ButtonLink>
  );
}

function Downloads({ query }: { query: string }) {
  const file = (format: string) => `/audit/export?${new URLSearchParams({ q: query, format })}`;
  return (
    <>
      <a
        href={file("csv")}
        download
        title="What is shown here, for a spreadsheet"
        className={buttonClass("secondary", "small")}
      >
        <Download aria-hidden="true" className="size-4" />
        CSV
      </a>
      <a
        href={file("jsonl")}
        download
        title="The bytes of each event, to recompute its leaf"
        className={buttonClass("secondary", "small")}
      >
        <Download aria-hidden="true" className="size-4" />
        JSON Lines
      </a>
    </>
  );
}

function countWords({ count, more }: LogCount, searched: boolean): string {
  const events = count === 1 ? "event" : "events";
  if (!searched) return `${formatNumber(count)} ${events}.`;
  if (!more) return `${formatNumber(count)} ${events} ${count === 1 ? "fits" : "fit"}.`;
  return `${formatNumber(count)} ${events} among the newest ${formatNumber(positions_counted_max)} fit; a file holds those further down too.`;
}

function summaryOf({ lines, lookedDownTo }: LogPage): string | undefined {
  const [first, last] = [lines[0]?.pos, lines.at(-1)?.pos];
  const sentences = [
    first === undefined || last === undefined
      ? []
      : `Positions ${formatNumber(first)} to ${formatNumber(last)}.`,
    lookedDownTo === null ? [] : `Looked down to position ${formatNumber(lookedDownTo)}.`,
  ];
  return sentences.flat().join(" ") || undefined;
}
