"use client";

import { Bookmark, Users } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { classNames } from "./class-names";

/**
 * A cut of the queue: what it is called here and there, its address, and how much is in it, in words, or nothing when that was
 * not counted. Somebody's own and shared ones were saved.
 */
export type QueueViewLink = {
  view: string;
  label: string;
  href: Route;
  count: string;
  saved?: { id: string; shared: boolean };
};

/** The cuts of the queue, each a link, the present one marked; behind a line those that were saved. */
export function QueueViews({ views, current }: { views: readonly QueueViewLink[]; current: string }) {
  const firstSaved = views.findIndex(({ saved }) => saved);
  const strip = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone there is room for three of them.
    strip.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <nav
      ref={strip}
      aria-label="Views of the queue"
      className="min-w-0 overflow-x-auto max-sm:-mx-4 max-sm:px-4"
    >
      <ul className="flex gap-1 py-1">
        {views.map(({ view, label, href, count, saved }, n) => (
          <li
            key={saved?.id ?? view}
            className={classNames(n === firstSaved && "ml-1 border-l border-line pl-2")}
          >
            <Link
              href={href}
              prefetch={false}
              aria-current={view === current ? "page" : undefined}
              className={classNames(
                "flex min-h-8 items-center gap-1.5 rounded-md border px-2.5 text-[0.8125rem] font-medium whitespace-nowrap pointer-coarse:min-h-11",
                view === current
                  ? "border-edge bg-surface text-ink"
                  : "border-transparent text-ink-muted hover:bg-sunken hover:text-ink",
              )}
            >
              {saved && <SavedMark shared={saved.shared} />}
              <span className="max-w-40 truncate">{label}</span>
              {count && <span className="text-xs text-ink-muted tabular-nums">{count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Whether a saved view is one's own or everybody's. */
export function SavedMark({ shared }: { shared: boolean }) {
  const Icon = shared ? Users : Bookmark;
  return (
    <>
      <Icon aria-hidden="true" className="size-3.5 shrink-0" />
      {shared && <span className="sr-only">Shared: </span>}
    </>
  );
}
