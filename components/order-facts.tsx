import type { ReactNode } from "react";

/** One thing known of an order; `from` says who said so, when that is not the order itself. */
export type OrderFact = { label: string; value: ReactNode; from?: string };
export type OrderFactsProps = { facts: readonly OrderFact[] };

/** What is known of an order, as label and value. A missing value is shown as missing, never left out. */
export function OrderFacts({ facts }: OrderFactsProps) {
  return (
    <dl className="grid grid-cols-1 gap-x-8 gap-y-3 sm:grid-cols-2">
      {facts.map(({ label, value, from }) => (
        <div key={label} className="grid min-w-0 content-start">
          <dt className="text-xs text-ink-muted">{label}</dt>
          <dd className="font-medium wrap-anywhere tabular-nums">
            {value === undefined || value === null || value === "" ? (
              <span className="font-normal text-ink-muted">Not given</span>
            ) : (
              value
            )}
            {from && <span className="block text-xs font-normal text-ink-muted">{from}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
