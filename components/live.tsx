"use client";

import { RefreshCw, TriangleAlert, WifiOff } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  useTransition,
} from "react";
import { Button, buttonClass } from "./button";
import { DrawnFor, useDrawnFor } from "./drawn-for";
import { formatTimeOfDay, type ViewTime } from "./format";
import { holdLinks } from "./held-links";
import { onSignOutElsewhere } from "./kept-drafts";
import { tellPresence, thisBrowser } from "./live-browser";
import { type LiveChanges, LiveConnection, type LivePerson, type LiveState } from "./live-connection";
import { LiveRefresh } from "./live-refresh";
import { isWriting, watchWriting } from "./live-writing";
import { serverNow_ms } from "./server-clock";

export type LiveProviderProps = {
  /** Who is signed in: only their own tabs share a connection. */
  person: string;
  /** The page knows the log up to this position; null when that is not known. */
  from: number | null;
  view: ViewTime;
  children: ReactNode;
};

type Live = { state: LiveState; withheld: boolean; refreshNow(): void; view: ViewTime };

const LiveContext = createContext<Live | null>(null);
const connecting: LiveState = { kind: "connecting" };

let made: LiveConnection | undefined;
let pageNow = "";
/** The connection of this tab, whichever pages it shows. */
function liveConnection(): LiveConnection {
  made ??= new LiveConnection(thisBrowser(() => serverNow_ms(pageNow)));
  return made;
}

/** A page is not left so shortly that the next one could not take over its connection. */
const leaving_ms = 3_000;
let leaving: ReturnType<typeof setTimeout> | undefined;
/** Who does nothing for so long is not there: nothing is loaded for them, and so their session can run out. */
const idle_ms = 10 * 60_000;

/**
 * Keeps a page alive: hears what happens, and has the server draw the page again when something did. A page that follows by
 * itself says `data-live="own"` on an element of it, and is left alone.
 */
export function LiveProvider({ person, from, view, children }: LiveProviderProps) {
  const router = useRouter();
  const pathname = usePathname();
  const [refreshing, startRefresh] = useTransition();
  const [withheld, setWithheld] = useState(false);
  const refresh = useRef<LiveRefresh>(undefined);
  const path = useRef(pathname);
  path.current = pathname;
  const position = useRef(from);
  position.current = from;

  useEffect(() => {
    pageNow = view.now;
  }, [view.now]);

  useEffect(() => {
    const connection = liveConnection();
    const there = watchThere();
    const refresher = new LiveRefresh({
      refresh: () => startRefresh(() => router.refresh()),
      may() {
        if (document.querySelector('[data-live="own"]')) return "never";
        if (connection.state.kind !== "live" || document.hidden || !there.is()) return "later";
        return isWriting() ? "writing" : "now";
      },
      withheld: setWithheld,
    });
    refresh.current = refresher;
    const stops = [
      connection.onChanges((changes) => refresher.changed(changes.next, concerns(path.current, changes))),
      watchWriting(),
      onSignOutElsewhere(() => connection.signedOut()),
      watchNetwork(connection),
      there.stop,
      () => refresher.stop(),
    ];
    clearTimeout(leaving);
    connection.join(person, position.current);
    return () => {
      for (const stop of stops) stop();
      leaving = setTimeout(() => connection.stop(), leaving_ms);
    };
  }, [person, router]);

  useEffect(() => {
    if (!refreshing) refresh.current?.shown(from);
  }, [refreshing, from]);

  const state = useLiveState();
  return (
    <DrawnFor person={person}>
      <LiveContext value={{ state, withheld, refreshNow: () => refresh.current?.now(), view }}>
        {children}
      </LiveContext>
    </DrawnFor>
  );
}

/** Has `listener` called with everything that happens and this person may hear of, and with what happened since the page was drawn. */
export function useChanges(listener: (changes: LiveChanges) => void): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => liveConnection().onChanges((changes) => latest.current(changes)), []);
}

/** To be called when an answer says that the person of this page is not signed in any more. */
export function tellSignedOut(): void {
  liveConnection().signedOut();
}

/** Has `listener` called when the connection stands again. */
export function useLiveAgain(listener: () => void): void {
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    const connection = liveConnection();
    return connection.onState(() => connection.state.kind === "live" && latest.current());
  }, []);
}

const nobody: readonly LivePerson[] = [];
const sayAgain_ms = 20_000;

/**
 * Who else looks at this order at the moment, as their browsers say; and says that we do, as long as somebody sits in front of
 * the page and can see it. It is no claim, and keeps nobody from anything.
 */
export function usePresence(order: string | null): readonly LivePerson[] {
  const [seen, setSeen] = useState<{ order: string; people: readonly LivePerson[] } | null>(null);
  const own = useDrawnFor();
  useEffect(() => {
    if (order === null || own === null) return;
    const connection = liveConnection();
    const viewer = Math.random().toString(36).slice(2);
    const there = watchThere();
    let saidLast = false;
    let left = false;
    const say = async () => {
      const looks = !document.hidden && there.is();
      if (!looks && !saidLast) return;
      saidLast = looks;
      const told = { viewer, order: looks ? order : null, drawnFor: own };
      const answered = await tellPresence(told).catch(() => null);
      if (answered?.status === 401) connection.signedOut();
      if (!answered?.ok || !looks || left) return;
      const { people } = (await answered.json()) as { people: LivePerson[] };
      if (!left) setSeen({ order, people });
    };
    // Walking through a list is not looking at each of its orders.
    const first = setTimeout(say, 400);
    const again = setInterval(say, sayAgain_ms);
    const looked = () => void say();
    document.addEventListener("visibilitychange", looked);
    const stop = connection.onPresence((told) => told.order === order && setSeen(told));
    return () => {
      left = true;
      clearTimeout(first);
      clearInterval(again);
      document.removeEventListener("visibilitychange", looked);
      stop();
      there.stop();
      if (saidLast) tellPresence({ viewer, order: null, drawnFor: own }).catch(() => {});
    };
  }, [order, own]);
  return useMemo(
    () => (seen && seen.order === order ? seen.people.filter(({ id }) => id !== own) : nobody),
    [seen, order, own],
  );
}

