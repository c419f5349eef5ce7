import type { Route } from "next";
import Link from "next/link";
import { formatMoney } from "#lib/domain/money";
import type { AttentionLine } from "#lib/queries/escalations";
import type { ViewTime } from "../../components/format";
import { Moment } from "../../components/moment";
import { UnsettledEffects } from "../orders/unsettled-effects";
import { orderTitle } from "../task-rows";

/** Orders that stand still: why, what is known of what is not settled outside, and the ways to settle it. */
export function AttentionList({ lines, view }: { lines: readonly AttentionLine[]; view: ViewTime }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {lines.map((line) => (
        <li key={line.order} className="grid gap-2 px-4 py-3">
          <div className="flex flex-wrap items-baseline justify-between gap-x-4">
            <Link href={`/orders/${line.order}` as Route} className="font-medium hover:underline">
              {orderTitle(line)}
            </Link>
            <p className="text-xs text-ink-muted">
              {formatMoney(line.total)}, asked for by {line.requestedBy},{" "}
              <Moment at={line.receivedAt} view={view} as="instant" />
            </p>
          </div>
          <p className="text-bad wrap-anywhere">{line.why}</p>
          {line.unsettled ? (
            <UnsettledEffects order={line.order} unsettled={line.unsettled} view={view} />
          ) : (
            <p className="text-ink-muted">Its own page says what can be done.</p>
          )}
        </li>
      ))}
    </ul>
  );
}
