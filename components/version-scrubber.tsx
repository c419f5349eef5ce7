"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import type { Route } from "next";
import Form from "next/form";
import { useState } from "react";
import { Button, ButtonLink } from "./button";

export type VersionScrubberProps = {
  /** The page that takes `at` and `since`. */
  action: Route;
  /** Which version is shown, with which it is compared, and how many there are. */
  at: number;
  since: number;
  last: number;
  previous?: Route;
  next?: Route;
};

/**
 * Moves through the versions of something: a form of GET, so that every moment has an address and it works without scripts;
 * with them, letting go of the slider is enough.
 */
export function VersionScrubber({ action, at, since, last, previous, next }: VersionScrubberProps) {
  const [chosen, choose] = useState(at);
  return (
    <Form action={action} className="grid gap-3">
      <div className="flex flex-wrap items-center gap-3">
        {previous ? (
          <ButtonLink href={previous} size="small">
            <ChevronLeft aria-hidden="true" className="size-4" />
            Event before
          </ButtonLink>
        ) : (
          <Button size="small" disabled>
            <ChevronLeft aria-hidden="true" className="size-4" />
            Event before
          </Button>
        )}
        <label className="flex min-w-48 flex-1 items-center gap-3 max-sm:order-first max-sm:basis-full">
          <span className="sr-only">After which event</span>
          <input
            type="range"
            name="at"
            min={1}
            max={last}
            value={chosen}
            aria-valuetext={`Event ${chosen} of ${last}`}
            onChange={({ currentTarget }) => choose(Number(currentTarget.value))}
            onPointerUp={({ currentTarget }) => currentTarget.form?.requestSubmit()}
            className="h-6 flex-1 accent-accent"
          />
          <output className="min-w-16 text-right tabular-nums">
            {chosen} of {last}
          </output>
        </label>
        {next ? (
          <ButtonLink href={next} size="small">
            Event after
            <ChevronRight aria-hidden="true" className="size-4" />
          </ButtonLink>
        ) : (
          <Button size="small" disabled>
            Event after
            <ChevronRight aria-hidden="true" className="size-4" />
          </Button>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2 text-ink-muted">
        <label className="flex items-center gap-2">
          Compared with event
          <input
            type="number"
            name="since"
            min={1}
            max={last}
            defaultValue={since}
            className="min-h-7 w-20 rounded-md border border-edge bg-surface px-2 text-ink tabular-nums pointer-coarse:min-h-11"
          />
        </label>
        <Button type="submit" size="small">
          Show
        </Button>
      </div>
    </Form>
  );
}
