"use client";

import { keepPreviousData, QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { ArrowLeft, Keyboard } from "lucide-react";
import type { Route } from "next";
import Link from "next/link";
import {
  type KeyboardEvent,
  memo,
  type ReactNode,
  startTransition,
  useCallback,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { BulkPane } from "./bulk-pane";
import { Button } from "./button";
import { classNames } from "./class-names";
import { CommandForm, type CommandState } from "./command-form";
import { newCommandId } from "./command-id";
import type { DecisionState } from "./decision-form";
import { useDrawnFor } from "./drawn-for";
import { EmptyState } from "./empty-state";
import { formatNumber, type ViewTime } from "./format";
import { type KeyHelp, KeySheet, type KeySheetHandle } from "./key-sheet";
import { tellSignedOut, useChanges, useLiveAgain, usePresence } from "./live";
import { tellCount } from "./navigation-counts";
import { Notice } from "./notice";
import { AnswerError, fetchChanged, fetchPage, fetchReview } from "./queue-client";
import { focusedLine, type QueueLine, queueReducer, queueState } from "./queue-lines";
import { QueueList } from "./queue-list";
import { type QueueViewLink, QueueViews } from "./queue-views";
import { type RecentDecision, RecentlyDecided, undoable } from "./recently-decided";
import type { ReviewData, ReviewTask, ReviewVerdict } from "./review-data";
import { ReviewPane } from "./review-pane";
import { useSingleKeys } from "./single-keys";
import type { UndoState } from "./undo-strip";
import { useAfterPaint } from "./use-after-paint";
import { useDrafts } from "./use-drafts";
import { useOnePress } from "./use-one-press";
import { useOpenPane } from "./use-open-pane";
import { missingNote } from "./verdict";
import { VerdictBar, WaitsNotice } from "./verdict-bar";

type Command = (state: CommandState, data: FormData) => Promise<CommandState>;

export type QueueConsoleProps = {
  /** Which cut of the queue this is, and the others. */
  current: string;
  views: readonly QueueViewLink[];
  lines: readonly QueueLine[];
  next: string | null;
  /** What the first line is decided by, so that it is there with the page. */
  review: ReviewData | null;
  view: ViewTime;
  actions: {
    decide(state: DecisionState, data: FormData): Promise<DecisionState>;
    withdraw(state: UndoState, data: FormData): Promise<UndoState>;
    claim: Command;
    release: Command;
    takeOver: Command;
  };
  /**
   * The view it is of, and whether it has less; what stands first; how many were sorted, when not all. `own` says what somebody has
   * made of the view, and the way back to more of it; null for a view as it is.
   */
  cut: {
    view: string;
    narrowed: boolean;
    first: string;
    sortedOf: number | null;
    own: { words: string; whole: { label: string; href: Route } } | null;
  };
  /** What narrows the cut and saves it, beside its filter. */
  narrowing: ReactNode;
};

/** The queue in two panes: lines on the left, everything the present one is decided by on the right. */
export function QueueConsole(props: QueueConsoleProps) {
  const [client] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 30_000 } } }),
  );
  return (
    <QueryClientProvider client={client}>
      <Queue {...props} client={client} />
    </QueryClientProvider>
  );
}

const helps: readonly KeyHelp[] = [
  { keys: ["J", "K"], does: "Next, previous" },
  { keys: ["X"], does: "Select" },
  { keys: ["Shift", "J / K"], does: "Extend the selection" },
  { keys: ["1 – 4"], does: "Give the verdict with this number" },
  { keys: ["C"], does: "Claim, or give back" },
  { keys: ["N"], does: "Write a note (Esc leads back)" },
  { keys: ["Z"], does: "Take the last decision back" },
  { keys: ["/"], does: "Filter" },
  { keys: ["Enter"], does: "Open the full page" },
  { keys: ["?"], does: "This sheet" },
];

const moves: ReadonlySet<string> = new Set(["j", "k", "ArrowDown", "ArrowUp", "PageDown", "PageUp"]);
const recent_max = 20;

