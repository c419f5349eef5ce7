import type { OfferedVerdict } from "#lib/queries/order-tasks";

/** Beginnings of a note that fit often, by what a verdict leads to: chosen with a click, then made to fit by whoever decides. */
const reasons: Record<OfferedVerdict["kind"], readonly string[]> = {
  onward: [
    "Checked with the customer.",
    "Known customer, usual amount.",
    "The budget owner has agreed to the amount.",
  ],
  sendBack: [
    "Please say which customer this is for.",
    "Please check the amount: it does not match the lines.",
    "Please name the agreement this is based on.",
  ],
  rejects: [
    "This order was received before under another number.",
    "The amount was not agreed.",
    "We do not deliver there.",
  ],
};

export function reasonsFor(kind: OfferedVerdict["kind"]): readonly string[] {
  return reasons[kind];
}
