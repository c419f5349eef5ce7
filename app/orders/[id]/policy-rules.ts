import { formatMoney, type Money } from "#lib/domain/money";
import type { OrderView } from "#lib/queries/order";
import type { PolicyRule } from "../../../components/policy-result";

/** The rules of an order's last policy check, with what each looked at in words. */
export function policyRules({ policy }: Pick<OrderView, "policy">): PolicyRule[] {
  return (policy?.results ?? []).map(({ rule, result, sentence, evidence }) => {
    const [name = rule, version = "1"] = rule.split("@");
    return {
      name,
      version,
      result: result === "pass" ? "clear" : "review",
      sentence,
      evidence: Object.entries(evidence)
        .filter(([member, value]) => value !== null && member !== "currency")
        .map(([member, value]) => ({
          label: labels[member] ?? member,
          value: valueText(member, value, evidence.currency),
        })),
    };
  });
}

const labels: { readonly [member: string]: string } = {
  amount: "Amount",
  limit: "Limit",
  earlierOrders: "Earlier orders",
  asOf: "As of position",
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