function Queue({ client, ...props }: QueueConsoleProps & { client: QueryClient }) {
  const { current, cut, actions } = props;
  const [state, act] = useReducer(queueReducer, null, () => queueState(props.lines, props.next));
  const [views, setViews] = useState(props.views);
  // A view that was saved meanwhile comes with the page drawn anew.
  useEffect(() => setViews(props.views), [props.views]);
  const [view, setView] = useState(props.view);
  const [filter, setFilter] = useState("");
  const [recent, setRecent] = useState<readonly RecentDecision[]>([]);
  const [said, say] = useState("");
  const [trouble, setTrouble] = useState<{ key: string; message: string; noteError?: string } | null>(null);
  const [lost, setLost] = useState<string | null>(null);
  const [confirming, setConfirming] = useState<string | null>(null);
  const { open, show, close } = useOpenPane();
  const [keysOn, switchKeys] = useSingleKeys();
  // The queue is always somebody's.
  const drawnFor = useDrawnFor() ?? "";
  const formOf = (values: Readonly<Record<string, string>>) => formData({ drawnFor, ...values });
  const drafts = useDrafts(drawnFor);
  const grid = useRef<HTMLTableElement>(null);
  const noteField = useRef<HTMLTextAreaElement>(null);
  const filterField = useRef<HTMLInputElement>(null);
  const sheet = useRef<KeySheetHandle>(null);
  const gone = useRef(new Map<string, QueueLine>());
  const seen = useRef(new Map<string, string>());
  const attempts = useRef(new Map<string, string>());
  const sent = useRef(new Map<string, string>());

  const focused = focusedLine(state);
  // The list answers a key at once; what is beside it is drawn a frame later, and can be decided on only then.
  const [justPressed, pressed] = useOnePress();
  const beside = useAfterPaint(useMemo(() => ({ line: focused, justPressed }), [focused, justPressed]));
  const { line } = beside;
  const wanted = filter.trim().toLowerCase();
  const lines = wanted ? state.lines.filter((each) => fits(each, wanted)) : state.lines;
  const first = lines[0]?.key;
  const hidden = wanted !== "" && first !== undefined && !lines.some(({ key }) => key === state.focus);
  useEffect(() => {
    // What a filter leaves out is not what is decided on the right.
    if (hidden && first) act({ type: "focused", key: first });
  }, [hidden, first]);
  const present = useReview(line?.order, props.review);
  const { review } = present;
  const task = review?.tasks.find(({ key }) => key === line?.key);
  const [deciding, setDeciding] = useState(false);
  const selecting = state.selected.size > 0 || state.lost.length > 0 || deciding;
  const decidable = task && !task.decision && !task.waits && !state.over.has(task.key) ? task : undefined;
  const writable = decidable?.verdicts.some(({ blocked }) => !blocked);
  const keptNote = line && review && !writable ? drafts.of(line.key) : "";

  // What was shown first is what is decided; what changed under somebody's eyes has to be seen before.
  if (task && !seen.current.has(task.key)) seen.current.set(task.key, task.evidence);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const outdated = task !== undefined && seen.current.get(task.key) !== task.evidence;

  useEffect(() => {
    for (const next of neighbours(state.lines, line?.key))
      void client.prefetchQuery({ queryKey: ["review", next.order], queryFn: () => fetchReview(next.order) });
  }, [client, state.lines, line?.key]);

  const failed = useCallback((error: unknown) => {
    // The banner of every page says so, with the way to sign in.
    if (error instanceof AnswerError && error.status === 401) return tellSignedOut();
    setLost(
      error instanceof AnswerError
        ? error.message
        : "The console could not be reached. What you see may be old; nothing you typed is lost.",
    );
  }, []);

  const answered = useCallback((answer: { views: QueueViewLink[]; now: string }) => {
    setLost(null);
    tellCount("/queue", answer.views[0]?.count ?? "");
    // What comes by itself is drawn in pieces: a key that is pressed meanwhile does not wait for it.
    startTransition(() => {
      setViews(answer.views);
      setView((before) => ({ ...before, now: answer.now }));
    });
  }, []);

  const reload = useCallback(async () => {
    try {
      const answer = await fetchPage(current, null);
      answered(answer);
      act({ type: "loaded", lines: answer.lines, next: answer.next });
      await client.invalidateQueries({ queryKey: ["review"] });
    } catch (error) {
      failed(error);
    }
  }, [current, client, answered, failed]);

  const loadMore = useLoading(async () => {
    if (state.next === null) return;
    try {
      const answer = await fetchPage(current, state.next);
      answered(answer);
      act({ type: "appended", lines: answer.lines, next: answer.next });
    } catch (error) {
      failed(error);
    }
  });

  const look = useCallback(
    async (orders: readonly string[]) => {
      for (const order of orders) void client.invalidateQueries({ queryKey: ["review", order] });
      try {
        const answer = await fetchChanged(current, orders);
        if (!answer) return await reload();
        answered(answer);
        // What was decided here a moment ago is gone, whatever an answer from before says.
        const left = answer.lines.filter(({ key }) => !gone.current.has(key));
        startTransition(() => act({ type: "changed", orders, lines: left }));
      } catch (error) {
        failed(error);
      }
    },
    [current, client, reload, answered, failed],
  );

  useChanges(
    useCallback(
      ({ changes, everything }) => {
        if (everything) return void reload();
        // An order whose only line is decided leaves at once; what it is now is asked after.
        const decided = changes.flatMap(({ type, order }) =>
          type === "decisionMade" && order ? [order] : [],
        );
        if (decided.length > 0) act({ type: "decidedElsewhere", orders: decided });
        const orders = [...new Set(changes.flatMap(({ order }) => order ?? []))];
        if (orders.length > 0) void look(orders);
      },
      [look, reload],
    ),
  );

  useLiveAgain(() => lost !== null && void reload());

  useEffect(() => {
    // Whoever comes to the queue finds its keys at hand; who has gone on to something else is left there.
    if (keysOn && document.activeElement === document.body) grid.current?.focus({ preventScroll: true });
  }, [keysOn]);

  const update = (key: string, change: Partial<RecentDecision>) =>
    setRecent((all) => all.map((each) => (each.key === key ? { ...each, ...change } : each)));

  const restore = (key: string) => {
    const back = gone.current.get(key);
    gone.current.delete(key);
    if (back) act({ type: "restored", line: back });
  };

  async function decide(verdict: ReviewVerdict) {
    if (!line || line.key !== focused?.key || !review || !task || outdated || justPressed) return;
    const { key } = task;
    if (verdict.blocked) return say(`${verdict.blocked.reason} ${verdict.blocked.whoCan}`);
    const note = drafts.of(key).trim();
    if (verdict.needsNote && !note) {
      setTrouble({
        key,
        message: "",
        noteError: missingNote(verdict),
      });
      return noteField.current?.focus();
    }
    pressed();
    if (verdict.irreversible && confirming !== `${key}/${verdict.value}`) {
      setConfirming(`${key}/${verdict.value}`);
      return say(`${verdict.label} cannot be taken back. Do it once more to confirm.`);
    }
    setConfirming(null);
    setTrouble(null);
    // The same verdict on the same thing keeps its id: sent twice, because an answer was lost, it is given once.
    const attempt = [key, verdict.value, task.evidence, note].join(" ");
    const commandId = attempts.current.get(attempt) ?? newCommandId();
    attempts.current.set(attempt, commandId);
    gone.current.set(key, line);
    sent.current.set(key, note);
    act({ type: "decided", keys: [key] });
    close();
    setRecent((all) =>
      [
        {
          key,
          title: line.title,
          participle: `${verdict.label}…`,
          effectiveAt: null,
          now: review.now,
          state: "sending" as const,
        },
        ...all.filter((each) => each.key !== key),
      ].slice(0, recent_max),
    );
    say(`${verdict.label}: ${line.title}.`);
    // What sends it has a turn of its own: the key is answered first.
    await new Promise((turn) => setTimeout(turn));
    const answer = await actions
      .decide(
        { status: "idle" },
        formOf({
          ...placeOf(task, review.order),
          evidenceHash: task.evidence,
          commandId,
          verdict: verdict.value,
          note,
        }),
      )
      .catch(() => null);
    if (answer?.status === "decided") {
      const { verdict: participle, effectiveAt, now } = answer.decision;
      update(key, { participle, effectiveAt, now, state: "made" });
      drafts.forget(key);
      say(`${participle}: ${line.title}. Z takes it back.`);
      return;
    }
    if (answer?.status === "idle") return void look([review.order]);
    setRecent((all) => all.filter((each) => each.key !== key));
    restore(key);
    seen.current.delete(key);
    const message = answer?.message ?? "The console did not answer. Give the verdict again: it counts once.";
    setTrouble({ key, message, noteError: answer?.fieldErrors?.note });
    say(message);
    void look([review.order]);
  }

  async function undo(key: string) {
    const back = gone.current.get(key);
    if (!back) return;
    update(key, { state: "withdrawing" });
    const { order, step, visit } = back;
    const answer = await actions
      .withdraw(
        { status: "idle" },
        formOf({ order, task: step, visit: String(visit), commandId: newCommandId() }),
      )
      .catch(() => null);
    if (answer?.status !== "withdrawn") {
      update(key, { state: "made" });
      return say(answer?.status === "refused" ? answer.message : "The console did not answer. Try again.");
    }
    update(key, { state: "withdrawn" });
    drafts.set(key, drafts.of(key) || (sent.current.get(key) ?? ""));
    restore(key);
    say(`Taken back: ${back.title}.`);
    await client.invalidateQueries({ queryKey: ["review", order] });
    void look([order]);
  }

  async function claimOrRelease() {
    if (!line || line.key !== focused?.key || !task) return;
    const command = task.mayRelease && task.mine ? actions.release : task.mayClaim ? actions.claim : null;
    if (!command)
      return say(task.owner && !task.mine ? `${task.owner} has claimed it.` : "It cannot be claimed now.");
    const answer = await command(
      { status: "idle" },
      formOf({ ...placeOf(task, line.order), commandId: newCommandId() }),
    ).catch(() => null);
    say(answer && answer.status !== "idle" ? answer.message : "The console did not answer. Try again.");
    await look([line.order]);
  }

  // What is drawn beside the list is the same while these are: a key that changes the list alone does not draw it again.
  const latest = useRef({ decide, undo, claimOrRelease });
  latest.current = { decide, undo, claimOrRelease };
  const onUndo = useCallback((key: string) => void latest.current.undo(key), []);
  const onClaim = useCallback(() => void latest.current.claimOrRelease(), []);
  const onLeave = useCallback(() => grid.current?.focus(), []);
  const onVerdict = useCallback((verdict: ReviewVerdict) => {
    void latest.current.decide(verdict);
    grid.current?.focus({ preventScroll: true });
  }, []);
  const onSeen = useCallback((shown: ReviewTask | undefined) => {
    if (shown) seen.current.set(shown.key, shown.evidence);
    redraw();
  }, []);
  const noteOf = task?.key ?? "";
  const onNote = useCallback((note: string) => drafts.set(noteOf, note), [drafts.set, noteOf]);

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") return;
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (pressed.length === 1 && pressed !== " " && !keysOn) return;
    const key = keyOf(pressed, event.shiftKey);
    if (!key) return;
    event.preventDefault();
    // A finger that stays on a key moves on through the list, and does nothing else twice.
    if (!event.repeat || moves.has(pressed)) key();
  }

  function keyOf(pressed: string, shift: boolean): (() => void) | undefined {
    const digit = /^[1-4]$/.test(pressed) ? task?.verdicts[Number(pressed) - 1] : undefined;
    if (digit) return () => void decide(digit);
    const move = (by: number) => () => moveTo(by, shift);
    const page = Math.max(1, Math.floor((grid.current?.parentElement?.clientHeight ?? 480) / 48) - 1);
    const keys: { readonly [key: string]: () => void } = {
      j: move(1),
      k: move(-1),
      ArrowDown: move(1),
      ArrowUp: move(-1),
      PageDown: move(page),
      PageUp: move(-page),
      Home: move(-lines.length),
      End: move(lines.length),
      x: () => focused && act({ type: "toggled", key: focused.key }),
      " ": () => focused && act({ type: "toggled", key: focused.key }),
      c: () => void claimOrRelease(),
      n: () => noteField.current?.focus(),
      z: () => {
        const last = undoable(recent);
        if (last) void undo(last.key);
        else say("There is nothing to take back any more.");
      },
      "/": () => filterField.current?.focus(),
      "?": () => sheet.current?.open(),
      Enter: () => focused && window.location.assign(focused.orderHref),
      Escape: () => act({ type: "selectionCleared" }),
    };
    return Object.hasOwn(keys, pressed) ? keys[pressed] : undefined;
  }

  function moveTo(by: number, extending: boolean) {
    if (lines === state.lines) return act({ type: "moved", by, extending });
    const from = lines.findIndex(({ key }) => key === state.focus);
    const to = lines[Math.min(Math.max(from + by, 0), lines.length - 1)];
    if (to) act({ type: "focused", key: to.key });
  }

  const focusLine = useCallback(
    (key: string) => {
      act({ type: "focused", key });
      show();
      grid.current?.focus({ preventScroll: true });
    },
    [show],
  );
  const toggle = useCallback((key: string) => act({ type: "toggled", key }), []);

  return (
    <div
      data-live="own"
      className="grid h-[calc(100dvh-8.5rem)] grid-cols-1 min-h-96 grid-rows-[auto_1fr] gap-2 sm:h-[calc(100dvh-7.5rem)]"
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <h1 className="text-lg">Queue</h1>
        <QueueViews views={views} current={current} />
        <div className="ml-auto flex items-center gap-2 max-sm:w-full">
          <input
            ref={filterField}
            type="search"
            aria-label="Filter what is loaded"
            placeholder="Filter"
            value={filter}
            onChange={({ target }) => setFilter(target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Escape" && event.key !== "Enter") return;
              // The list has to be there again before it can be gone to.
              if (event.key === "Escape") flushSync(() => setFilter(""));
              event.preventDefault();
              grid.current?.focus();
            }}
            className="min-h-8 w-44 rounded-md border border-edge bg-surface px-2.5 text-base placeholder:text-ink-muted max-sm:min-w-0 max-sm:flex-1 sm:text-sm pointer-coarse:min-h-11"
          />
          {props.narrowing}
          <Button
            variant="quiet"
            size="small"
            aria-label="Keys"
            title="Keys (?)"
            onClick={() => sheet.current?.open()}
            className="px-1.5"
          >
            <Keyboard aria-hidden="true" className="size-4" />
          </Button>
        </div>
        {cut.own && (
          <p className="w-full text-[0.8125rem] text-ink-muted">
            {cut.own.words}{" "}
            <Link
              href={cut.own.whole.href}
              prefetch={false}
              className="inline-flex min-h-6 items-center underline underline-offset-2"
            >
              {cut.own.whole.label}
            </Link>
          </p>
        )}
      </div>
      <p role="status" className="sr-only">
        {said}
      </p>
      <div className="grid min-h-0 grid-cols-1 overflow-hidden rounded-lg border border-edge bg-surface lg:grid-cols-[minmax(22rem,2fr)_3fr]">
        <div
          className={classNames(
            "grid min-h-0 grid-cols-1 grid-rows-[auto_auto_1fr_auto] lg:border-r lg:border-edge",
            // On a phone the order lies over the list, for those who hear it, too.
            (open || selecting) && "max-lg:invisible",
          )}
        >
          {lost ? (
            <div className="p-2">
              <Notice kind="warning" title={lost} announce>
                <Button size="small" onClick={() => void reload()}>
                  Try again
                </Button>
              </Notice>
            </div>
          ) : (
            <span />
          )}
          {state.news.length > 0 ? (
            <button
              type="button"
              onClick={() => {
                act({ type: "newsTaken" });
                grid.current?.focus({ preventScroll: true });
              }}
              className="min-h-8 border-b border-line bg-accent-tint px-3 text-left text-[0.8125rem] font-medium text-accent hover:underline"
            >
              {state.news.length} new
            </button>
          ) : (
            <span />
          )}
          {lines.length === 0 ? (
            <div className="p-4">
              <Empty
                filtered={state.lines.length > 0}
                cut={cut}
                more={state.next !== null}
                onMore={loadMore}
              />
            </div>
          ) : (
            <QueueList
              grid={grid}
              state={state}
              lines={lines}
              label={`Orders you may decide, ${cut.first}`}
              view={view}
              onFocusLine={focusLine}
              onToggle={toggle}
              onKeyDown={onKeyDown}
              onEnd={loadMore}
            />
          )}
          <RecentlyDecided decisions={recent} onUndo={onUndo} />
        </div>
        <div
          className={classNames(
            "min-h-0 grid-cols-1 grid-rows-[auto_1fr_auto] bg-surface max-lg:fixed max-lg:inset-0 max-lg:z-20",
            open || selecting ? "grid" : "hidden lg:grid",
          )}
        >
          {selecting ? (
            <BulkPane
              view={current}
              asOf={view.now}
              selected={state.lines.filter(({ key }) => state.selected.has(key))}
              lost={state.lost}
              loaded={state.lines.length}
              everythingLoaded={state.next === null}
              task={task ?? review?.tasks[0]}
              onSelectAll={() => act({ type: "allSelected" })}
              onBegun={() => setDeciding(true)}
              onClear={() => {
                act({ type: "selectionCleared" });
                setDeciding(false);
                close();
                grid.current?.focus();
              }}
              onDecided={(keys) => act({ type: "decided", keys })}
              onEnded={reload}
              say={say}
            />
          ) : (
            <>
              <div className="flex items-center border-b border-line px-2 py-1 lg:hidden">
                <Button variant="quiet" onClick={() => close()}>
                  <ArrowLeft aria-hidden="true" className="size-4" />
                  Queue
                </Button>
              </div>
              <div
                className="min-h-0 overflow-y-auto overscroll-contain"
                aria-busy={present.loading || undefined}
              >
                {!line ? null : !review ? (
                  <Loading error={present.error} onRetry={present.retry} />
                ) : (
                  <Review
                    review={review}
                    task={task}
                    view={view}
                    trouble={trouble?.key === line.key ? trouble.message : ""}
                    over={state.over.has(line.key)}
                    outdated={outdated}
                    actions={actions}
                    onSeen={onSeen}
                    onClaim={onClaim}
                    onTaken={look}
                  />
                )}
              </div>
              {decidable ? (
                <VerdictBar
                  key={decidable.key}
                  task={decidable}
                  note={drafts.of(decidable.key)}
                  noteField={noteField}
                  onNote={onNote}
                  onVerdict={onVerdict}
                  onLeave={onLeave}
                  error={trouble?.key === decidable.key ? trouble.noteError : undefined}
                  held={outdated || beside.justPressed}
                  confirming={
                    confirming?.startsWith(`${decidable.key}/`)
                      ? confirming.slice(decidable.key.length + 1)
                      : undefined
                  }
                  keys={keysOn}
                />
              ) : (
                task?.waits && (
                  <div className="border-t border-edge p-3">
                    <WaitsNotice task={task} />
                  </div>
                )
              )}
              {line && keptNote && (
                <KeptNote key={line.key} note={keptNote} onForget={() => drafts.forget(line.key)} />
              )}
            </>
          )}
        </div>
      </div>
      <KeySheet keys={helps} on={keysOn} onSwitch={switchKeys} handle={sheet} />
    </div>
  );
}

