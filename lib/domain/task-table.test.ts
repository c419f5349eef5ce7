import { describe, expect, it } from "vitest";
import type { Role } from "./authority";
import { commandSchema } from "./commands";
import type { TaskVerb } from "./decide-task";
import type { TaskState, TaskStatus } from "./order";
import type { Rejection } from "./rejection";
import { ask, received, type Spec, spec } from "./spec";
import { orderFulfilment } from "./workflows/order-fulfilment";

/**
 * Who may do what to a task in which state: every state, every verb, every kind of person, written down.
 *
 *   ok     accepted                              held   somebody else holds the task
 *   role   refused: lacks the role               state  the verb is not for this state
 *   own    refused: asked for the order          stale  the task is over, or was decided
 *   excl   refused: handed it in or changed it   not    this task does not fail and is not skipped
 *   off    refused: the account is disabled      late   there is no decision left to withdraw
 *   owner  refused: only who holds or decided it
 *
 * The right comes before the state: who has none is told the same in every column (`always`). CHANGES is SUSPENDED while the
 * requester amends; OVER is a task that is no longer there. Ana holds every task that somebody holds, and has decided the
 * COMPLETED one, whose undo window is open.
 */
const always: { [kind: string]: string } = {
  requester: "own",
  requester2: "role",
  auditor: "role",
  admin: "role",
  changedIt: "excl",
  handedItIn: "excl",
  disabled: "off",
  machine: "role",
};

const table: Record<TaskVerb | "withdraw", string> = {
  claim: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      state   ok    state    state       state     state   state     state  state state  state    stale
    reviewer    state   ok    held     held        held      state   stale     state  state state  state    stale
    supervisor  role    role  role     role        role      role    role      role   role  role   role     stale
  `,
  takeOver: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      state   state ok       ok          state     state   state     state  state state  state    stale
    reviewer    state   state ok       ok          state     state   state     state  state state  state    stale
    supervisor  role    role  role     role        role      role    role      role   role  role   role     stale
  `,
  start: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      state   ok    ok       state       state     state   state     state  state state  state    stale
    reviewer    state   ok    held     held        held      state   stale     state  state state  state    stale
    supervisor  role    role  role     role        role      role    role      role   role  role   role     stale
  `,
  stop: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      state   state state    ok          state     state   state     state  state state  state    stale
    reviewer    state   state owner    owner       owner     state   owner     state  state state  state    stale
    supervisor  role    role  role     role        role      role    role      role   role  role   role     stale
  `,
  release: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      state   state ok       ok          state     state   state     state  state state  state    stale
    reviewer    state   state owner    owner       owner     state   owner     state  state state  state    stale
    supervisor  state   state ok       ok          state     state   state     state  state state  state    stale
  `,
  suspend: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      role    role  role     role        role      role    role      role   role  role   role     role
    reviewer    role    role  role     role        role      role    role      role   role  role   role     role
    supervisor  state   ok    ok       ok          state     state   state     state  state state  state    stale
  `,
  resume: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      role    role  role     role        role      role    role      role   role  role   role     role
    reviewer    role    role  role     role        role      role    role      role   role  role   role     role
    supervisor  state   state state    state       ok        state   state     state  state state  state    stale
  `,
  delegate: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      state   state ok       ok          state     state   state     state  state state  state    stale
    reviewer    state   state owner    owner       owner     state   owner     state  state state  state    stale
    supervisor  state   ok    ok       ok          state     state   state     state  state state  state    stale
  `,
  forward: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      state   state ok       ok          state     state   state     state  state state  state    stale
    reviewer    state   state owner    owner       owner     state   owner     state  state state  state    stale
    supervisor  state   ok    ok       ok          state     state   state     state  state state  state    stale
  `,
  fail: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      state   state state    not         state     state   state     state  state state  state    stale
    reviewer    state   state owner    owner       owner     state   owner     state  state state  state    stale
    supervisor  role    role  role     role        role      role    role      role   role  role   role     stale
  `,
  skip: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      role    role  role     role        role      role    role      role   role  role   role     role
    reviewer    role    role  role     role        role      role    role      role   role  role   role     role
    supervisor  state   not   not      not         state     state   state     state  state state  state    stale
  `,
  decide: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      state   ok    ok       ok          state     state   state     state  state state  state    stale
    reviewer    state   ok    held     held        held      state   stale     state  state state  state    stale
    supervisor  role    role  role     role        role      role    role      role   role  role   role     stale
  `,
  withdraw: `
                CREATED READY RESERVED IN_PROGRESS SUSPENDED CHANGES COMPLETED FAILED ERROR EXITED OBSOLETE OVER
    holder      late    late  late     late        late      late    ok        late   late  late   late     stale
    reviewer    late    late  late     late        late      late    owner     late   late  late   late     stale
    supervisor  role    role  role     role        role      role    role      role   role  role   role     stale
  `,
};

