import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UnauthorizedActorError } from "#lib/domain/authority";
import { isRejection } from "#lib/domain/rejection";
import { withClient } from "#scripts/embedded-postgres";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { orderView } from "./order";
import { differenceBetween, orderThen, type PastOrder } from "./past-order";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

async function done(who: string, command: Parameters<TestWorkspace["ask"]>[1]): Promise<void> {
  const result = await workspace.ask(workspace.person(who), command);
  if (isRejection(result)) throw new Error(result.message);
}

async function then(order: string, at: number): Promise<PastOrder> {
  const past = await orderThen(workspace.person("ana"), workspace, order, at);
  if (!past) throw new Error("nothing is seen");
  return past;
}

/** Received, sent back, changed, and rejected by another. */
async function changedOrder(): Promise<string> {
  const order = await workspace.receive({
    customer: { reference: "17850", name: "Ada Byron" },
    note: "Soon",
  });
  workspace.clock.advance_minutes(10);
  await workspace.decide(workspace.person("ana"), order, "sendBack", { note: "Which warehouse?" });
  workspace.clock.advance_minutes(10);
  await done("rita", {
    type: "order.amend",
    order,
    total: { amount: 160_000, currency: "GBP" },
    customer: { reference: "17850", name: "Ada Lovelace" },
    note: "From Leeds",
  });
  workspace.clock.advance_minutes(10);
  await workspace.decide(workspace.person("ben"), order, "reject");
  return order;
}

describe("an order as it was", () => {
  test("each moment has its own content, personal parts, policy and place; the last is the present", async () => {
    const order = await changedOrder();
    const opened = await then(order, 3);
    expect(opened).toMatchObject({
      at: 3,
      length: 10,
      standing: "underReview",
      content: { total: { amount: 150_000 } },
      personal: { customer: { name: "Ada Byron" }, note: "Soon" },
      sentence: "“Review the order” waits for one of the reviewers.",
    });
    expect(opened.tasks[0]).toMatchObject({ waits: "one of the reviewers to decide", escalated: false });
    expect((await then(order, 5)).standing).toBe("needsChanges");
    const resumed = await then(order, 8);
    expect(resumed).toMatchObject({
      content: { total: { amount: 160_000 } },
      personal: { customer: { name: "Ada Lovelace" }, note: "From Leeds" },
    });
    expect(resumed.policy?.results[0]?.sentence).toBe("£1,600.00 is over the limit of £1,000.00");
    expect(resumed.tasks[0]?.evidence).not.toBe(opened.tasks[0]?.evidence);

    const last = await then(order, 999);
    const now = await orderView(workspace.person("ana"), workspace, order, workspace.clock.now());
    expect(last.at).toBe(10);
    expect([last.standing, last.path, last.ways, last.personal]).toEqual([
      now?.standing,
      now?.path,
      now?.ways,
      now?.personal,
    ]);
  });

  test("what who decided was shown is what the decision says it was shown", async () => {
    const order = await changedOrder();
    const log = await workspace.log(`order/${order}`);
    const decisions = log.filter(({ type }) => type === "decisionMade");
    expect(decisions).toHaveLength(2);
    for (const { version, data } of decisions)
      expect((await then(order, version - 1)).tasks[0]?.evidence).toBe(data.evidence);
  });

  test("who is erased is erased from the past too", async () => {
    const order = await changedOrder();
    await withClient(workspace.urls.databaseOwnerUrl, (client) =>
      client.query("DELETE FROM subject_key WHERE subject = $1", [`order/${order}`]),
    );
    expect((await then(order, 3)).personal).toBe("erased");
  });
});

describe("the difference between two moments", () => {
  test("is what is otherwise, with both sides, and nothing else", async () => {
    const order = await changedOrder();
    const between = (before: number, after: number) =>
      differenceBetween(workspace.person("ana"), workspace, order, before, after);
    const differences = await between(5, 8);
    const found = (what: string) => differences?.find((each) => each.what === what);
    expect(found("Total")).toEqual({ what: "Total", before: "£1,500.00", after: "£1,600.00" });
    expect(found("Customer’s name")).toMatchObject({ before: "Ada Byron", after: "Ada Lovelace" });
    expect(found("Note")).toMatchObject({ before: "Soon", after: "From Leeds" });
    expect(found("Waits for")).toMatchObject({
      before: "changes by rita",
      after: "one of the reviewers to decide",
    });
    expect(found("Customer’s reference")).toBeUndefined();
    expect(await between(4, 4)).toEqual([]);
    expect((await between(8, 10))?.find(({ what }) => what === "State of the order")).toMatchObject({
      before: "open",
      after: "rejected",
    });
  });
});

test("the past is for those who may see the order, and nobody else learns that there is one", async () => {
  const order = await workspace.receive({ requestedBy: "remy" });
  for (const who of ["rita", "stranger"]) {
    expect(await orderThen(workspace.person(who), workspace, order, 1), who).toBeNull();
    expect(await differenceBetween(workspace.person(who), workspace, order, 1, 2), who).toBeNull();
  }
  expect(await orderThen(workspace.person("remy"), workspace, order, 1)).not.toBeNull();
  await expect(orderThen({ ...workspace.person("ana") }, workspace, order, 1)).rejects.toThrow(
    UnauthorizedActorError,
  );
});