/** What somebody has written who can no longer send it here: to be read, copied, or thrown away. */
function KeptNote({ note, onForget }: { note: string; onForget(): void }) {
  return (
    <div className="grid gap-1 border-t border-edge px-4 py-3">
      <label className="grid gap-1 text-[0.8125rem] font-medium">
        Your note, which was not sent
        <textarea
          readOnly
          value={note}
          rows={2}
          className="w-full resize-y rounded-md border border-line bg-sunken px-2.5 py-1 text-base font-normal sm:text-sm"
        />
      </label>
      <Button size="small" variant="quiet" onClick={onForget} className="justify-self-start">
        Throw it away
      </Button>
    </div>
  );
}

/** The review of an order: what was sent with the page at first, what was asked for since afterwards. */
function useReview(order: string | undefined, first: ReviewData | null) {
  const query = useQuery({
    queryKey: ["review", order],
    queryFn: ({ signal }) => fetchReview(order!, signal),
    enabled: order !== undefined,
    initialData: first?.order === order ? (first ?? undefined) : undefined,
    placeholderData: keepPreviousData,
  });
  // While the next one is on its way the one before must not be mistaken for it.
  const review = query.data?.order === order ? query.data : undefined;
  return { review, loading: query.isFetching, error: query.error, retry: () => void query.refetch() };
}

