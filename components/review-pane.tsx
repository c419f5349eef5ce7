import { ArrowUpRight, ChevronDown } from "lucide-react";
import Link from "next/link";
import { memo, type ReactNode } from "react";
import { Badge } from "./badge";
import { Countdown } from "./countdown";
import { formatExact, type ViewTime } from "./format";
import { LinesTable } from "./lines-table";
import { Moment } from "./moment";
import { Notice } from "./notice";
import { OrderFacts } from "./order-facts";
import { PolicyResult, type PolicyRule } from "./policy-result";
import type { ReviewData, ReviewTask } from "./review-data";

export type ReviewPaneProps = {
  review: ReviewData;
  task?: ReviewTask;
  view: ViewTime;
  /** Above the evidence: what just changed, who else looks at it. */
  notices?: ReactNode;
};

/** Everything one order is decided by: why it is here, what it says, who the customer is, and what happened so far. */
export function ReviewPane({ review, task, view, notices }: ReviewPaneProps) {
  return (
    <article aria-labelledby="review-title" className="grid gap-5 p-4">
      <header className="grid gap-2">
        <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
          <h2 id="review-title" className="min-w-0 text-lg leading-6 wrap-anywhere">
            {review.title}
          </h2>
          <Link
            href={review.orderHref}
            prefetch={false}
            className="inline-flex min-h-6 items-center gap-1 text-[0.8125rem] font-medium text-accent hover:underline"
          >
            Full page
            <ArrowUpRight aria-hidden="true" className="size-3.5" />
          </Link>
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <span className="text-base font-semibold tabular-nums">{review.total}</span>
          {task && !task.decision && (
            <Countdown
              sla={task.sla}
              now={review.now}
              dueText={task.sla.breachAt ? formatExact(task.sla.breachAt, view) : undefined}
            />
          )}
          <Badge tone={review.standing.tone}>{review.standing.label}</Badge>
          <span className="text-[0.8125rem] text-ink-muted">
            asked for by {review.requestedBy}, <Moment at={review.receivedAt} view={view} as="instant" />
          </span>
        </div>
      </header>
      {notices}
      {review.trouble && (
        <Notice kind="warning" title="This order needs attention">
          {review.trouble}
        </Notice>
      )}
      <Evidence review={review} view={view} />
    </article>
  );
}

/** What does not change while one types, claims or waits: drawn again only for another order, or another state of it. */
const Evidence = memo(function Evidence({ review, view }: Pick<ReviewPaneProps, "review" | "view">) {
  return (
    <>
      <Section title="Why it is here">
        <Rules rules={review.policy} />
      </Section>
      {review.note && (
        <blockquote className="border-l-2 border-hold py-0.5 pl-3 whitespace-pre-line wrap-anywhere">
          {review.note}
        </blockquote>
      )}
      <Section title="The order">
        <OrderFacts facts={review.facts} />
      </Section>
      {review.lines.length > 0 && (
        <section aria-label="Lines" className="overflow-hidden rounded-lg border border-line">
          <LinesTable lines={review.lines} total={review.total} />
        </section>
      )}
      <Earlier review={review} view={view} />
      {review.happened.length > 0 && (
        <Section title="What happened last">
          <ol className="grid gap-1.5">
            {review.happened.map(({ version, at, sentence, note }) => (
              <li key={version} className="grid gap-x-3 sm:grid-cols-[7.5rem_1fr]">
                <span className="text-xs leading-5 text-ink-muted">
                  <Moment at={at} view={view} as="relative" />
                </span>
                <span className="wrap-anywhere">
                  {sentence}
                  {note && <span className="block text-ink-muted">“{note}”</span>}
                </span>
              </li>
            ))}
          </ol>
        </Section>
      )}
    </>
  );
});

/** What asks for a person first; what found nothing is one line that opens. */
function Rules({ rules }: { rules: readonly PolicyRule[] }) {
  const clear = rules.filter(({ result }) => result === "clear");
  const asking = rules.filter(({ result }) => result !== "clear");
  if (asking.length === 0 || clear.length === 0) return <PolicyResult rules={rules} />;
  return (
    <div className="grid gap-2">
      <PolicyResult rules={asking} />
      <details>
        <summary className="inline-flex min-h-6 list-none items-center gap-1 text-[0.8125rem] text-ink-muted hover:text-ink">
          {clear.length === 1 ? "1 other rule" : `${clear.length} other rules`} found nothing{" "}
          <ChevronDown aria-hidden="true" className="inline size-3.5" />
        </summary>
        <div className="pt-2">
          <PolicyResult rules={clear} />
        </div>
      </details>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-2">
      <h3 className="text-xs font-semibold text-ink-muted">{title}</h3>
      {children}
    </section>
  );
}

function Earlier({ review: { earlier }, view }: Pick<ReviewPaneProps, "review" | "view">) {
  if (!earlier) return null;
  return (
    <Section title="This customer's earlier orders">
      {earlier.orders.length === 0 ? (
        <p className="text-ink-muted">None: this is the first one.</p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {earlier.orders.map(({ href, number, total, receivedAt, standing, decided }) => (
            <li key={href} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-3 py-1.5">
              <Link href={href} prefetch={false} className="min-h-6 font-medium text-accent hover:underline">
                {number}
              </Link>
              <span className="tabular-nums">{total}</span>
              <Badge tone={standing.tone}>{standing.label}</Badge>
              <span className="text-xs text-ink-muted">{decided}</span>
              <span className="ml-auto text-xs text-ink-muted">
                <Moment at={receivedAt} view={view} as="instant" />
              </span>
            </li>
          ))}
          {earlier.more && (
            <li className="px-3 py-1.5 text-xs text-ink-muted">There are others before these.</li>
          )}
        </ul>
      )}
    </Section>
  );
}
