import type { ButtonVariant } from "./button";
import type { Verdict } from "./decision-form";

/** How the button of a verdict looks, wherever one is offered. */
export const verdictVariants: Readonly<Record<Verdict["tone"], ButtonVariant>> = {
  positive: "primary",
  neutral: "secondary",
  negative: "danger",
};

/** What is asked of who gives a verdict that needs a note, and has written none. */
export function missingNote({ label }: Pick<Verdict, "label">): string {
  return `Write a note to ${label.toLowerCase()}: say what has to change.`;
}
