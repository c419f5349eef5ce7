import type { Route } from "next";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names";

/** What a button is for: the one main thing, a choice beside it, something quiet, something that hurts. */
export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "small" | "medium";

const variants: Record<ButtonVariant, string> = {
  primary: "bg-accent text-accent-ink border-accent not-aria-disabled:hover:bg-accent/88",
  secondary: "bg-surface text-ink border-edge not-aria-disabled:hover:bg-sunken",
  quiet: "border-transparent text-ink not-aria-disabled:hover:bg-sunken",
  danger: "bg-surface text-bad border-bad not-aria-disabled:hover:bg-bad-tint",
};

const sizes: Record<ButtonSize, string> = {
  small: "min-h-7 px-2 text-[0.8125rem]",
  medium: "min-h-8.5 px-3 text-sm",
};

/** The look of a button, for what is no button element. */
export function buttonClass(variant: ButtonVariant = "secondary", size: ButtonSize = "medium"): string {
  return classNames(
    "inline-flex items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap",
    "pointer-coarse:min-h-11 motion-safe:transition-colors",
    "disabled:opacity-60 aria-disabled:border-line aria-disabled:bg-sunken aria-disabled:text-ink-muted",
    variants[variant],
    sizes[size],
  );
}

export type ButtonProps = ComponentProps<"button"> & { variant?: ButtonVariant; size?: ButtonSize };

/** A button; it submits nothing unless told `type="submit"`. */
export function Button({ variant, size, className, type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={classNames(buttonClass(variant, size), className)} {...rest} />;
}

export type ButtonLinkProps = {
  href: Route;
  children: ReactNode;
  variant?: ButtonVariant;
  size?: ButtonSize;
};

/** A link that looks like a button: it goes somewhere, it changes nothing. */
export function ButtonLink({ href, children, variant, size }: ButtonLinkProps) {
  return (
    <Link href={href} className={buttonClass(variant, size)}>
      {children}
    </Link>
  );
}
