import { afterAll, beforeAll, expect, test } from "vitest";
import { isRejection } from "#lib/domain/rejection";
import type { Doubt, EffectOutcome } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";
import { systemActor } from "#lib/engine/system-actor";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { attentionPage } from "./escalations";
import { orderView } from "./order";
import type { Outside } from "./possible";
import type { Settling, Unsettled, UnsettledEffect } from "./unsettled";

let workspace: TestWorkspace;
/** What the carrier answers next, and when there is nothing any more that its connection broke. */
const answers: EffectOutcome[] = [];
let doubt: Doubt = { kind: "neither" };
const outside: Outside = () => doubt;

beforeAll(async () => {
  const adapters = instantAdapters().map((adapter) => ({
    ...adapter,
    get doubt() {
      return doubt;
    },
    perform: async () => answers.shift() ?? { kind: "inDoubt" as const, reason: "The connection broke" },
  }));
  workspace = await testWorkspace({ adapters });
});
afterAll(() => workspace.close());

async function dispatched(next: EffectOutcome[], offered: Doubt = { kind: "neither" }): Promise<string> {
  // So that the dispatcher does not leave the outside alone for what it left open before.
  workspace.clock.advance_minutes(2);
  answers.splice(0, answers.length, ...next);
  doubt = offered;
  const order = await workspace.receive({
    customer: { reference: "17850", name: "Ada Byron", address: "1 Ockham Park" },
  });
  await workspace.decide(workspace.person("ana"), order, "approve");
  await workspace.runtime.dispatcher.idle();
  return order;
}

const confirmed: EffectOutcome = { kind: "confirmed", receipt: { reference: "T-1" } };
const rejected: EffectOutcome = { kind: "rejected", reason: "Unknown postcode" };
const pending: EffectOutcome = { kind: "pending", reference: "P-7" };

async function unsettled(who: string, order: string, known: Outside = outside): Promise<Unsettled> {
  const shown = await orderView(workspace.person(who), workspace, order, workspace.clock.now(), known);
  if (!shown) throw new Error(`${who} sees nothing`);
  return shown.unsettled;
}
const only = ({ effects }: Unsettled): UnsettledEffect => {
  expect(effects).toHaveLength(1);
  return effects[0]!;
};
const offered = ({ offers }: UnsettledEffect): Settling[] =>
  offers.filter(({ refused }) => refused === null).map(({ settling }) => settling);

function asked(settling: Settling, order: string, key: string) {
  if (settling === "retry") return { type: "effect.retry", order, key, reason: "Rang the depot" } as const;
  const settle = { type: "effect.settle", order, key, attempt: 1, reason: "Rang the depot" } as const;
  if (settling === "done") return { ...settle, finding: { kind: "done", reference: "T-9" } } as const;
  return { ...settle, finding: { kind: "notDone", issueAgain: settling === "doAnew" } } as const;
}

test("an effect in doubt comes with what was sent, what was heard and why nobody asks again", async () => {
  const order = await dispatched([]);
  const at = workspace.clock.now();
  const effect = only(await unsettled("sam", order));
  expect(effect).toMatchObject({ title: "Dispatch", outside: "The carrier", status: "IN_DOUBT" });
  expect(effect.evidence).toMatchObject({
    issue: 1,
    sent: { times: 1, first: at, last: at },
    lastSaid: { at, text: "The connection broke" },
    reference: null,
    whyNotAskedAgain:
      "The carrier would do it a second time if it was sent again, and cannot be asked what became of it.",
  });
  expect(JSON.parse(effect.evidence!.input)).toMatchObject({ order, consignee: { name: "Ada Byron" } });
  expect(effect.evidence!.lines.map(({ sentence, note }) => [sentence, note])).toEqual([
    ["The dispatch was prepared.", undefined],
    ["Whether the dispatch happened is not known: No clear answer came.", "The connection broke"],
  ]);
});

test("what is offered is what the engine accepts, and what is not is what it refuses, for everybody", async () => {
  const honours: Doubt = { kind: "honoursKey", keyRetention_ms: 1 };
  const probed: Doubt = { kind: "probe", lag_ms: 1, probe: async () => ({ kind: "unknown", reason: "?" }) };
  const cases: [EffectOutcome[], Doubt, Settling[]][] = [
    [[], { kind: "neither" }, ["done", "notDone", "doAnew"]],
    [[], honours, ["retry", "done", "notDone", "doAnew"]],
    [[rejected], honours, ["retry", "doAnew"]],
    [[confirmed, pending], honours, ["done", "notDone", "doAnew"]],
  ];
  for (const [next, offers, expected] of cases)
    for (const who of ["ana", "sam", "root"])
      for (const settling of expected) {
        const order = await dispatched(next, offers);
        const effect = only(await unsettled(who, order));
        expect(offered(effect), `${who} at ${effect.status}`).toEqual(who === "ana" ? [] : expected);
        const done = await workspace.ask(workspace.person(who), asked(settling, order, effect.key));
        expect(isRejection(done), `${settling} by ${who} at ${effect.status}`).toBe(who === "ana");
        await workspace.runtime.dispatcher.idle();
      }

  const asking = await dispatched([], probed);
  for (let minute = 0; minute < 60; minute++) {
    workspace.clock.advance_minutes(1);
    await workspace.runtime.tick();
    await workspace.runtime.dispatcher.idle();
  }
  const effect = only(await unsettled("sam", asking));
  expect(offered(effect)).toEqual(["retry", "done", "notDone", "doAnew"]);
  expect(effect.evidence?.whyNotAskedAgain).toContain("was asked what became of it as often as");
});

