"use client";

import { ArrowUp, Pause, Radio } from "lucide-react";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import {
  type FocusEvent,
  type PointerEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import { Button } from "./button";
import { type EventRow, EventTable, type EventTableProps } from "./event-table";
import { arrived, released, type Watching, watched_lines_max } from "./event-watching";
import { formatNumber, formatTimeOfDay, type Instant } from "./format";
import { useChanges } from "./live";
import { serverNow_ms } from "./server-clock";

/** What `GET <newsUrl>&from=<position>` answers. */
export type EventNews = {
  /** The newest first. */
  lines: EventRow[];
  /** Where the log goes on: the next `from`. */
  next: number;
  /** Set when some may be missing before these lines. */
  gap: boolean;
};

export type EventWatchProps = Omit<EventTableProps, "rows" | "pages"> & {
  /** The lines the page was drawn with, and from which position on it has to ask. */
  rows: readonly EventRow[];
  from: number;
  newsUrl: string;
  /** The address of a page of the log, but for the position it begins below. */
  olderUrl: string;
};

const gap_ms = 400;
const again_ms = 4_000;
const told_ms = 10_000;
/** Lines that begin higher on the screen than this begin below the page's frame. */
const scrolled_px = 60;

/**
 * A log that is watched: what is recorded and fits appears on top. While somebody points at the lines, has the focus in them
 * or has scrolled down, it waits behind a button, so that nothing moves under their eyes.
 */
export function EventWatch({ rows, from, newsUrl, olderUrl, ...table }: EventWatchProps) {
  const [watching, setWatching] = useState<Watching>({ shown: rows, waiting: [], apart: false });
  const { failedSince, reading, frame, top, told } = useWatching({
    from,
    newsUrl,
    now: table.view.now,
    setWatching,
  });
  const { shown, waiting } = watching;
  const last = shown.at(-1);
  const show = () => {
    if (waiting.length === 0) return;
    setWatching(released);
    top.current?.scrollIntoView({ block: "start" });
  };
  const since =
    failedSince === null ? null : formatTimeOfDay(new Date(failedSince).toISOString(), table.view);
  return (
    <div data-live="own">
      <div ref={top} className="scroll-mt-28" />
      <div {...frame}>
        <EventTable
          {...table}
          rows={shown}
          pages={{
            next: last && last.pos > 0 ? (`${olderUrl}${last.pos - 1}` as Route) : undefined,
            summary:
              shown.length >= watched_lines_max
                ? `The newest ${watched_lines_max} lines are kept here.`
                : undefined,
          }}
        />
      </div>
      <div className="pointer-events-none sticky bottom-3 z-5 mt-3 flex justify-center">
        <div className="pointer-events-auto flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md border border-edge bg-surface px-3 py-1.5 shadow-md">
          <State reading={reading} since={since} />
          <Button size="small" aria-disabled={waiting.length === 0 || undefined} onClick={show}>
            <ArrowUp aria-hidden="true" className="size-4" />
            {waiting.length === 0
              ? "Nothing new"
              : `Show ${formatNumber(waiting.length)}${waiting.length >= watched_lines_max ? "+" : ""} new`}
          </Button>
        </div>
      </div>
      <p role="status" className="sr-only">
        {told}
      </p>
    </div>
  );
}

function State({ reading, since }: { reading: boolean; since: string | null }) {
  const Icon = reading || since ? Pause : Radio;
  return (
    <p className="flex items-center gap-2 text-[0.8125rem]">
      <Icon
        aria-hidden="true"
        className={since ? "size-4 text-warn" : "size-4 text-accent"}
        strokeWidth={2.25}
      />
      {since ? (
        `No answer since ${since}. It is asked again.`
      ) : reading ? (
        "Held back while you read"
      ) : (
        <>
          Watching<span className="max-sm:hidden">: new lines appear on top</span>
        </>
      )}
    </p>
  );
}

/** Asks for what is new, one question at a time, and knows whether somebody reads. */
function useWatching({
  from,
  newsUrl,
  now,
  setWatching,
}: {
  from: number;
  newsUrl: string;
  now: Instant;
  setWatching: (change: (watching: Watching) => Watching) => void;
}) {
  const { reading, readingNow, frame, top } = useReading(() => setWatching(released));
  const [failedSince, setFailedSince] = useState<number | null>(null);
  const [told, tell] = useTold();
  const next = useRef(from);
  const asking = useRef({ wanted: false, running: false, over: false });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const ask = useCallback(async () => {
    asking.current.wanted = true;
    if (asking.current.running || asking.current.over || document.hidden) return;
    Object.assign(asking.current, { wanted: false, running: true });
    let wait_ms = gap_ms;
    try {
      const response = await fetch(`${newsUrl}&from=${next.current}`, {
        headers: { Accept: "application/json" },
      });
      // Somebody who may not watch any more is told so by the frame of the page.
      if ([401, 403].includes(response.status)) asking.current.over = true;
      if (!response.ok) throw new Error(`The console answered with ${response.status}`);
      const news = (await response.json()) as EventNews;
      // The log was put back to an earlier state: nothing that is drawn may be there any more.
      if (news.next < next.current) return window.location.reload();
      next.current = news.next;
      setFailedSince(null);
      setWatching((watching) => arrived(watching, news, readingNow()));
      tell(news.lines.length);
    } catch {
      setFailedSince((since) => since ?? serverNow_ms(now));
      asking.current.wanted = true;
      wait_ms = again_ms;
    }
    timer.current = setTimeout(() => {
      asking.current.running = false;
      if (asking.current.wanted) void ask();
    }, wait_ms);
  }, [newsUrl, now, readingNow, setWatching, tell]);

  useChanges((changes) => {
    if (changes.everything || changes.next !== next.current) void ask();
  });
  useEffect(() => {
    asking.current.over = false;
    // Something may have been recorded between the page and its scripts, and while nobody could see it.
    void ask();
    const looked = () => void (document.hidden || ask());
    document.addEventListener("visibilitychange", looked);
    return () => {
      document.removeEventListener("visibilitychange", looked);
      clearTimeout(timer.current);
      asking.current = { wanted: false, running: false, over: true };
    };
  }, [ask]);
  return { failedSince, reading, frame, top, told };
}

/** Whether somebody reads the lines: points at them, has the focus in them, or has scrolled past their beginning. */
function useReading(ended: () => void) {
  const top = useRef<HTMLDivElement>(null);
  const signs = useRef({ points: false, focus: false, scrolled: false });
  const [reading, setReading] = useState(false);
  const latest = useRef(ended);
  latest.current = ended;
  const readingNow = useCallback(() => Object.values(signs.current).some(Boolean), []);
  const sign = useCallback(
    (name: "points" | "focus" | "scrolled", is: boolean) => {
      const before = readingNow();
      signs.current[name] = is;
      setReading(readingNow());
      if (before && !readingNow()) latest.current();
    },
    [readingNow],
  );
  useEffect(() => {
    // An observer would not hear of a jump from above the lines to their middle.
    const scrolled = () => {
      const is = (top.current?.getBoundingClientRect().top ?? 0) < scrolled_px;
      if (is !== signs.current.scrolled) sign("scrolled", is);
    };
    scrolled();
    window.addEventListener("scroll", scrolled, { passive: true });
    return () => window.removeEventListener("scroll", scrolled);
  }, [sign]);
  return {
    reading,
    readingNow,
    top,
    frame: {
      onPointerEnter: (event: PointerEvent) => event.pointerType === "mouse" && sign("points", true),
      onPointerLeave: (event: PointerEvent) => event.pointerType === "mouse" && sign("points", false),
      onFocus: () => sign("focus", true),
      onBlur: (event: FocusEvent) =>
        event.currentTarget.contains(event.relatedTarget) || sign("focus", false),
    },
  };
}

/** Says how many lines came, to people who hear the page, and not more often than can be listened to. */
function useTold(): [string, (lines: number) => void] {
  const [told, setTold] = useState("");
  const untold = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = useCallback((lines: number) => {
    untold.current += lines;
    if (timer.current !== undefined || untold.current === 0) return;
    const say = () => {
      timer.current = undefined;
      if (untold.current === 0) return;
      setTold(`${formatNumber(untold.current)} new ${untold.current === 1 ? "event" : "events"}`);
      untold.current = 0;
      timer.current = setTimeout(say, told_ms);
    };
    timer.current = setTimeout(say, 500);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return [told, tell];
}

/**
 * Keeps a page of a log still: what is recorded meanwhile does not push its lines down, but is said on top, where `newest` is
 * set, with a button that shows it.
 */
export function EventsStill({
  from,
  newest,
  children,
}: {
  from: number;
  newest: boolean;
  children: ReactNode;
}) {
  const router = useRouter();
  const [known, setKnown] = useState(from);
  useChanges(({ next, everything }) => setKnown((before) => (everything ? next : Math.max(before, next))));
  const grown = newest && known > from;
  return (
    <div data-live="own">
      <div role="status">
        {grown && (
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 pb-2 text-[0.8125rem]">
            The log goes on: {formatNumber(known - from)} more{" "}
            {known - from === 1 ? "event was" : "events were"} recorded since.
            <Button size="small" onClick={() => router.refresh()}>
              Show what is new
            </Button>
          </p>
        )}
      </div>
      {children}
    </div>
  );
}
