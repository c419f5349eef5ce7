import { ChevronRight, Copy, Paperclip } from "lucide-react";
import Link from "next/link";
import { classNames } from "./class-names";
import { CopyOnClick } from "./copy-on-click";
import { EmptyState } from "./empty-state";
import { formatDuration, formatExact, type ViewTime } from "./format";
import { Moment } from "./moment";
import {
  type TimelineActor,
  type TimelineEntry,
  type TimelineItem,
  type TimelineOrder,
  type TimelineSilence,
  timelineDays,
} from "./timeline-days";

export type TimelineProps = {
  /** Oldest first. */
  entries: readonly TimelineEntry[];
  view: ViewTime;
  order?: TimelineOrder;
  /** Since the newest of the entries nothing has happened, where that is worth saying. */
  quiet?: TimelineSilence;
};

const marks: Record<TimelineActor["kind"], string> = {
  person: "rotate-45 bg-hold",
  machine: "rounded-full bg-edge",
  outside: "rounded-full border-2 border-edge bg-surface",
};

/** What is folded on a screen is open on paper. */
const openOnPaper = "print:details-content:block print:details-content:[content-visibility:visible]";

function Chevron() {
  return (
    <ChevronRight
      aria-hidden="true"
      className="size-3.5 shrink-0 self-center text-ink-muted motion-safe:transition-transform in-[details[open]>summary]:rotate-90 print:hidden"
    />
  );
}

function Sentence({ entry }: { entry: TimelineEntry }) {
  const { name } = entry.actor;
  if (!entry.sentence.startsWith(name)) return <>{entry.sentence}</>;
  return (
    <>
      <strong className="font-semibold">{name}</strong>
      {entry.sentence.slice(name.length)}
    </>
  );
}

function Mark({ kind }: { kind: TimelineActor["kind"] }) {
  return (
    <span aria-hidden="true" className={classNames("mark absolute top-3 left-0 size-2.5", marks[kind])} />
  );
}

function Event({ entry, view }: { entry: TimelineEntry; view: ViewTime }) {
  return (
    <li
      id={`v${entry.version}`}
      className="relative grid scroll-mt-28 rounded-sm pl-6 target:bg-accent-tint sm:grid-cols-[minmax(0,1fr)_auto] print:grid-cols-[minmax(0,1fr)]"
    >
      <Mark kind={entry.actor.kind} />
      <details className={openOnPaper}>
        <summary className="flex min-h-8 list-none items-baseline gap-1 rounded-sm py-1 pr-1 hover:bg-sunken">
          <Chevron />
          <span className={classNames("min-w-0 wrap-anywhere", entry.technical && "text-ink-muted")}>
            <Sentence entry={entry} />
          </span>
        </summary>
        <Details entry={entry} view={view} />
      </details>
      <div className="flex min-h-8 items-center gap-2 pl-4.5 text-xs text-ink-muted max-sm:-mt-2 sm:self-start print:order-first print:mt-0 print:pl-0">
        <span className="print:hidden">
          <Moment at={entry.at} view={view} />
        </span>
        <time dateTime={entry.at} className="hidden print:inline">
          {formatExact(entry.at, view)}
        </time>
        <Hash entry={entry} />
      </div>
      {entry.attachment && (
        <a
          href={entry.attachment.href}
          download
          className="mb-2 inline-flex min-h-6 items-center gap-1.5 justify-self-start font-medium text-accent hover:underline sm:col-span-2"
        >
          <Paperclip aria-hidden="true" className="size-3.5" />
          <span className="wrap-anywhere">{entry.attachment.name}</span>
          <span className="text-xs font-normal text-ink-muted">{entry.attachment.size}</span>
        </a>
      )}
      {entry.note && (
        <blockquote className="mb-2 border-l-2 border-hold py-0.5 pl-3 whitespace-pre-line wrap-anywhere sm:col-span-2">
          {entry.note}
        </blockquote>
      )}
    </li>
  );
}

function Hash({ entry: { version, leaf } }: { entry: TimelineEntry }) {
  const short = leaf.slice(0, 8);
  return (
    <span className="flex items-center gap-1 whitespace-nowrap">
      <button
        type="button"
        data-copy={leaf}
        title={`Version ${version}, hash ${leaf}`}
        className="group inline-flex min-h-6 items-center gap-1 rounded-sm px-1 font-mono hover:bg-sunken [@media(scripting:none)]:pointer-events-none"
      >
        <span className="sr-only">Copy the hash of event {version}: </span>
        {short}
        <Copy
          aria-hidden="true"
          className="size-3 group-data-copied:hidden print:hidden [@media(scripting:none)]:hidden"
        />
        <span className="hidden font-sans text-ok group-data-copied:inline">copied</span>
      </button>
      recorded
    </span>
  );
}

