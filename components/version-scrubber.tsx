"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import type { Route } from "next";
import Form from "next/form";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button, ButtonLink } from "./button";

export type VersionScrubberProps = {
  /** The page that takes `at` and `since`. */
  action: Route;
  /**
   * Which version is shown, with which it is compared, and how many there are; `asked` when somebody asked for that one, and it
   * stays whatever is shown. Otherwise it is the one before.
   */
  at: number;
  since: number;
  asked: boolean;
  last: number;
  previous?: Route;
  next?: Route;
};

/** Who moves the slider by keys wants what is shown once they rest, and not every version on the way. */
const rest_ms = 400;

/**
 * Moves through the versions of something: a form of GET, so that every moment has an address and it works without scripts;
 * with them, letting go of the slider or of its keys is enough. The focus stays on the slider, to go on from there.
 */
export function VersionScrubber(props: VersionScrubberProps) {
  const { action, at, since, asked, last, previous, next } = props;
  const [chosen, choose] = useState(at);
  const held = useRef(false);
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const moving = () => resting.current !== undefined;
  const settle = () => {
    clearTimeout(resting.current);
    resting.current = undefined;
  };
  // A version that was asked for comes when the next may be on its way already.
  useEffect(() => {
    if (!moving()) choose(at);
  }, [at]);
  useEffect(() => settle, []);
  const move = (slider: HTMLInputElement) => {
    choose(Number(slider.value));
    settle();
    if (!held.current) resting.current = setTimeout(() => slider.form?.requestSubmit(), rest_ms);
  };
  const loadAtOnce = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  };
  return (
    <Form action={action} scroll={false} onSubmit={settle} className="grid gap-3">
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
            onChange={({ currentTarget }) => move(currentTarget)}
            onKeyDown={loadAtOnce}
            onPointerDown={() => {
              held.current = true;
            }}
            onPointerUp={({ currentTarget }) => {
              held.current = false;
              currentTarget.form?.requestSubmit();
            }}
            onPointerCancel={() => {
              held.current = false;
            }}
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
            key={`${asked} ${since}`}
            type="number"
            name="since"
            min={1}
            max={last}
            defaultValue={asked ? since : ""}
            placeholder={`${since}`}
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
