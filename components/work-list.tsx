import { ChevronRight } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

/** One thing to know: how much, of what, and where it is. */
export type WorkLine = {
  id: string;
  /** In words: "12", "100+". */
  count: string;
  /** What it is of, as the rest of a sentence behind the number. */
  words: string;
  /** What to know beside it: the next deadline. */
  beside?: ReactNode;
  href: Route;
  tone: "neutral" | "hold" | "bad";
};

const tones: Record<WorkLine["tone"], string> = {
  neutral: "text-ink-muted",
  hold: "text-warn",
  bad: "text-bad",
};

/** Numbers that lead to what they count, one a line. */
export function WorkList({ lines }: { lines: readonly WorkLine[] }) {
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
      {lines.map(({ id, count, words, beside, href, tone }) => (
        <li key={id}>
          <Link
            href={href}
            className="flex items-baseline gap-x-3 px-3 py-2.5 -outline-offset-2 hover:bg-sunken/60 pointer-coarse:min-h-11"
          >
            <span
              className={classNames(
                "min-w-11 shrink-0 text-right text-xl leading-6 font-semibold tabular-nums",
                tones[tone],
              )}
            >
              {count}
            </span>
            <span className="min-w-0 flex-1">
              <span className="font-medium">{words}</span>
              {beside && <span className="block text-xs text-ink-muted">{beside}</span>}
            </span>
            <ChevronRight aria-hidden="true" className="size-4 shrink-0 self-center text-ink-muted" />
          </Link>
        </li>
      ))}
    </ul>
  );
}
