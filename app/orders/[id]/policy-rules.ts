import type { Route } from "next";
import type { AuthorizedActor } from "#lib/domain/authority";
import { formatMoney, type Money } from "#lib/domain/money";
import type { RuleEvidence } from "#lib/domain/policy";
import type { OrderView } from "#lib/queries/order";
import { mayRead } from "#lib/queries/permission";
import type { PolicyRule } from "../../../components/policy-result";

/**
 * The rules of an order's last policy check, with what each looked at in words. Another order it looked at is called by its
 * number, which leads there whoever may read every order. Who follows it up reads `exactly` what was applied and how far the
 * log was read for it; who decides needs neither.
 */
export function policyRules(
  { policy }: Pick<OrderView, "policy">,
  actor: AuthorizedActor,
  { exactly }: { exactly: boolean },
): PolicyRule[] {
  return (policy?.results ?? []).map(({ rule, result, sentence, evidence }) => {
    const numbered = typeof evidence.order === "string" && typeof evidence.businessKey === "string";
    return {
      name: rule,
      applied: exactly ? rule : undefined,
      result: result === "pass" ? "clear" : "review",
      sentence,
      evidence: Object.entries(evidence)
        .filter(([member, value]) => value !== null && member !== "currency")
        .filter(([member]) => exactly || member !== "asOf")
        .filter(([member]) => !(numbered && member === "order"))
        .map(([member, value]) => ({
          label: labels[member] ?? member,
          value: valueText(member, value, evidence.currency),
          href: mayRead(actor, "orders") ? hrefOf(member, evidence) : undefined,
        })),
    };
  });
}

function hrefOf(member: string, { order }: RuleEvidence): Route | undefined {
  const named = member === "businessKey" || member === "order";
  return named && typeof order === "string" ? (`/orders/${encodeURIComponent(order)}` as Route) : undefined;
}

const labels: { readonly [member: string]: string } = {
  amount: "Amount",
  limit: "Limit",
  earlierOrders: "Earlier orders",
  asOf: "Up to position",
  within_hours: "Within hours",
  order: "Order",
  businessKey: "Order number",
  country: "Country",
  customerKnown: "Customer named",
};

function valueText(member: string, value: string | number | boolean | null, currency: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" && (member === "amount" || member === "limit"))
    return formatMoney({ amount: value, currency: currency as Money["currency"] });
  return String(value);
}