/** Runs one at a time: asked for again while it runs, it does nothing. */
function useLoading(load: () => Promise<void>): () => void {
  const running = useRef(false);
  const latest = useRef(load);
  latest.current = load;
  return useCallback(() => {
    if (running.current) return;
    running.current = true;
    void latest.current().finally(() => {
      running.current = false;
    });
  }, []);
}

/** The order beside the list, with what just changed above it. */
const Review = memo(function Review(props: {
  review: ReviewData;
  task: ReviewTask | undefined;
  view: ViewTime;
  trouble: string;
  over: boolean;
  outdated: boolean;
  actions: QueueConsoleProps["actions"];
  onSeen(task: ReviewTask | undefined): void;
  onClaim(): void;
  onTaken(orders: readonly string[]): void;
}) {
  const { review, task, view, trouble, over, outdated, actions, onSeen, onClaim, onTaken } = props;
  const others = usePresence(review.order);
  const last = review.happened.at(-1)?.sentence;
  const notices = (
    <>
      {over && (
        <Notice kind="warning" title="Nothing is left to decide here" announce>
          {last}
        </Notice>
      )}
      {!over && outdated && (
        <Notice kind="warning" title="This order changed while you looked at it" announce>
          <p>{last}</p>
          <Button size="small" onClick={() => onSeen(task)}>
            I have seen the change
          </Button>
        </Notice>
      )}
      {trouble && !over && (
        <Notice kind="error" title={trouble} announce>
          Your note is kept.
        </Notice>
      )}
      {others.length > 0 && (
        <p className="text-xs text-ink-muted">
          {new Intl.ListFormat("en-GB").format(others.map(({ name }) => name))}{" "}
          {others.length === 1 ? "is" : "are"} viewing this, too.
        </p>
      )}
      {task && (
        <Holder
          task={task}
          order={review.order}
          actions={actions}
          onClaim={onClaim}
          onTaken={() => onTaken([review.order])}
        />
      )}
    </>
  );
  return <ReviewPane review={review} task={task} view={view} notices={notices} />;
});

