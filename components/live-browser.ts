import type { LiveBrowser, LiveChannel, LiveStream } from "./live-connection";

/** The browser this runs in, as a live connection needs it. `now_ms` is the server's clock. */
export function thisBrowser(now_ms: () => number): LiveBrowser {
  // Absent where the page did not come over a safe connection.
  const locks: LockManager | undefined = navigator.locks;
  return {
    open: (address) => new EventSource(address) as LiveStream,
    channel: "BroadcastChannel" in window ? (name) => new BroadcastChannel(name) as LiveChannel : null,
    lead: locks
      ? async (name, { steal, givenUp }, lead) =>
          void (await locks.request(name, steal ? { steal } : { signal: givenUp }, lead))
      : null,
    async signedIn(person) {
      const nowhere = { viewer: "nobody", order: null, drawnFor: person };
      const answered = await tellPresence(nowhere).catch(() => null);
      if (answered?.status === 401) return false;
      return answered?.ok ? true : null;
    },
    hidden: () => document.hidden,
    now_ms,
  };
}

/** Tells the server which order this viewer looks at, or that it looks at none any more. 401 says that it is not them any more. */
export function tellPresence(told: {
  viewer: string;
  order: string | null;
  drawnFor: string;
}): Promise<Response> {
  return fetch("/live/presence", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(told),
    // Said also by a page that is about to go.
    keepalive: true,
  });
}
