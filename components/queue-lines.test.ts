import { describe, expect, test } from "vitest";
import { type QueueAction, type QueueLine, type QueueState, queueReducer, queueState } from "./queue-lines";

const line = (name: string, due: string): QueueLine => ({
  key: name,
  order: name,
  step: "review",
  visit: 1,
  number: name,
  orderHref: `/orders/${name}` as never,
  title: name,
  reasons: [],
  amount: "£1.00",
  age: "2026-07-02T10:00:00.000Z",
  sla: { breachAt: `2026-07-02T${due}:00.000Z`, goal_ms: 7_200_000 },
  requestedBy: "Rita",
  mine: false,
  escalated: false,
  place: [due, 0],
});
const three = [line("a", "10:00"), line("b", "11:00"), line("c", "12:00")];
const after = (...actions: QueueAction[]): QueueState =>
  actions.reduce(queueReducer, queueState(three, null));
const shown = ({ lines }: QueueState) => lines.map(({ key }) => key).join("");
const changed = (orders: string[], ...lines: QueueLine[]): QueueAction => ({
  type: "changed",
  orders,
  lines,
});

describe("after a verdict", () => {
  test("the line is gone and one is at the next", () => {
    const state = after({ type: "focused", key: "b" }, { type: "decided", keys: ["b"] });
    expect([shown(state), state.focus]).toEqual(["ac", "c"]);
  });

  test("at the end of the list one is at the one before, and then at none", () => {
    const state = after({ type: "focused", key: "c" }, { type: "decided", keys: ["c"] });
    expect(state.focus).toBe("b");
    expect(queueReducer(state, { type: "decided", keys: ["a", "b"] }).focus).toBeNull();
  });

  test("that was refused or taken back the line stands where it stood, and one is at it", () => {
    const state = after(
      { type: "focused", key: "b" },
      { type: "decided", keys: ["b"] },
      { type: "restored", line: three[1]! },
    );
    expect([shown(state), state.focus]).toEqual(["abc", "b"]);
  });
});

describe("what happens elsewhere", () => {
  test("new work waits until it is asked for, and then stands where its deadline says", () => {
    const state = after(changed(["n"], line("n", "10:30")));
    expect([shown(state), state.news.length]).toEqual(["abc", 1]);
    const taken = queueReducer(state, { type: "newsTaken" });
    expect([shown(taken), taken.news.length, taken.focus]).toEqual(["anbc", 0, "a"]);
  });

  test("what comes after everything that is loaded is left to its page", () => {
    const paged = queueState(three, "more");
    const news = [changed(["n"], line("n", "23:00")), { type: "newsTaken" } as const].reduce(
      queueReducer,
      paged,
    );
    expect(shown(news)).toBe("abc");
  });

  test("new work that was decided before anybody took it is no news any more", () => {
    expect(after(changed(["n"], line("n", "10:30")), changed(["n"])).news).toEqual([]);
  });

  test("a line that somebody decided is gone, without moving who is at another", () => {
    const state = after({ type: "focused", key: "c" }, { type: "toggled", key: "b" }, changed(["b"]));
    expect([shown(state), state.focus, state.selected.size]).toEqual(["ac", "c", 0]);
  });

  test("told of a decision, an order's only line is gone before anything is asked; of two it stays until it is", () => {
    const other = line("b2", "10:30");
    const two = after(changed(["b"], three[1]!, { ...other, order: three[1]!.order }), { type: "newsTaken" });
    const told = { type: "decidedElsewhere", orders: [three[0]!.order, three[1]!.order] } as const;
    expect(queueReducer(two, { type: "focused", key: "c" }).lines).toHaveLength(4);
    const state = queueReducer(queueReducer(two, { type: "focused", key: "c" }), told);
    expect(state.lines.map(({ key }) => key)).toEqual(["b2", "b", "c"]);
  });

  test("the line one is at stays, marked, until one leaves it", () => {
    const state = after({ type: "focused", key: "b" }, changed(["b"]));
    expect([shown(state), [...state.over]]).toEqual(["abc", ["b"]]);
    const left = queueReducer(state, { type: "moved", by: 1 });
    expect([shown(left), left.focus, left.over.size]).toEqual(["ac", "c", 0]);
  });

  test("a decision that was taken back elsewhere brings the line back", () => {
    const state = after({ type: "focused", key: "b" }, changed(["b"]), changed(["b"], three[1]!));
    expect([shown(state), state.over.size, state.news.length]).toEqual(["abc", 0, 0]);
  });

  test("a claim is seen in place", () => {
    const state = after(changed(["b"], { ...three[1]!, claimedBy: "Ben" }));
    expect(state.lines[1]?.claimedBy).toBe("Ben");
  });
});

describe("moving and selecting", () => {
  test("stops at both ends", () => {
    expect(after({ type: "moved", by: -1 }).focus).toBe("a");
    expect(after({ type: "moved", by: 9 }).focus).toBe("c");
  });

  test("extending selects everything passed", () => {
    const state = after({ type: "moved", by: 1, extending: true }, { type: "moved", by: 1, extending: true });
    expect([...state.selected]).toEqual(["a", "b", "c"]);
    expect(state.focus).toBe("c");
  });

  test("what is over cannot be selected", () => {
    const state = after(
      { type: "focused", key: "b" },
      changed(["b"]),
      { type: "allSelected" },
      { type: "toggled", key: "b" },
    );
    expect([...state.selected]).toEqual(["a", "c"]);
  });

  test("a reload keeps the place and what is still there of the selection", () => {
    const state = after(
      { type: "focused", key: "b" },
      { type: "allSelected" },
      { type: "loaded", lines: three.slice(1), next: null },
    );
    expect([state.focus, [...state.selected]]).toEqual(["b", ["b", "c"]]);
  });

  test("a page that comes later brings nothing twice", () => {
    const state = after({ type: "appended", lines: [three[2]!, line("d", "13:00")], next: null });
    expect(shown(state)).toBe("abcd");
  });
});

describe("what was selected and is over meanwhile", () => {
  const selected: QueueAction[] = [
    { type: "toggled", key: "a" },
    { type: "toggled", key: "b" },
  ];
  const lost = ({ lost }: QueueState) => lost.map(({ key }) => key).join("");

  test("is named, and no longer selected", () => {
    const state = after(...selected, changed(["b"]));
    expect([lost(state), [...state.selected]]).toEqual(["b", ["a"]]);
    expect(lost(queueReducer(state, { type: "decidedElsewhere", orders: ["a"] }))).toBe("ba");
  });

  test("is not what one has decided oneself, or what was not selected", () => {
    const decided = after(...selected, { type: "decided", keys: ["a", "b"] }, changed(["a", "b"]));
    expect(lost(decided)).toBe("");
    expect(lost(after(...selected, changed(["c"])))).toBe("");
  });

  test("is named until it is there again, or the selection is given up", () => {
    const state = after(...selected, changed(["b"]));
    expect(lost(queueReducer(state, changed(["b"], line("b", "11:00"))))).toBe("");
    expect(lost(queueReducer(state, { type: "selectionCleared" }))).toBe("");
  });
});