/** Who has claimed the task, and the ways to change that. */
function Holder(props: {
  task: ReviewTask;
  order: string;
  actions: QueueConsoleProps["actions"];
  onClaim(): void;
  onTaken(): void;
}) {
  const { task, order, actions, onClaim, onTaken } = props;
  const takeOver = useCallback(
    async (state: CommandState, data: FormData) => {
      const answer = await actions.takeOver(state, data);
      if (answer.status === "done") onTaken();
      return answer;
    },
    [actions, onTaken],
  );
  const [commandId, setCommandId] = useState("");
  useEffect(() => setCommandId(newCommandId()), []);
  if (task.decision || (!task.owner && !task.mayClaim)) return null;
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 text-[0.8125rem]">
      <p className="text-ink-muted">
        {task.owner ? `Claimed by ${task.mine ? "you" : task.owner}.` : "Nobody has claimed it."}
      </p>
      {task.mine && task.mayRelease && (
        <Button size="small" onClick={onClaim}>
          Give back
        </Button>
      )}
      {task.mayClaim && (
        <Button size="small" onClick={onClaim}>
          Claim
        </Button>
      )}
      {task.mayTakeOver && (
        <CommandForm
          action={takeOver}
          hidden={{ ...placeOf(task, order), commandId }}
          label="Take over"
          size="small"
          note={{ label: "Why you take it over", required: true }}
        />
      )}
    </div>
  );
}

