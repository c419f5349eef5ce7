import type { OfferedVerdict } from "#lib/queries/order-tasks";
import type { Verdict } from "../components/decision-form";

/** How a verdict looks, by what it leads to. */
export const verdictTones: Record<OfferedVerdict["kind"], Verdict["tone"]> = {
  onward: "positive",
  sendBack: "neutral",
  rejects: "negative",
};