test("a key the outside may have forgotten is not offered to be sent again, with the reason", async () => {
  const order = await dispatched([], { kind: "honoursKey", keyRetention_ms: 1 });
  workspace.clock.advance_minutes(1);
  const effect = only(await unsettled("sam", order));
  expect(offered(effect)).toEqual(["done", "notDone", "doAnew"]);
  expect(effect.offers[0]).toEqual({
    settling: "retry",
    refused: {
      reason: "The outside may have forgotten the key, so asking again could do it twice.",
      whoCan: undefined,
    },
  });
  const again = asked("retry", order, effect.key);
  expect(await workspace.ask(workspace.person("sam"), again)).toMatchObject({ code: "notPossible" });
});

test("who may not settle it reads who can; who asked for the order is shown no evidence", async () => {
  const order = await dispatched([]);
  const reviewer = only(await unsettled("ana", order));
  expect(offered(reviewer)).toEqual([]);
  expect(reviewer.offers[0]?.refused?.whoCan).toBe("root or sam can settle it.");
  expect(reviewer.evidence).not.toBeNull();
  expect(only(await unsettled("rita", order)).evidence).toBeNull();
});

test("an answer that is awaited has the number it was promised under; what is still being tried is not there", async () => {
  const waiting = await dispatched([confirmed, pending]);
  const effect = only(await unsettled("sam", waiting));
  expect(effect).toMatchObject({ title: "Proof of delivery", status: "PENDING" });
  expect(effect.evidence).toMatchObject({
    reference: "P-7",
    whyNotAskedAgain: "The carrier has accepted it and answers by itself.",
  });
  const trying = await dispatched([{ kind: "retryable", reason: "Busy" }]);
  expect((await unsettled("sam", trying)).effects).toEqual([]);
});

test("attention is cleared only once nothing has to be settled first, and by who may", async () => {
  const order = await dispatched([rejected]);
  expect((await unsettled("sam", order)).clearing).toBeNull();
  const { key } = only(await unsettled("sam", order));
  await workspace.ask(workspace.person("sam"), asked("doAnew", order, key));
  await workspace.runtime.dispatcher.idle();
  const anew = only(await unsettled("sam", order));
  expect(anew).toMatchObject({ status: "IN_DOUBT", evidence: { issue: 2 } });
  answers.push(pending);
  await workspace.ask(workspace.person("sam"), asked("done", order, anew.key));
  await workspace.runtime.dispatcher.idle();
  await workspace.runtime.engine.execute(
    { type: "effect.answer", order, key: anew.key, attempt: 1, answer: confirmed },
    {
      actor: systemActor("main", "dispatcher"),
      source: "late",
      id: key,
    },
  );
  expect((await unsettled("sam", order)).clearing).toEqual({ refused: null });
  expect((await unsettled("ana", order)).clearing?.refused?.whoCan).toBe("root or sam can look into it.");
  const cleared = await workspace.ask(workspace.person("sam"), {
    type: "order.clearAttention",
    order,
    reason: "Both numbers are of one parcel",
  });
  expect(isRejection(cleared)).toBe(false);
  expect((await unsettled("sam", order)).clearing).toBeNull();
});

test("the list of what needs attention has the same, in as many statements however long it is", async () => {
  const order = await dispatched([]);
  const reading = (cursor?: string) => ({ cursor, now: workspace.clock.now(), outside });
  const asked: string[] = [];
  const counting = new Proxy(workspace.database, {
    get: (database, member) => {
      const value = Reflect.get(database, member);
      if (typeof value !== "function") return value;
      asked.push(String(member));
      return value.bind(database);
    },
  });
  const store = { database: counting, keys: workspace.keys };
  await attentionPage(workspace.person("sam"), store, reading());
  asked.length = 0;
  const { lines } = await attentionPage(workspace.person("sam"), store, reading());
  expect(lines.length).toBeGreaterThan(10);
  expect(asked.length).toBeLessThanOrEqual(4);
  const line = lines.find((each) => each.order === order);
  expect(line).toMatchObject({ customer: "Ada Byron", requestedBy: "rita" });
  expect(line?.unsettled).toEqual(await unsettled("sam", order));
});