function Loading({ error, onRetry }: { error: Error | null; onRetry(): void }) {
  if (error)
    return (
      <div className="p-4">
        <Notice kind="error" title="This order could not be shown" announce>
          <p>{error.message}</p>
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        </Notice>
      </div>
    );
  return (
    <div aria-hidden="true" className="grid gap-4 p-4 motion-safe:animate-pulse">
      <div className="h-6 w-2/3 rounded-sm bg-sunken" />
      <div className="h-5 w-1/2 rounded-sm bg-sunken" />
      <div className="h-24 rounded-sm bg-sunken" />
      <div className="h-40 rounded-sm bg-sunken" />
    </div>
  );
}

const emptyWords: { readonly [view: string]: { title: string; reason: string } } = {
  mine: {
    title: "You have claimed nothing",
    reason: "Claim an order with C, and others see that you are at it.",
  },
  unclaimed: { title: "Nothing is unclaimed", reason: "Whatever waits, somebody has claimed." },
  atRisk: {
    title: "Nothing is at risk",
    reason: "Orders stand here when less than a quarter of their time is left.",
  },
  breached: { title: "Nothing is late", reason: "Orders stand here when their time is up." },
  waiting: {
    title: "Nothing waits for others",
    reason: "Orders stand here while whoever asked for them changes them.",
  },
  narrowed: {
    title: "Nothing is like that",
    reason: "No order you may decide fits what this view was narrowed to.",
  },
};

