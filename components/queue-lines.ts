import type { QueueRow } from "./queue-table";

/**
 * What an open queue shows, as a pure state: which lines, in which order, where one is, what is selected, and what waits
 * behind "3 new". The list never jumps: new work is put in when it is asked for, and what somebody else has decided stays
 * where it is, marked, as long as one is at it.
 */
export type QueueLine = QueueRow & {
  /** `order/step/visit`: a task, and a later visit is another one. */
  key: string;
  order: string;
  step: string;
  visit: number;
  /** The client's own number of the order. */
  number: string;
  mine: boolean;
  escalated: boolean;
  /** Where it stands in the order of this list: by the text, then by the number, then by `key`. */
  place: readonly [string, number];
};

export type QueueState = {
  lines: readonly QueueLine[];
  /** Where the next page begins; null when everything is there. */
  next: string | null;
  /** New work that is not shown yet. */
  news: readonly QueueLine[];
  focus: string | null;
  selected: ReadonlySet<string>;
  /** Keys of lines that are over, and are shown until one leaves them. */
  over: ReadonlySet<string>;
  /** What was selected and is over: whoever is about to decide all of it has to hear of that. */
  lost: readonly QueueLine[];
};

export type QueueAction =
  | { type: "loaded"; lines: readonly QueueLine[]; next: string | null }
  | { type: "appended"; lines: readonly QueueLine[]; next: string | null }
  /** `orders` were asked about, and `lines` are those of them that are in the list now. */
  | { type: "changed"; orders: readonly string[]; lines: readonly QueueLine[] }
  /** Decided by somebody, told before it could be asked what the orders are now. */
  | { type: "decidedElsewhere"; orders: readonly string[] }
  | { type: "newsTaken" }
  | { type: "moved"; by: number; extending?: boolean }
  | { type: "focused"; key: string | null }
  | { type: "toggled"; key: string }
  | { type: "allSelected" }
  | { type: "selectionCleared" }
  /** Decided here: gone at once, and on to the next. */
  | { type: "decided"; keys: readonly string[] }
  /** A decision was refused or taken back: the line stands where it stood. */
  | { type: "restored"; line: QueueLine };

export function queueState(lines: readonly QueueLine[], next: string | null): QueueState {
  return {
    lines,
    next,
    news: [],
    focus: lines[0]?.key ?? null,
    selected: new Set(),
    over: new Set(),
    lost: [],
  };
}

export function queueReducer(state: QueueState, action: QueueAction): QueueState {
  switch (action.type) {
    case "loaded":
      return keepPlace(state, {
        ...state,
        lines: action.lines,
        next: action.next,
        news: [],
        over: new Set(),
      });
    case "appended": {
      const known = keysOf(state.lines);
      return {
        ...state,
        lines: [...state.lines, ...action.lines.filter(({ key }) => !known.has(key))],
        news: state.news.filter(({ key }) => !action.lines.some((line) => line.key === key)),
        next: action.next,
      };
    }
    case "changed":
      return changed(state, action.orders, action.lines);
    case "decidedElsewhere": {
      const alone = action.orders.filter(
        (order) => state.lines.filter((line) => line.order === order).length === 1,
      );
      return changed(state, alone, []);
    }
    case "newsTaken":
      return { ...state, lines: merged(state, state.news), news: [] };
    case "moved":
      return moved(state, action.by, action.extending ?? false);
    case "focused":
      return leave(state, action.key);
    case "toggled": {
      const selected = new Set(state.selected);
      if (!selected.delete(action.key) && !state.over.has(action.key)) selected.add(action.key);
      return { ...state, selected };
    }
    case "allSelected":
      return {
        ...state,
        selected: new Set(state.lines.map(({ key }) => key).filter((key) => !state.over.has(key))),
      };
    case "selectionCleared":
      return { ...state, selected: new Set(), lost: [] };
    case "decided":
      return without(state, new Set(action.keys));
    case "restored": {
      const known = keysOf(state.lines).has(action.line.key);
      const lines = known ? state.lines : merged(state, [action.line], true);
      return { ...leave({ ...state, lines }, action.line.key), over: minus(state.over, [action.line.key]) };
    }
  }
}

/** The line one is at. */
export function focusedLine({ lines, focus }: QueueState): QueueLine | undefined {
  return lines.find(({ key }) => key === focus);
}

