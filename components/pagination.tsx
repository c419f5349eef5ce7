import { ChevronLeft, ChevronRight, ChevronsLeft } from "lucide-react";
import type { Route } from "next";
import { ButtonLink } from "./button";

/** Where the pages around this one are; leave out what does not exist. */
export type PageLinks = { first?: Route; previous?: Route; next?: Route };
export type PaginationProps = PageLinks & {
  /** What is paged, for people who hear the page: "Queue". */
  of: string;
  /** What is seen now: "1–50 of 312". */
  summary?: string;
};

/** Links between pages; nothing when there is one page and nothing to say. */
export function Pagination({ first, previous, next, of, summary }: PaginationProps) {
  if (!first && !previous && !next && !summary) return null;
  return (
    <nav aria-label={`Pages of ${of}`} className="flex flex-wrap items-center justify-between gap-3 pt-3">
      <p className="text-ink-muted tabular-nums">{summary}</p>
      <div className="flex gap-2">
        {first && (
          <ButtonLink href={first} size="small" variant="quiet">
            <ChevronsLeft aria-hidden="true" className="size-4" />
            First
          </ButtonLink>
        )}
        {previous && (
          <ButtonLink href={previous} size="small">
            <ChevronLeft aria-hidden="true" className="size-4" />
            Previous
          </ButtonLink>
        )}
        {next && (
          <ButtonLink href={next} size="small">
            Next
            <ChevronRight aria-hidden="true" className="size-4" />
          </ButtonLink>
        )}
      </div>
    </nav>
  );
}
