import { randomUUID } from "node:crypto";
import type { Route } from "next";
import Link from "next/link";
import type { AuthorizedActor } from "#lib/domain/authority";
import { mayShare, type Surface, savedViews } from "#lib/queries/saved-views";
import { searchKept } from "#lib/queries/saved-views-kept";
import { classNames } from "../../components/class-names";
import { Disclosure } from "../../components/disclosure";
import { SavedMark } from "../../components/queue-views";
import { SaveView } from "../../components/saved-views";
import { store } from "../reading";
import { saveView } from "./actions";
import { viewHref } from "./view-pages";

/** `query` is the search part of the page's address as it is now. */
type SavedSearchesProps = { actor: AuthorizedActor; surface: Surface; query: string };

/** The saved searches of a page as links, the present one marked, and a way to save the present one. */
export async function SavedSearches({ actor, surface, query }: SavedSearchesProps) {
  const views = await savedViews(actor, store(), surface);
  const present = searchKept(surface, query);
  const saved = views.some((view) => view.query === present);
  if (views.length === 0 && present === null) return null;
  return (
    <div tabIndex={-1} className="flex flex-wrap items-start gap-x-2 gap-y-1 pb-3">
      {views.length > 0 && (
        <nav aria-label="Saved searches" className="min-w-0">
          <ul className="flex flex-wrap gap-1">
            {views.map((view) => (
              <li key={view.id}>
                <Link
                  href={viewHref(surface, view.query)}
                  prefetch={false}
                  aria-current={view.query === present ? "page" : undefined}
                  className={classNames(
                    "flex min-h-7 items-center gap-1.5 rounded-md border px-2 text-[0.8125rem] font-medium pointer-coarse:min-h-11",
                    view.query === present
                      ? "border-edge bg-surface text-ink"
                      : "border-line text-ink-muted hover:bg-sunken hover:text-ink",
                  )}
                >
                  <SavedMark shared={view.shared} />
                  <span className="wrap-anywhere">{view.name}</span>
                </Link>
              </li>
            ))}
            <li>
              <Link
                href={"/saved-views" as Route}
                prefetch={false}
                className="flex min-h-7 items-center px-1 text-[0.8125rem] text-ink-muted underline underline-offset-2 pointer-coarse:min-h-11"
              >
                Rename or remove
              </Link>
            </li>
          </ul>
        </nav>
      )}
      {present !== null && !saved && (
        <div className="has-[details[open]]:w-full">
          <Disclosure label="Save this search" variant="quiet" size="small">
            <div className="max-w-md">
              <SaveView
                label="Save this search as"
                action={saveView}
                hidden={{ id: randomUUID(), surface, query: present }}
                mayShare={mayShare(actor, surface)}
              />
            </div>
          </Disclosure>
        </div>
      )}
    </div>
  );
}
