import type { LucideIcon } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { classNames } from "./class-names";

/** One way to look at something, as a link. */
export type Choice = { label: string; href: Route; chosen: boolean };
export type ChoicesProps = {
  /** What is chosen, for people who hear the page: "Order of time". */
  label: string;
  icon?: LucideIcon;
  choices: readonly Choice[];
};

/** A few ways to look at the same thing, of which one is chosen: links, so that what is seen is in the address. */
export function Choices({ label, icon: Icon, choices }: ChoicesProps) {
  return (
    <nav aria-label={label} className="flex items-center gap-1.5">
      {Icon && <Icon aria-hidden="true" className="size-4 text-ink-muted" />}
      <ul className="flex rounded-md border border-line bg-sunken p-0.5">
        {choices.map(({ label: name, href, chosen }) => (
          <li key={name}>
            <Link
              href={href}
              scroll={false}
              aria-current={chosen ? "true" : undefined}
              className={classNames(
                "flex min-h-6 items-center rounded-sm px-2 text-[0.8125rem] pointer-coarse:min-h-10",
                chosen ? "bg-surface font-medium text-ink shadow-xs" : "text-ink-muted hover:text-ink",
              )}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