function Empty(props: { filtered: boolean; cut: QueueConsoleProps["cut"]; more: boolean; onMore(): void }) {
  const { filtered, cut, more, onMore } = props;
  if (filtered)
    return (
      <div className="grid justify-items-start gap-3">
        <EmptyState title="None of what is loaded fits" reason="Esc in the filter shows everything again." />
        {more && <Button onClick={onMore}>Look further</Button>}
      </div>
    );
  if (more)
    return (
      <div className="grid justify-items-start gap-3">
        <EmptyState
          title={cut.narrowed ? "None of these is like that" : "None of these is yours to decide"}
          reason={
            cut.narrowed
              ? "Orders further down may be."
              : "The orders looked at so far are those you asked for, handed in or changed."
          }
        />
        <Button onClick={onMore}>Look further</Button>
      </div>
    );
  if (cut.sortedOf !== null)
    return (
      <EmptyState
        title={`None of the ${formatNumber(cut.sortedOf)} with the least time left is like that`}
        reason="Others may be: with the least time left first, all are looked through."
      />
    );
  const words = emptyWords[cut.narrowed ? "narrowed" : cut.view] ?? {
    title: "Nothing waits for you",
    reason: "Orders come here when the policy asks for a person. Those you asked for yourself go to others.",
  };
  return <EmptyState {...words} />;
}

function fits(line: QueueLine, wanted: string): boolean {
  return [line.title, line.number, line.requestedBy, line.claimedBy ?? "", line.amount, ...line.reasons].some(
    (text) => text.toLowerCase().includes(wanted),
  );
}

/** The lines somebody is most likely to look at next. */
function neighbours(lines: readonly QueueLine[], focus: string | undefined): QueueLine[] {
  const at = lines.findIndex(({ key }) => key === focus);
  return lines.slice(at + 1, at + 3);
}

function placeOf({ step, visit }: ReviewTask, order: string) {
  return { order, task: step, visit: String(visit) };
}

function formData(values: Readonly<Record<string, string>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}