function keysOf(lines: readonly QueueLine[]): Set<string> {
  return new Set(lines.map(({ key }) => key));
}

function minus(keys: ReadonlySet<string>, gone: Iterable<string>): Set<string> {
  const left = new Set(keys);
  for (const key of gone) left.delete(key);
  return left;
}

/** After a reload one is where one was, if that is still there. */
function keepPlace(before: QueueState, after: QueueState): QueueState {
  const keys = keysOf(after.lines);
  const focus = before.focus && keys.has(before.focus) ? before.focus : (after.lines[0]?.key ?? null);
  return { ...after, focus, selected: new Set([...before.selected].filter((key) => keys.has(key))) };
}

function changed(state: QueueState, orders: readonly string[], lines: readonly QueueLine[]): QueueState {
  const asked = new Set(orders);
  const now = new Map(lines.map((line) => [line.key, line]));
  const shown = keysOf(state.lines);
  const gone = state.lines
    .filter(({ key, order }) => asked.has(order) && !now.has(key))
    .map(({ key }) => key);
  const kept = state.lines.map((line) => now.get(line.key) ?? line);
  const news = [
    ...state.news.filter(({ order }) => !asked.has(order)),
    ...lines.filter(({ key }) => !shown.has(key)),
  ];
  const back = lines.map(({ key }) => key);
  const over = minus(state.over, back);
  const leaving = new Set(gone.filter((key) => key !== state.focus));
  if (state.focus !== null && gone.includes(state.focus)) over.add(state.focus);
  return {
    ...state,
    lines: kept.filter(({ key }) => !leaving.has(key)),
    news,
    over,
    selected: minus(state.selected, gone),
    lost: [
      ...state.lost.filter(({ key }) => !now.has(key)),
      ...state.lines.filter(({ key }) => state.selected.has(key) && gone.includes(key)),
    ],
  };
}

/** Lines put in where their place says; behind what is loaded only when `anywhere` or when nothing more is to come. */
function merged({ lines, next }: QueueState, coming: readonly QueueLine[], anywhere = false): QueueLine[] {
  const all = [...lines];
  for (const line of coming) {
    if (all.some(({ key }) => key === line.key)) continue;
    const at = all.findIndex((other) => standsBefore(line, other));
    if (at >= 0) all.splice(at, 0, line);
    else if (anywhere || next === null) all.push(line);
  }
  return all;
}

function standsBefore(one: QueueLine, other: QueueLine): boolean {
  const [[group, rank], [otherGroup, otherRank]] = [one.place, other.place];
  if (group !== otherGroup) return group < otherGroup;
  return rank === otherRank ? one.key < other.key : rank < otherRank;
}

function moved(state: QueueState, by: number, extending: boolean): QueueState {
  const { lines, focus } = state;
  if (lines.length === 0) return state;
  const from = lines.findIndex(({ key }) => key === focus);
  const to = Math.min(Math.max(from + by, 0), lines.length - 1);
  const after = leave(state, lines[to]!.key);
  if (!extending) return after;
  const [first, last] = from < to ? [from, to] : [to, from];
  const passed = lines.slice(Math.max(first, 0), last + 1).map(({ key }) => key);
  return {
    ...after,
    selected: new Set([...after.selected, ...passed.filter((key) => !state.over.has(key))]),
  };
}

/** Goes to another line; what was over is let go when one leaves it. */
function leave(state: QueueState, to: string | null): QueueState {
  if (state.over.size === 0 || (state.focus !== null && state.focus === to)) return { ...state, focus: to };
  const leaving = minus(state.over, to === null ? [] : [to]);
  return {
    ...state,
    focus: to,
    lines: state.lines.filter(({ key }) => !leaving.has(key)),
    over: minus(state.over, leaving),
  };
}

function without(state: QueueState, gone: ReadonlySet<string>): QueueState {
  const { lines, focus } = state;
  const at = lines.findIndex(({ key }) => key === focus);
  const stays = (line: QueueLine) => !gone.has(line.key);
  const next =
    focus !== null && gone.has(focus)
      ? (lines.slice(at + 1).find(stays) ?? lines.slice(0, Math.max(at, 0)).findLast(stays))
      : lines[at];
  return {
    ...state,
    lines: lines.filter(stays),
    focus: next?.key ?? null,
    selected: minus(state.selected, gone),
    over: minus(state.over, gone),
  };
}
