import { ChevronRight } from "lucide-react";
import { classNames } from "./class-names";
import { formatDuration, type ViewTime } from "./format";
import { Moment } from "./moment";
import { type TimelineActor, type TimelineEntry, type TimelineItem, timelineDays } from "./timeline-days";

export type TimelineProps = { entries: readonly TimelineEntry[]; view: ViewTime };

const marks: Record<TimelineActor["kind"], string> = {
  person: "rotate-45 bg-hold",
  machine: "rounded-full bg-edge",
  outside: "rounded-full border-2 border-edge bg-surface",
};

function Chevron() {
  return (
    <ChevronRight
      aria-hidden="true"
      className="size-3.5 shrink-0 text-ink-muted motion-safe:transition-transform in-[details[open]>summary]:rotate-90"
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
    <li id={`event-${entry.version}`} className="relative scroll-mt-28 pl-6 target:bg-accent-tint">
      <Mark kind={entry.actor.kind} />
      <details>
        <summary className="flex min-h-8 list-none flex-wrap items-baseline justify-end gap-x-3 rounded-sm py-1 hover:bg-sunken">
          <span
            className={classNames(
              "min-w-0 flex-1 basis-72 wrap-anywhere",
              entry.technical && "text-ink-muted",
            )}
          >
            <Sentence entry={entry} />
          </span>
          <span className="flex items-center gap-2 text-xs text-ink-muted">
            <Moment at={entry.at} view={view} />
            <span className="font-mono" title={`Version ${entry.version}, leaf hash ${entry.leaf}`}>
              @{entry.version} {entry.leaf.slice(0, 8)}
            </span>
            <Chevron />
          </span>
        </summary>
        <div className="grid gap-1.5 pb-3 text-xs">
          <p className="text-ink-muted">
            <Moment at={entry.at} view={view} as="instant" />, by {entry.actor.name}
          </p>
          <p className="font-mono text-ink-muted wrap-anywhere">
            {entry.id} · {entry.leaf}
          </p>
          <pre className="max-h-96 overflow-auto rounded-md border border-line bg-sunken p-3 font-mono leading-relaxed">
            {entry.detail}
          </pre>
        </div>
      </details>
      {entry.note && (
        <blockquote className="mb-2 border-l-2 border-hold py-0.5 pl-3 whitespace-pre-line wrap-anywhere">
          {entry.note}
        </blockquote>
      )}
    </li>
  );
}

function MachineEvents({ entries, view }: { entries: readonly TimelineEntry[]; view: ViewTime }) {
  return (
    <li className="relative pl-6">
      <Mark kind="machine" />
      <details>
        <summary className="inline-flex min-h-8 list-none items-center gap-1 rounded-sm py-1 pr-1 text-ink-muted hover:bg-sunken">
          {entries.length === 1 ? "1 machine event" : `${entries.length} machine events`}
          <Chevron />
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

function Idle({ idle_ms }: Pick<TimelineItem, "idle_ms">) {
  if (idle_ms === undefined) return null;
  return (
    <li className="relative py-1 pl-6 text-xs text-ink-muted">
      <span aria-hidden="true" className="absolute inset-y-0 left-[3px] w-1 bg-surface">
        <span className="absolute inset-y-0 left-[1px] border-l-2 border-dotted border-edge" />
      </span>
      {formatDuration(idle_ms)} passed
    </li>
  );
}

/**
 * What happened to an order, day by day: one sentence an event, what only machines did folded away, the data and the
 * whole hash one click below each line.
 */
export function Timeline({ entries, view }: TimelineProps) {
  return (
    <div className="grid gap-4">
      {timelineDays(entries, view).map(({ day, items }) => (
        <section key={day} aria-label={day}>
          <h3 className="mb-1 text-xs text-ink-muted">{day}</h3>
          <ol className="relative before:absolute before:inset-y-3 before:left-1 before:border-l-2 before:border-line">
            {items.map((item) => {
              const first = item.kind === "event" ? item.entry : item.entries[0];
              if (!first) return null;
              return [
                <Idle key={`${first.id} idle`} idle_ms={item.idle_ms} />,
                item.kind === "event" ? (
                  <Event key={first.id} entry={item.entry} view={view} />
                ) : (
                  <MachineEvents key={first.id} entries={item.entries} view={view} />
                ),
              ];
            })}
          </ol>
        </section>
      ))}
    </div>
  );
}
