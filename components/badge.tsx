import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

/** What a colour says: nothing in particular, under way, good, careful, bad. */
export type Tone = "neutral" | "accent" | "ok" | "warn" | "bad";

/** Tint and text of every tone, at 4.5:1. */
export const toneClass: Record<Tone, string> = {
  neutral: "bg-sunken text-ink-muted",
  accent: "bg-accent-tint text-accent",
  ok: "bg-ok-tint text-ok",
  warn: "bg-warn-tint text-warn",
  bad: "bg-bad-tint text-bad",
};

export type BadgeProps = { tone?: Tone; icon?: LucideIcon; children: ReactNode };

/** A word about the state of something; never colour alone. It stands on the line of the words beside it. */
export function Badge({ tone = "neutral", icon: Icon, children }: BadgeProps) {
  return (
    <span
      className={classNames(
        "inline-flex items-baseline gap-1 rounded-sm px-1.5 py-px text-xs leading-5 font-medium whitespace-nowrap",
        toneClass[tone],
      )}
    >
      {Icon && <Icon aria-hidden="true" className="size-3.5 shrink-0 self-center" strokeWidth={2.25} />}
      {children}
    </span>
  );
}
