import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UnauthorizedActorError } from "#lib/domain/authority";
import { isRejection } from "#lib/domain/rejection";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { type HistoryAsked, orderView } from "./order";
import { type HistoryLine, wholeHistory } from "./order-history";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

async function seen(order: string, asked: HistoryAsked = {}) {
  const shown = await orderView(
    workspace.person("ana"),
    workspace,
    order,
    workspace.clock.now(),
    undefined,
    asked,
  );
  if (!shown) throw new Error("nothing is seen");
  return shown;
}

async function done(who: string, command: Parameters<TestWorkspace["ask"]>[1]): Promise<void> {
  const result = await workspace.ask(workspace.person(who), command);
  if (isRejection(result)) throw new Error(result.message);
}

async function whole(who: string, order: string): Promise<HistoryLine[] | null> {
  const history = await wholeHistory(workspace.person(who), workspace, order);
  if (!history) return null;
  const lines: HistoryLine[] = [];
  for await (const batch of history.batches) lines.push(...batch);
  return lines;
}

const types = (lines: readonly HistoryLine[]) => lines.map(({ type }) => type);

describe("the history of an order", () => {
  test("is filtered by who caused it, over the whole of it: what followed by itself is a machine's", async () => {
    const order = await workspace.receive();
    await workspace.decide(workspace.person("ana"), order, "sendBack", { note: "Which warehouse?" });
    const byPeople = await seen(order, { by: "person" });
    expect(types(byPeople.history)).toEqual(["orderReceived", "decisionMade"]);
    expect(byPeople.historyPart).toMatchObject({ first: 1, last: 2, length: 2, earlier: null, later: null });
    const byMachines = await seen(order, { by: "machine" });
    expect(types(byMachines.history)).toEqual(["policyChecked", "taskOpened", "decisionSettled"]);
    expect((await seen(order, { by: "outside" })).history).toEqual([]);
    expect((await seen(order)).history).toHaveLength(5);
  });

  test("a page of what one kind did goes on where the one before ends, however much the others did between", async () => {
    const order = await workspace.receive();
    const place = { order, step: "manual.review", visit: 1 };
    for (let n = 0; n < 51; n++) {
      await done("ana", { type: "task.claim", ...place });
      await done("ana", { type: "task.release", ...place });
    }
    const newest = await seen(order, { by: "person" });
    expect(newest.historyPart).toMatchObject({ first: 4, last: 103, length: 103, later: null });
    const before = await seen(order, { by: "person", upTo: newest.historyPart.earlier ?? 0 });
    expect(before.history.map(({ version }) => version)).toEqual([1, 4, 5]);
    expect(before.historyPart.later).toBe(newest.history.at(-1)?.version);
  });

  test("a time in which nothing happened says what was waited for, a short one is none", async () => {
    const order = await workspace.receive({ requestedBy: "remy" });
    workspace.clock.advance_minutes(14);
    const place = { order, step: "manual.review", visit: 1 };
    await done("ana", { type: "task.claim", ...place });
    workspace.clock.advance_minutes(40);
    await workspace.decide(workspace.person("ana"), order, "sendBack", { note: "Which warehouse?" });
    workspace.clock.advance_minutes(90);
    await done("remy", { type: "order.cancel", order, reason: "Not any more" });
    const shown = await seen(order);
    const silences = shown.history.flatMap(({ type, silence }) => (silence ? [[type, silence]] : []));
    expect(silences).toEqual([
      ["decisionMade", { ms: 40 * 60_000, waits: "ana to decide", people: true }],
      ["orderCancelled", { ms: 90 * 60_000, waits: "changes by remy", people: true }],
    ]);
    expect(shown.quiet).toBeNull();
    const open = await seen(await workspace.receive());
    expect(open.quiet).toEqual({
      since: workspace.clock.now(),
      waits: "one of the reviewers to decide",
      people: true,
    });
  });

  test("the ways it went are those its verdicts opened, the way back too", async () => {
    const order = await workspace.receive();
    await workspace.decide(workspace.person("ana"), order, "sendBack", { note: "Which warehouse?" });
    await done("rita", {
      type: "order.amend",
      order,
      total: { amount: 160_000, currency: "GBP" },
      customer: { reference: "17850" },
    });
    await workspace.decide(workspace.person("ana"), order, "reject");
    const went = (await seen(order)).ways.filter(({ taken }) => taken);
    expect(went.map(({ from, to, label }) => `${from} > ${to}: ${label}`)).toEqual([
      "policy.check > manual.review: Needs a person",
      "manual.review > rejected: Reject",
      "manual.review > policy.check: Send back",
    ]);
  });
});

describe("the whole history", () => {
  test("is every event in its order, with the versions it was decided by and its leaf", async () => {
    const order = await workspace.receive();
    await workspace.decide(workspace.person("ana"), order, "reject");
    const lines = await whole("ana", order);
    expect(lines?.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(lines?.[1]?.facts).toContainEqual({
      label: "Policy",
      value: expect.stringMatching(/^policy\/.+@\d+$/),
    });
    const leaves = await workspace.database.$queryRawUnsafe<{ leaf: string }[]>(
      "SELECT encode(leaf, 'hex') AS leaf FROM event WHERE stream = $1 ORDER BY version",
      `order/${order}`,
    );
    expect(lines?.map(({ leaf }) => leaf)).toEqual(leaves.map(({ leaf }) => leaf));
  });

  test("is for those who may see the order, and nobody else learns that there is one", async () => {
    const order = await workspace.receive({ requestedBy: "remy" });
    expect(await whole("rita", order)).toBeNull();
    expect(await whole("stranger", order)).toBeNull();
    expect(await whole("ada", "00000000-0000-8000-8000-000000000000")).toBeNull();
    for (const who of ["remy", "ada"]) expect(await whole(who, order), who).not.toBeNull();
    await expect(wholeHistory({ ...workspace.person("ada") }, workspace, order)).rejects.toThrow(
      UnauthorizedActorError,
    );
  });
});
