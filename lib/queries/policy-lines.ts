import { type Currency, formatMoney } from "#lib/domain/money";
import type { PolicyParameters, RuleName } from "#lib/domain/policy";
import type { WorkflowDefinition } from "#lib/domain/workflow";
import type { Deed } from "./person";

/** One thing the policy of a workflow says, as a sentence, and since when and by whom it says that. */
export type PolicyLine = { rule: RuleName; sentence: string; since: Deed | null };

/** Parameters that were published, oldest first. */
export type Published = { parameters: PolicyParameters; published: Deed };

const countries = new Intl.DisplayNames("en-GB", { type: "region", fallback: "code" });
const either = new Intl.ListFormat("en-GB", { type: "disjunction" });

/**
 * What the policy says now, rule by rule in the order of the definition. A parameter is as old as the publication that gave
 * it its present value; what a rule says without any is as old as the `version` of the workflow.
 */
export function policyLines(
  { steps }: WorkflowDefinition,
  published: readonly Published[],
  version: Deed | null,
): PolicyLine[] {
  const now = published.at(-1)?.parameters;
  const rules = Object.values(steps).flatMap((step) => (step.kind === "decision" ? step.rules : []));
  if (!now) return [];
  const since: Since = (part) => sinceOf(published, part);
  return [...new Set(rules)].flatMap((rule) =>
    sentencesOf(rule, now, since, version).map((line) => ({ rule, ...line })),
  );
}

type Since = (part: (parameters: PolicyParameters) => unknown) => Deed | null;

function sentencesOf(
  rule: RuleName,
  now: PolicyParameters,
  since: Since,
  version: Deed | null,
): Omit<PolicyLine, "rule">[] {
  switch (rule) {
    case "limit@1":
      return [
        ...limitsOf(now).map(({ currency, limit }) => ({
          sentence: `In ${currency}, up to ${formatMoney({ amount: limit, currency })} passes without a person.`,
          since: since(({ limits }) => limits[currency]),
        })),
        {
          sentence: "In any other currency a person decides.",
          since: since(({ limits }) => Object.keys(limits).sort()),
        },
      ];
    case "restrictedCountry@1": {
      const named = now.restrictedCountries.map((code) => countries.of(code) ?? code);
      return [
        {
          sentence:
            named.length === 0
              ? "No country is restricted."
              : `An order from ${either.format(named)} is decided by a person.`,
          since: since(({ restrictedCountries }) => restrictedCountries),
        },
      ];
    }
    case "possibleDuplicate@1":
      return [
        {
          sentence: `Two orders of one customer with the same total within ${hours(now.duplicateWithin_hours)} look alike: a person decides.`,
          since: since(({ duplicateWithin_hours }) => duplicateWithin_hours),
        },
      ];
    case "firstTimeCustomer@1":
      return [{ sentence: "A customer's first order is decided by a person.", since: version }];
    case "missingCustomer@1":
      return [{ sentence: "An order that names no customer is decided by a person.", since: version }];
  }
}

function limitsOf({ limits }: PolicyParameters) {
  return Object.entries(limits)
    .map(([currency, limit]) => ({ currency: currency as Currency, limit }))
    .sort((one, other) => (one.currency < other.currency ? -1 : 1));
}

/** The oldest of the publications since which a part has had its present value. */
function sinceOf(
  published: readonly Published[],
  part: (parameters: PolicyParameters) => unknown,
): Deed | null {
  const values = published.map(({ parameters }) => JSON.stringify(part(parameters) ?? null));
  const changed = values.findLastIndex((value) => value !== values.at(-1));
  return published[changed + 1]?.published ?? null;
}

function hours(count: number): string {
  return count === 1 ? "an hour" : `${count} hours`;
}
