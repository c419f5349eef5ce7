import type { ReactNode } from "react";
import { type ButtonSize, type ButtonVariant, buttonClass } from "./button";

export type DisclosureProps = {
  /** What the button that opens it says, without the dots. */
  label: string;
  /** Which of several alike is meant, for people who hear the page. */
  about?: string;
  variant?: ButtonVariant;
  size?: ButtonSize;
  children: ReactNode;
};

/** A button that opens what is below it: what follows, and only then the button that does it. */
export function Disclosure({ label, about, variant, size, children }: DisclosureProps) {
  return (
    <details className="open:w-full">
      <DisclosureSummary label={label} about={about} variant={variant} size={size} />
      <div className="mt-3 grid gap-3 rounded-md border border-line bg-sunken p-3">{children}</div>
    </details>
  );
}

/** The button of a disclosure, for who draws the rest. */
export function DisclosureSummary({ label, about, variant, size }: Omit<DisclosureProps, "children">) {
  return (
    <summary className={`${buttonClass(variant, size)} list-none`}>
      <span aria-hidden={about ? true : undefined}>{label}…</span>
      {about && <span className="sr-only">{`${label} ${about}`}</span>}
    </summary>
  );
}
