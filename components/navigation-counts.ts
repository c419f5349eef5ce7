"use client";

import { useSyncExternalStore } from "react";

// What pages that follow by themselves know better than the frame they were drawn with.
const counts = new Map<string, string>();
const listeners = new Set<() => void>();

/** Says how much waits at a place now, in words. Holds until the frame is drawn with a number of its own. */
export function tellCount(href: string, count: string): void {
  if (counts.get(href) === count) return;
  counts.set(href, count);
  for (const listener of listeners) listener();
}

/** How much waits at a place, as far as a page has said so since; undefined when none has. */
export function useToldCount(href: string): string | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => counts.get(href),
    () => undefined,
  );
}

/** The frame was drawn anew: its own numbers hold. */
export function forgetCounts(): void {
  counts.clear();
}