function Details({ entry, view }: { entry: TimelineEntry; view: ViewTime }) {
  return (
    <div className="grid gap-2 pb-3 pl-4.5 text-xs print:pl-0">
      <p className="text-ink-muted">
        <span className="font-mono">{entry.type}</span>, <Moment at={entry.at} view={view} as="exact" />, by{" "}
        {entry.actor.name}
        {entry.occurredAt && (
          <>
            ; it happened <Moment at={entry.occurredAt} view={view} as="exact" />
          </>
        )}
      </p>
      {entry.facts.length > 0 && (
        <dl className="grid gap-x-4 gap-y-0.5 sm:grid-cols-[max-content_minmax(0,1fr)]">
          {entry.facts.map((fact) => (
            <div key={fact.label} className="contents">
              <dt className="text-ink-muted">{fact.label}</dt>
              <dd className="wrap-anywhere max-sm:mb-1">
                {"at" in fact ? <Moment at={fact.at} view={view} as="exact" /> : fact.value}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p className="font-mono text-ink-muted wrap-anywhere">
        {entry.id} · {entry.leaf}
      </p>
      <pre className="rounded-md border border-line bg-sunken p-3 font-mono leading-relaxed whitespace-pre-wrap wrap-anywhere">
        {entry.detail}
      </pre>
      {entry.thenHref && (
        <p className="print:hidden">
          <Link href={entry.thenHref} className="font-medium text-accent hover:underline">
            Show the order as it was then
          </Link>
        </p>
      )}
    </div>
  );
}

function MachineEvents({ entries, view }: { entries: readonly TimelineEntry[]; view: ViewTime }) {
  return (
    <li className="relative pl-6">
      <Mark kind="machine" />
      <details className={openOnPaper}>
        <summary className="inline-flex min-h-8 list-none items-center gap-1 rounded-sm py-1 pr-1 text-ink-muted hover:bg-sunken print:hidden">
          <Chevron />
          {entries.length} machine events
        </summary>
        <ol>
          {entries.map((entry) => (
            <Event key={entry.id} entry={entry} view={view} />
          ))}
        </ol>
      </details>
    </li>
  );
}

function Silence({ silence: { ms, waits, people }, since }: { silence: TimelineSilence; since?: boolean }) {
  return (
    <li className="relative py-1.5 pl-6 text-xs text-ink-muted">
      <span aria-hidden="true" className="absolute inset-y-0 left-[3px] w-1 bg-surface">
        <span
          className={classNames(
            "absolute inset-y-0 left-[1px] border-l-2 border-dotted",
            people ? "border-hold" : "border-edge",
          )}
        />
      </span>
      {since ? "Since then nothing, for" : "Nothing happened for"} {formatDuration(ms)}
      {waits && `: ${since ? "it waits" : "it waited"} for ${waits}`}.
    </li>
  );
}

function Item({ item, view }: { item: TimelineItem; view: ViewTime }) {
  switch (item.kind) {
    case "event":
      return <Event entry={item.entry} view={view} />;
    case "machine":
      return <MachineEvents entries={item.entries} view={view} />;
    case "silence":
      return <Silence silence={item.silence} />;
  }
}

/**
 * What happened to an order, day by day: one sentence an event, what only machines did folded away, times in which nothing
 * happened with what was waited for, the data and the whole hash one click below each line.
 */
export function Timeline({ entries, view, order = "oldest", quiet }: TimelineProps) {
  const days = timelineDays(entries, view, order);
  if (days.length === 0)
    return (
      <EmptyState title="Nothing of that kind" reason="Nobody and nothing of this kind did anything here." />
    );
  const newest = order === "oldest" ? days.length - 1 : 0;
  return (
    <CopyOnClick>
      <div className="grid gap-4">
        {days.map(({ day, items }, index) => (
          <section key={day} aria-label={day}>
            <h3 className="mb-1 text-xs text-ink-muted">{day}</h3>
            <ol className="relative before:absolute before:inset-y-3 before:left-1 before:border-l-2 before:border-line">
              {quiet && order === "newest" && index === newest && <Silence silence={quiet} since />}
              {items.map((item) => (
                <Item key={item.id} item={item} view={view} />
              ))}
              {quiet && order === "oldest" && index === newest && <Silence silence={quiet} since />}
            </ol>
          </section>
        ))}
      </div>
    </CopyOnClick>
  );
}
