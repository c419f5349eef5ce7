import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuthorizedActor, UnauthorizedActorError } from "#lib/domain/authority";
import { isRejection } from "#lib/domain/rejection";
import { withClient } from "#scripts/embedded-postgres";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { type OrderView, orderView } from "./order";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const view = async (who: AuthorizedActor, order: string): Promise<OrderView | null> =>
  orderView(who, workspace, order, workspace.clock.now());
const seen = async (who: string, order: string): Promise<OrderView> => {
  const shown = await view(workspace.person(who), order);
  if (!shown) throw new Error(`${who} sees nothing`);
  return shown;
};
const task = (shown: OrderView) => {
  const open = shown.tasks[0];
  if (!open) throw new Error("no open task");
  return open;
};

describe("who sees an order", () => {
  test("reviewers, supervisors, auditors and admins see every order, who asked sees the own one, others nothing", async () => {
    const order = await workspace.receive();
    for (const who of ["ana", "sam", "ada", "root", "rita"])
      expect(await view(workspace.person(who), order), who).not.toBeNull();
    const other = await workspace.receive({ requestedBy: "remy" });
    expect(await view(workspace.person("rita"), other)).toBeNull();
    expect(await view(workspace.person("stranger"), order)).toBeNull();
    expect(await view(workspace.person("ana"), "00000000-0000-8000-8000-000000000000")).toBeNull();
  });

  test("an actor nobody minted is refused before anything is read", async () => {
    const order = await workspace.receive();
    await expect(view({ ...workspace.person("ana") }, order)).rejects.toThrow(UnauthorizedActorError);
  });
});

describe("what one order shows", () => {
  test("its personal parts in plain, the policy's reasons as sentences, and where it is", async () => {
    const order = await workspace.receive({
      customer: { reference: "17850", name: "Ada Byron" },
      note: "Handle with care",
      lines: [{ sku: "85123A", quantity: 2, unitPrice: 75_000 }],
    });
    const shown = await seen("ana", order);
    expect(shown.personal).toEqual({
      customer: { reference: "17850", name: "Ada Byron" },
      note: "Handle with care",
      lines: [{ sku: "85123A", quantity: 2, unitPrice: 75_000 }],
    });
    expect(shown.standing).toBe("underReview");
    expect(shown.policy?.results[0]?.sentence).toBe("£1,500.00 is over the limit of £1,000.00");
    expect(shown.path.map(({ id, state }) => [id, state])).toEqual([
      ["policy.check", "done"],
      ["manual.review", "waiting"],
      ["dispatch.execute", "future"],
      ["pod.capture", "future"],
      ["delivered", "future"],
      ["rejected", "future"],
    ]);
    expect(shown.ways.filter(({ taken }) => taken).map(({ from, to }) => `${from} > ${to}`)).toEqual([
      "policy.check > manual.review",
    ]);
    expect(shown.history.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(shown.history[0]).toMatchObject({ sentence: "rita asked for the order.", technical: false });
    expect(shown.history[0]?.detail).not.toContain("Ada Byron");
  });

  test("somebody whose key is gone is erased, and the order is still shown", async () => {
    const order = await workspace.receive({ customer: { name: "Ada Byron" } });
    await withClient(workspace.urls.databaseOwnerUrl, (client) =>
      client.query("DELETE FROM subject_key WHERE subject = $1", [`order/${order}`]),
    );
    expect((await seen("ana", order)).personal).toBe("erased");
  });

  test("a type of event this version does not know stops the order there and is said, not skipped", async () => {
    const order = await workspace.receive();
    await withClient(workspace.urls.superuserUrl, async (client) => {
      await client.query("ALTER TABLE event DISABLE TRIGGER ALL");
      await client.query(
        `UPDATE event SET body = convert_to(replace(convert_from(body, 'UTF8'), '"taskOpened"', '"taskDreamt"'), 'UTF8')
         WHERE stream = $1 AND version = 3`,
        [`order/${order}`],
      );
      await client.query("ALTER TABLE event ENABLE TRIGGER ALL");
    });
    const shown = await seen("ana", order);
    expect(shown.unreadable).toContain("taskDreamt");
    expect(shown.standing).toBe("needsAttention");
    expect(shown.version).toBe(2);
    expect(shown.history).toHaveLength(3);
  });
});

describe("what may be done", () => {
  test("a reviewer may give every verdict; who asked may give none, and is told who can", async () => {
    const order = await workspace.receive({ requestedBy: "remy" });
    expect(task(await seen("ana", order)).verdicts.map(({ label, blocked }) => [label, blocked])).toEqual([
      ["Approve", null],
      ["Reject", null],
      ["Send back", null],
    ]);
    const [approve] = task(await seen("remy", order)).verdicts;
    expect(approve?.blocked).toEqual({
      reason: "You asked for this order, so you may not decide this order.",
      whoCan: "ana or ben can decide it.",
    });
    expect(task(await seen("ada", order)).verdicts[0]?.blocked?.reason).toBe(
      "To decide this order you need the role reviewer.",
    );
  });

  test("what is offered is what the engine accepts, and what is blocked is what it refuses", async () => {
    const order = await workspace.receive({ requestedBy: "remy" });
    for (const who of ["remy", "ada", "rita", "sam", "ana"]) {
      const shown = await view(workspace.person(who), order);
      const offered = shown?.tasks[0]?.verdicts.find(({ verdict }) => verdict === "reject");
      const decided = await workspace.decide(workspace.person(who), order, "reject");
      expect(isRejection(decided), who).toBe(offered?.blocked !== null);
    }
  });

  test("a claimed task names who holds it; another reviewer may take it over, and only its holder release it", async () => {
    const order = await workspace.receive();
    const { step, visit } = await workspace.task(order);
    await workspace.ask(workspace.person("ana"), { type: "task.claim", order, step, visit });
    const forAna = task(await seen("ana", order));
    expect(forAna).toMatchObject({ mine: true, mayClaim: false, mayRelease: true, mayTakeOver: false });
    const forBen = task(await seen("ben", order));
    expect(forBen).toMatchObject({ owner: "ana", mine: false, mayRelease: false, mayTakeOver: true });
    expect(forBen.verdicts[0]?.blocked).toEqual({
      reason: "Somebody else has claimed it.",
      whoCan: "ana can decide, or whoever takes it over.",
    });
  });

  test("an order that was sent back tells its requester what is asked, and nobody else", async () => {
    const order = await workspace.receive();
    await workspace.decide(workspace.person("ana"), order, "sendBack", { note: "Which warehouse?" });
    const forRita = await seen("rita", order);
    expect(forRita.standing).toBe("needsChanges");
    expect(forRita.changesAsked).toEqual({ step: "manual.review", visit: 1, asked: "Which warehouse?" });
    expect((await seen("ana", order)).changesAsked).toBeNull();
    expect(forRita.mayCancel).toBe(true);
    expect((await seen("ana", order)).mayCancel).toBe(false);
  });

  test("a decision within its time to undo is its maker's to take back", async () => {
    const order = await workspace.receive();
    await workspace.decide(workspace.person("ana"), order, "approve", { undo_ms: 8_000 });
    expect(task(await seen("ana", order)).decision).toMatchObject({ participle: "Approved", mine: true });
    expect(task(await seen("ben", order)).decision).toMatchObject({ by: "ana", mine: false });
    expect((await seen("ana", order)).path[1]?.note).toBe("Approved by ana");
  });
});
