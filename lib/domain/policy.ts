import { z } from "zod";
import { currencies, formatMoney, type Money } from "./money";
import { isolated } from "./text-direction";

/**
 * Policy: named, versioned rules over data. Parameters live in the log (`policy/<workflow>`), so a change of a limit is an
 * event; a change of what a rule *means* is a new rule version. Each result carries the evidence it was judged on.
 */
export const policyParametersSchema = z.strictObject({
  /** Highest total that passes without a person, in minor units per currency. */
  limits: z.partialRecord(z.enum(currencies), z.int().nonnegative()),
  restrictedCountries: z.array(z.string().regex(/^[A-Z]{2}$/)),
  /** Two orders this close in time look alike. */
  duplicateWithin_hours: z.int().positive(),
});
export type PolicyParameters = z.infer<typeof policyParametersSchema>;

export const defaultPolicy: PolicyParameters = {
  limits: { GBP: 100_000 },
  restrictedCountries: ["BY", "IR", "KP", "RU", "SY"],
  duplicateWithin_hours: 24,
};

export type RuleName =
  | "limit@1"
  | "firstTimeCustomer@1"
  | "possibleDuplicate@1"
  | "restrictedCountry@1"
  | "missingCustomer@1";

export type RuleEvidence = { [member: string]: string | number | boolean | null };

export type RuleResult = { rule: RuleName; result: "pass" | "review"; evidence: RuleEvidence };

export type RuleInput = {
  total: Money;
  country?: string;
  customerKnown: boolean;
  /** What the log held of this customer's other orders, as of `asOf`. */
  customer: CustomerHistory;
  parameters: PolicyParameters;
};

export type CustomerHistory = {
  earlierOrders: number;
  duplicate?: { order: string; businessKey: string };
  /** The position up to which the log was read for it. */
  asOf: number;
};

type Rule = (input: RuleInput) => { review: boolean; evidence: RuleEvidence };

const rules: Record<RuleName, Rule> = {
  "limit@1": ({ total, parameters }) => {
    const limit = parameters.limits[total.currency];
    if (limit === undefined)
      return { review: true, evidence: { amount: total.amount, currency: total.currency, limit: null } };
    return {
      review: total.amount > limit,
      evidence: { amount: total.amount, currency: total.currency, limit },
    };
  },
  "firstTimeCustomer@1": ({ customer, customerKnown }) => ({
    review: customerKnown && customer.earlierOrders === 0,
    evidence: { earlierOrders: customerKnown ? customer.earlierOrders : null, asOf: customer.asOf },
  }),
  "possibleDuplicate@1": ({ customer, parameters }) => ({
    review: customer.duplicate !== undefined,
    evidence: {
      within_hours: parameters.duplicateWithin_hours,
      order: customer.duplicate?.order ?? null,
      businessKey: customer.duplicate?.businessKey ?? null,
      asOf: customer.asOf,
    },
  }),
  "restrictedCountry@1": ({ country, parameters }) => ({
    review: country !== undefined && parameters.restrictedCountries.includes(country),
    evidence: { country: country ?? null },
  }),
  "missingCustomer@1": ({ customerKnown }) => ({ review: !customerKnown, evidence: { customerKnown } }),
};

export const ruleNames = Object.keys(rules) as RuleName[];

export function checkPolicy(names: readonly RuleName[], input: RuleInput): RuleResult[] {
  return names.map((rule) => {
    const { review, evidence } = rules[rule](input);
    return { rule, result: review ? "review" : "pass", evidence };
  });
}

/** One plain sentence for a result, for the people who decide and the people who audit. */
export function ruleSentence({ rule, result, evidence }: RuleResult): string {
  const money = (amount: unknown) =>
    formatMoney({ amount: Number(amount), currency: String(evidence.currency) as Money["currency"] });
  switch (rule) {
    case "limit@1":
      if (evidence.limit === null) return `No limit is set for ${evidence.currency}, so a person decides`;
      return result === "review"
        ? `${money(evidence.amount)} is over the limit of ${money(evidence.limit)}`
        : `${money(evidence.amount)} is within the limit of ${money(evidence.limit)}`;
    case "firstTimeCustomer@1":
      if (evidence.earlierOrders === null) return "No customer reference to look up earlier orders by";
      return result === "review"
        ? "First order of this customer"
        : `The customer has ${evidence.earlierOrders} earlier ${evidence.earlierOrders === 1 ? "order" : "orders"}`;
    case "possibleDuplicate@1":
      return result === "review"
        ? `Looks like order ${isolated(String(evidence.businessKey))}: same customer and total within ${evidence.within_hours} hours`
        : `No order with the same customer and total within ${evidence.within_hours} hours`;
    case "restrictedCountry@1":
      if (evidence.country === null) return "No country is given";
      return result === "review"
        ? `${evidence.country} is a restricted country`
        : `${evidence.country} is not a restricted country`;
    case "missingCustomer@1":
      return result === "review" ? "No customer is named" : "The customer is named";
  }
}