/** How the connection is at the moment. */
function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => liveConnection().onState(listener),
    () => liveConnection().state,
    () => connecting,
  );
}

/** A short break is nobody's business. */
const shortBreak_ms = 2_500;

/** Says when the page no longer follows what happens, since when, and what to do; draws nothing while all is well. */
export function LiveBanner() {
  const { state, withheld, refreshNow, view } = useContext(LiveContext)!;
  const pathname = usePathname();
  const [broken, setBroken] = useState<LiveState | null>(null);
  const [mended, setMended] = useState(false);
  const [held, setHeld] = useState(false);
  const away = state.kind === "lost" || state.kind === "signedOut";
  useEffect(() => {
    if (!away) {
      setBroken(null);
      setHeld(false);
      return;
    }
    const say = () => {
      setBroken(state);
      setMended(true);
    };
    const timer = setTimeout(say, state.kind === "lost" ? shortBreak_ms : 0);
    return () => clearTimeout(timer);
  }, [away, state]);
  useEffect(
    () =>
      holdLinks(() => {
        const { state } = liveConnection();
        setHeld(true);
        if (state.kind === "lost") setBroken(state);
      }),
    [],
  );
  const since =
    broken && "since_ms" in broken && formatTimeOfDay(new Date(broken.since_ms).toISOString(), view);
  const signedOut = broken?.kind === "signedOut";
  // With what was narrowed, sorted or searched for: who signs in again is where they were.
  const here = signedOut ? `${pathname}${window.location.search}` : pathname;
  const Icon = signedOut ? TriangleAlert : broken ? WifiOff : RefreshCw;
  return (
    <div role="status" className={broken ? "bg-warn-tint text-warn" : "bg-accent-tint text-accent"}>
      {mended && !broken && <p className="sr-only">The page follows again.</p>}
      {(broken || withheld) && (
        <div className="mx-auto flex min-h-10 max-w-7xl flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1">
          <Icon aria-hidden="true" className="size-4 shrink-0" strokeWidth={2.25} />
          <p className="min-w-0 flex-1">
            {signedOut ? (
              <>
                <b>You are no longer signed in.</b> What you see is as of {since}.
              </>
            ) : broken ? (
              <>
                <b>No connection since {since}.</b> What you see is from then, and follows again by itself.
                {held && " Other pages open when it is back."}
              </>
            ) : (
              <>
                <b>Something has changed here.</b> It waits until you have finished writing.
              </>
            )}
          </p>
          {signedOut ? (
            <Link
              href={`/sign-in?next=${encodeURIComponent(here)}` as Route}
              className={buttonClass("secondary", "small")}
            >
              Sign in
            </Link>
          ) : (
            <Button size="small" onClick={() => (broken ? liveConnection().retry() : refreshNow())}>
              {broken ? "Try now" : "Show it now"}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** Whether what happened concerns more of the page than the numbers in its frame: a page of one order is about that one. */
function concerns(path: string, { changes, everything }: LiveChanges): boolean {
  const [, order] = /^\/(?:orders|requests)\/([^/]+)/.exec(path) ?? [];
  return everything || !order || changes.some((change) => change.order === order);
}

function watchNetwork(connection: LiveConnection): () => void {
  const online = () => connection.retry();
  const offline = () => connection.lose();
  const looked = () => !document.hidden && connection.retry();
  const back = ({ persisted }: PageTransitionEvent) => persisted && connection.resume();
  window.addEventListener("online", online);
  window.addEventListener("offline", offline);
  window.addEventListener("pageshow", back);
  document.addEventListener("visibilitychange", looked);
  return () => {
    window.removeEventListener("online", online);
    window.removeEventListener("offline", offline);
    window.removeEventListener("pageshow", back);
    document.removeEventListener("visibilitychange", looked);
  };
}

const signs = ["pointerdown", "pointermove", "keydown", "wheel", "visibilitychange"];

/** Whether somebody sits in front of it, by what they do. */
function watchThere(): { is(): boolean; stop(): void } {
  let there = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let checked = false;
  const idle = () => {
    // One more round: a sign restarts no timer, because there are many of them.
    if (checked) timer = setTimeout(idle, idle_ms);
    else there = false;
    checked = false;
  };
  const sign = () => {
    checked = true;
    if (there) return;
    there = true;
    timer = setTimeout(idle, idle_ms);
  };
  timer = setTimeout(idle, idle_ms);
  for (const name of signs) document.addEventListener(name, sign, { passive: true });
  return {
    is: () => there,
    stop() {
      clearTimeout(timer);
      for (const name of signs) document.removeEventListener(name, sign);
    },
  };
}
