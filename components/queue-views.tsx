import type { Route } from "next";
import Link from "next/link";
import { classNames } from "./class-names";

/** A cut of the queue: its address, and how much is in it, in words. */
export type QueueViewLink = { view: string; label: string; href: Route; count: string };

/** The cuts of the queue, each a link, the present one marked. */
export function QueueViews({ views, current }: { views: readonly QueueViewLink[]; current: string }) {
  return (
    <nav aria-label="Views of the queue" className="min-w-0 overflow-x-auto max-sm:-mx-4 max-sm:px-4">
      <ul className="flex gap-1 py-1">
        {views.map(({ view, label, href, count }) => (
          <li key={view}>
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
              {label}
              <span className="text-xs text-ink-muted tabular-nums">{count}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
