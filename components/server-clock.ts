import type { Instant } from "./format";

// How far the server's clock is ahead of ours. Every page brings a sample, always too small by its journey, so the
// largest is the best; a page that comes back out of the router's cache brings an old one, which never wins.
let ahead_ms = Number.NEGATIVE_INFINITY;

/** The server's time in milliseconds, as well as the browser can know it from the page's own `now`. */
export function serverNow_ms(pageNow: Instant): number {
  const ours_ms = Date.now();
  ahead_ms = Math.max(ahead_ms, Date.parse(pageNow) - ours_ms);
  return ours_ms + ahead_ms;
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  // A hidden page draws nothing; it catches up when it is looked at.
  if (document.hidden) return;
  for (const listener of listeners) listener();
}

/**
 * Calls back every second, and at once when a hidden page is looked at again. One timer serves the whole page,
 * and none runs while nobody listens. Returns the way out; fits `useSyncExternalStore`.
 */
export function subscribeToSeconds(listener: () => void): () => void {
  listeners.add(listener);
  if (!timer) {
    timer = setInterval(tick, 1_000);
    document.addEventListener("visibilitychange", tick);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    document.removeEventListener("visibilitychange", tick);
  };
}
