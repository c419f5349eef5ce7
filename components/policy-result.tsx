import { Ban, Check, Hand, type LucideIcon, Minus } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { Badge, type Tone } from "./badge";
import { EmptyState } from "./empty-state";

/** What a rule found: nothing against it, a person must look, it cannot be, or the rule had nothing to look at. */
export type RuleResult = "clear" | "review" | "refuse" | "notApplicable";

export type PolicyRule = {
  name: string;
  /** The rule's name and version: exactly what was applied, for who follows that up. */
  applied?: string;
  result: RuleResult;
  /** What it found, in one sentence. */
  sentence: string;
  /** What it looked at, and where that is. */
  evidence: readonly { label: string; value: string; href?: Route }[];
};
export type PolicyResultProps = { rules: readonly PolicyRule[] };

const looks: Record<RuleResult, { label: string; tone: Tone; icon: LucideIcon; rank: number }> = {
  refuse: { label: "Refused", tone: "bad", icon: Ban, rank: 0 },
  review: { label: "Needs a person", tone: "warn", icon: Hand, rank: 1 },
  clear: { label: "Clear", tone: "ok", icon: Check, rank: 2 },
  notApplicable: { label: "Not applicable", tone: "neutral", icon: Minus, rank: 3 },
};

/** Every rule of the policy with what it found and what it looked at; those that ask for somebody come first. */
export function PolicyResult({ rules }: PolicyResultProps) {
  if (rules.length === 0) {
    return <EmptyState title="Not checked yet" reason="The rules have not looked at this order." />;
  }
  const ranked = rules.toSorted((one, other) => looks[one.result].rank - looks[other.result].rank);
  return (
    <ul className="grid gap-3">
      {ranked.map((rule) => {
        const { label, tone, icon } = looks[rule.result];
        return (
          <li key={rule.name} className="grid gap-x-3 gap-y-1 sm:grid-cols-[8.5rem_1fr]">
            <div>
              <Badge tone={tone} icon={icon}>
                {label}
              </Badge>
            </div>
            <div className="min-w-0">
              <p className="wrap-anywhere">{rule.sentence}</p>
              <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-muted">
                {rule.evidence.map(({ label: what, value, href }) => (
                  <span key={what} className="wrap-anywhere">
                    {what}:{" "}
                    {href ? (
                      <Link
                        href={href}
                        className="py-1 font-medium text-accent tabular-nums underline underline-offset-2"
                      >
                        {value}
                      </Link>
                    ) : (
                      <span className="font-medium text-ink tabular-nums">{value}</span>
                    )}
                  </span>
                ))}
                {rule.applied && <span className="font-mono wrap-anywhere">{rule.applied}</span>}
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