/** All of TaskStatus: one that is added there and not here does not compile. */
const taskStatuses = Object.keys({
  CREATED: 0,
  READY: 0,
  RESERVED: 0,
  IN_PROGRESS: 0,
  SUSPENDED: 0,
  COMPLETED: 0,
  FAILED: 0,
  ERROR: 0,
  EXITED: 0,
  OBSOLETE: 0,
} satisfies Record<TaskStatus, 0>);

const people: { [kind: string]: { id: string; roles: Role[] } } = {
  requester: { id: "rita", roles: ["requester"] },
  requester2: { id: "remy", roles: ["requester"] },
  holder: { id: "ana", roles: ["reviewer"] },
  reviewer: { id: "ben", roles: ["reviewer"] },
  supervisor: { id: "sam", roles: ["supervisor"] },
  auditor: { id: "ada", roles: ["auditor"] },
  admin: { id: "root", roles: ["admin"] },
  changedIt: { id: "cleo", roles: ["reviewer", "supervisor"] },
  handedItIn: { id: "adam", roles: ["requester", "reviewer", "admin"] },
  disabled: { id: "dora", roles: ["reviewer", "supervisor"] },
  machine: { id: "timer", roles: [] },
};

const cast = Object.fromEntries(Object.values(people).map(({ id, roles }) => [id, roles]));
const opened = spec(orderFulfilment, { people: cast, disabled: ["dora"] }).given(received({}, "adam"));

function inState(column: string): Spec {
  const held = (change: Partial<TaskState>) =>
    opened.givenState((state) => ({
      ...state,
      lastAmendedBy: "cleo",
      tasks: { "manual.review#1": { ...opened.task, excluded: ["rita", "adam", "cleo"], ...change } },
    }));
  const before = { status: "RESERVED", owner: "ana" } as const;
  switch (column) {
    case "READY":
      return held({});
    case "RESERVED":
    case "IN_PROGRESS":
      return held({ status: column, owner: "ana" });
    case "SUSPENDED":
      return held(before).given(ask("sam", "task.suspend", { reason: "Fire drill" }));
    case "CHANGES":
      return held(before).given(ask("ana", "task.decide", { verdict: "sendBack", note: "Which?" }));
    case "COMPLETED":
      return held(before).given(ask("ana", "task.decide", { verdict: "approve", undo_ms: 8_000 }));
    case "OVER":
      return held(before).given(ask("ana", "task.decide", { verdict: "approve" }));
    default:
      return held({ status: column as TaskState["status"], owner: null });
  }
}

const more: { [verb: string]: object } = {
  takeOver: { reason: "Ana is ill" },
  suspend: { reason: "Fire drill" },
  delegate: { to: "ben" },
  forward: { to: "supervisor" },
  fail: { reason: "Cannot be judged" },
  skip: { reason: "Not needed" },
  decide: { verdict: "approve" },
};

function said(rejection: Rejection | null): string {
  if (!rejection) return "ok";
  switch (rejection.authority) {
    case "own request":
      return "own";
    case "exclusion":
      return "excl";
    case "disabled":
      return "off";
    case "role":
    case "owner":
      return rejection.authority;
    case undefined:
      break;
  }
  const words: { [code: string]: string } = {
    heldByAnother: "held",
    wrongState: "state",
    stale: "stale",
    notPossible: "not",
    tooLate: "late",
  };
  return words[rejection.code] ?? rejection.code;
}

describe.each(Object.keys(table) as (keyof typeof table)[])("task.%s", (verb) => {
  const [columns = "", ...rows] = table[verb].trim().split("\n");
  const states = columns.trim().split(/\s+/);
  const expected = new Map(Object.entries(always).map(([kind, word]) => [kind, states.map(() => word)]));
  for (const row of rows) {
    const [kind = "", ...words] = row.trim().split(/\s+/);
    expected.set(kind, words);
  }

  it("is in the table for every kind of person and every state", () => {
    expect([...expected.keys()].sort()).toEqual(Object.keys(people).sort());
    expect(new Set(states)).toEqual(new Set([...taskStatuses, "CHANGES", "OVER"]));
    for (const words of expected.values()) expect(words).toHaveLength(states.length);
  });

  it.each(Object.entries(people))(
    "is answered to the %s as the table says, in every state",
    (kind, { id }) => {
      const answers = states.map((state) => {
        const { rejection } = inState(state).when(ask(id, `task.${verb}`, { ...more[verb] }));
        return `${state} ${said(rejection)}`;
      });
      expect(answers).toEqual(states.map((state, n) => `${state} ${expected.get(kind)?.[n]}`));
    },
  );
});

it("is the table of every verb there is", () => {
  const verbs = commandSchema.options
    .map((option) => option.shape.type.value)
    .filter((type) => type.startsWith("task."));
  expect(
    Object.keys(table)
      .map((verb) => `task.${verb}`)
      .sort(),
  ).toEqual(verbs.sort());
});
