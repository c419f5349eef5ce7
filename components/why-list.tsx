import { ChevronRight } from "lucide-react";
import { formatDuration, type Instant, type ViewTime } from "./format";
import { Moment } from "./moment";

/** A question and the sentences that answer it, each following from those before it. */
export type WhyAnswer = {
  question: string;
  because: readonly {
    /** Text, an instant, or a length of time. */
    parts: readonly (string | { at: Instant } | { ms: number })[];
    /** The event it rests on, and where that is to be read. */
    event?: { version: number; href: string };
  }[];
};
export type WhyListProps = { answers: readonly WhyAnswer[]; view: ViewTime };

/** Questions about an order as it stands, the first one answered at once, the others a click away. */
export function WhyList({ answers, view }: WhyListProps) {
  return (
    <ul className="grid gap-1">
      {answers.map(({ question, because }, index) => (
        <li key={question}>
          <details
            open={index === 0}
            className="print:details-content:block print:details-content:[content-visibility:visible]"
          >
            <summary className="flex min-h-8 list-none items-center gap-1 rounded-sm font-medium hover:bg-sunken">
              <ChevronRight
                aria-hidden="true"
                className="size-3.5 shrink-0 text-ink-muted motion-safe:transition-transform in-[details[open]>summary]:rotate-90 print:hidden"
              />
              {question}
            </summary>
            <ol className="mb-2 ml-[6px] grid gap-1.5 border-l-2 border-line py-1 pl-3">
              {because.map(({ parts, event }, place) => (
                <li key={place} className="flex items-baseline gap-2">
                  <p className="min-w-0 flex-1 wrap-anywhere">
                    {parts.map((part) => (
                      <Part key={JSON.stringify(part)} part={part} view={view} />
                    ))}
                  </p>
                  {event && (
                    <a
                      href={event.href}
                      aria-label={`Event ${event.version}, which this rests on`}
                      className="inline-flex min-h-6 min-w-6 items-center justify-center rounded-sm px-1 font-mono text-xs text-accent hover:bg-sunken"
                    >
                      @{event.version}
                    </a>
                  )}
                </li>
              ))}
            </ol>
          </details>
        </li>
      ))}
    </ul>
  );
}

function Part({ part, view }: { part: WhyAnswer["because"][number]["parts"][number]; view: ViewTime }) {
  if (typeof part === "string") return part;
  if ("ms" in part) return <strong className="font-semibold">{formatDuration(part.ms)}</strong>;
  return (
    <strong className="font-semibold">
      <Moment at={part.at} view={view} as="instant" />
    </strong>
  );
}
