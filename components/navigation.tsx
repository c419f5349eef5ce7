"use client";

import type { Route } from "next";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { classNames } from "./class-names";
import { forgetCounts, useToldCount } from "./navigation-counts";

/** One place to go; `count` is how much waits there, in words: "12", "1,000+". */
export type NavigationItem = { href: Route; label: string; count?: string };

/** The main places, the one we are in sitting as a hold point on the header's line. */
export function Navigation({ items }: { items: readonly NavigationItem[] }) {
  const pathname = usePathname();
  // New items are a frame drawn anew.
  useEffect(forgetCounts, [items]);
  return (
    <nav
      aria-label="Main"
      className="max-sm:-mx-2 max-sm:w-[calc(100%+1rem)] max-sm:-mb-2 max-sm:overflow-x-auto max-sm:pb-2 sm:self-end"
    >
      <ul className="flex sm:gap-1">
        {items.map(({ href, label, count }) => {
          const here = pathname === href || pathname.startsWith(`${href}/`);
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={here ? "page" : undefined}
                className={classNames(
                  "relative flex min-h-11 items-center gap-1.5 px-2.5 font-medium -outline-offset-2",
                  here ? "text-ink" : "text-ink-muted hover:text-ink",
                )}
              >
                {label}
                {count !== undefined && <Count href={href} count={count} />}
                {here && (
                  <span
                    aria-hidden="true"
                    className="mark absolute -bottom-[5.5px] left-1/2 size-2.5 -translate-x-1/2 rotate-45 bg-hold"
                  />
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function Count({ href, count }: { href: string; count: string }) {
  return (
    <span className="rounded-sm bg-sunken px-1 text-xs leading-5 text-ink-muted tabular-nums">
      {useToldCount(href) ?? count}
    </span>
  );
}
