import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mintActor } from "#lib/domain/authority";
import type { Command } from "#lib/domain/commands";
import { evidenceOf } from "#lib/domain/order";
import { isRejection } from "#lib/domain/rejection";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { systemActor } from "./system-actor";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const order = (businessKey: string, more: object = {}) =>
  ({
    type: "order.receive",
    workflow: "order-fulfilment@1",
    source: "shop",
    businessKey,
    requestedBy: "rita",
    total: { amount: 150_000, currency: "GBP" },
    customer: { reference: "17850" },
    ...more,
  }) as Command;

describe("a command is done once", () => {
  it("the same again gets the first answer, and nothing is written", async () => {
    const rita = workspace.person("rita");
    const first = await workspace.ask(rita, order("once"), "once");
    const before = (await workspace.log()).length;
    const again = await workspace.ask(rita, order("once"), "once");
    expect(first).toMatchObject({ rejected: false, repeated: false, firstVersion: 1, count: 3 });
    expect(again).toMatchObject({ rejected: false, repeated: true, firstVersion: 1, count: 3 });
    expect(again).toMatchObject({ stream: (first as { stream: string }).stream });
    expect(await workspace.log()).toHaveLength(before);
  });

  it("another content under the same id is refused, and so is the same by somebody else", async () => {
    const rita = workspace.person("rita");
    await workspace.ask(rita, order("mine"), "mine");
    expect(await workspace.ask(rita, order("mine-2"), "mine")).toMatchObject({ code: "contentDiffers" });
    expect(
      await workspace.ask(rita, order("mine", { total: { amount: 1, currency: "GBP" } }), "mine"),
    ).toMatchObject({ code: "contentDiffers", differs: ["total"] });
    expect(await workspace.ask(workspace.person("remy"), order("mine"), "mine")).toMatchObject({
      code: "contentDiffers",
    });
  });

  it("the same while the first is still running is told so", async () => {
    const rita = workspace.person("rita");
    const [first, second] = await Promise.all([
      workspace.ask(rita, order("running"), "running"),
      workspace.ask(rita, order("running"), "running"),
    ]);
    expect(first).toMatchObject({ rejected: false });
    expect(second).toMatchObject({ code: "inProgress" });
  });

  it("in two processes at once is written by one, and both say the same", async () => {
    const other = await workspace.another();
    for (let round = 0; round < 10; round++) {
      const rita = workspace.person("rita");
      const [here, there] = await Promise.all([
        workspace.ask(rita, order(`both-${round}`), `both-${round}`),
        workspace.ask(rita, order(`both-${round}`), `both-${round}`, other),
      ]);
      expect(here).toMatchObject({ rejected: false, firstVersion: 1, count: 3 });
      expect(there).toMatchObject({ rejected: false, firstVersion: 1, count: 3 });
      expect([here, there].filter((each) => "repeated" in each && each.repeated)).toHaveLength(1);
    }
  });

  it("keeps its first answer when who asked has lost the right to ask again", async () => {
    const id = await workspace.receive();
    const state = await workspace.order(id);
    const ben = workspace.person("ben");
    const decide = {
      type: "task.decide",
      order: id,
      step: "manual.review",
      visit: 1,
      verdict: "reject",
      evidence: evidenceOf(state, "manual.review"),
      undo_ms: 0,
    } as const;
    expect(await workspace.ask(ben, decide, "bens-verdict")).toMatchObject({ rejected: false });
    const root = workspace.person("root");
    await workspace.ask(root, { type: "person.revoke", person: "ben", role: "reviewer" });
    const refusals = (await workspace.log("access/ben")).length;
    expect(await workspace.ask(ben, decide, "bens-verdict")).toMatchObject({
      rejected: false,
      repeated: true,
    });
    expect(await workspace.log("access/ben")).toHaveLength(refusals);
    await workspace.ask(root, { type: "person.grant", person: "ben", role: "reviewer" });
  });

  it("that was refused is decided afresh under the same id", async () => {
    const id = await workspace.receive();
    const ana = workspace.person("ana");
    const start = { type: "task.stop", order: id, step: "manual.review", visit: 1 } as const;
    expect(await workspace.ask(ana, start, "stop-it")).toMatchObject({ code: "wrongState" });
    await workspace.ask(ana, { ...start, type: "task.start" });
    expect(await workspace.ask(ana, start, "stop-it")).toMatchObject({ rejected: false });
  });
});

describe("bad input is refused with the field and a reason, changes nothing, and the next good request works", () => {
  const odd = (more: object) => order("odd", more);
  const deep = { sku: "a", quantity: 1, unitPrice: 1 };
  it.each<[string, Command, Partial<{ code: string; field: string }>]>([
    ["U+0000 in a text", odd({ note: "a\u0000b" }), { code: "invalid", field: "note" }],
    ["a lone surrogate", odd({ note: "a\ud800b" }), { code: "invalid", field: "note" }],
    ["U+0000 in a business key", odd({ businessKey: "a\u0000" }), { code: "invalid", field: "businessKey" }],
    [
      "an integer that is not safe",
      odd({ total: { amount: 2 ** 53, currency: "GBP" } }),
      { code: "invalid", field: "total.amount" },
    ],
    [
      "a fraction",
      odd({ total: { amount: 1.5, currency: "GBP" } }),
      { code: "invalid", field: "total.amount" },
    ],
    [
      "a negative amount",
      odd({ total: { amount: -1, currency: "GBP" } }),
      { code: "invalid", field: "total.amount" },
    ],
    [
      "an absurd amount",
      odd({ total: { amount: 1e14, currency: "GBP" } }),
      { code: "invalid", field: "total.amount" },
    ],
    [
      "a currency nobody knows",
      odd({ total: { amount: 1, currency: "GPB" } }),
      { code: "invalid", field: "total.currency" },
    ],
    ["a date that does not exist", odd({ orderedOn: "2026-02-30" }), { code: "invalid", field: "orderedOn" }],
    [
      "a date the database cannot hold",
      odd({ orderedOn: "0000-01-01" }),
      { code: "invalid", field: "orderedOn" },
    ],
    ["a country of three letters", odd({ country: "GBR" }), { code: "invalid", field: "country" }],
    ["a workflow nobody published", odd({ workflow: "no-such@1" }), { code: "invalid", field: "workflow" }],
    [
      "a workflow version nobody published",
      odd({ workflow: "order-fulfilment@9" }),
      { code: "invalid", field: "workflow" },
    ],
    ["a requester nobody knows", odd({ requestedBy: "nobody" }), { code: "invalid", field: "requestedBy" }],
    ["too many lines", odd({ lines: Array(201).fill(deep) }), { code: "invalid", field: "lines" }],
    [
      "an event of more than 60 KiB",
      odd({ lines: Array(200).fill({ ...deep, description: "d".repeat(300) }) }),
      { code: "invalid", field: "body" },
    ],
    ["a member nobody knows", odd({ approve: true }), { code: "invalid" }],
    ["a command nobody knows", { type: "order.approve" } as never, { code: "invalid" }],
    ["nothing at all", null as never, { code: "invalid" }],
    [
      "an order that is not there",
      { type: "task.claim", order: "00000000-0000-8000-8000-000000000000", step: "manual.review", visit: 1 },
      { code: "notFound", field: "order" },
    ],
    [
      "U+0000 in a signal's content",
      {
        type: "signal.receive",
        order: "00000000-0000-8000-8000-000000000000",
        signal: "paid",
        content: { by: "a\u0000" },
      },
      { code: "invalid", field: "content.by" },
    ],
  ])("%s", async (_, command, expected) => {
    const before = (await workspace.log()).length;
    expect(await workspace.ask(workspace.person("rita"), command)).toMatchObject(expected);
    expect(await workspace.log()).toHaveLength(before);
    await workspace.receive();
  });

  it("a text the log cannot hold where the schema lets any text through", async () => {
    const calendar = {
      name: "a\u0000",
      timeZone: "UTC",
      hours: { "1": [["09:00", "17:00"]], "2": [], "3": [], "4": [], "5": [], "6": [], "7": [] },
      closedOn: [],
    };
    const published = { type: "calendar.publish", id: "odd", calendar } as never;
    expect(await workspace.ask(workspace.person("root"), published)).toMatchObject({
      code: "invalid",
      field: "calendar.name",
    });
  });

  it("a source or an id the log cannot hold, whatever the command", async () => {
    const rita = workspace.person("rita");
    for (const id of ["", "a\u0000b", "a\nb", "\ud800", "x".repeat(401)])
      expect(await workspace.ask(rita, order("named"), id)).toMatchObject({ code: "invalid", field: "id" });
    for (const source of ["", "Shop", "a b", "a".repeat(65)])
      expect(
        await workspace.runtime.engine.execute(order("named"), { actor: rita, source, id: "1" }),
      ).toMatchObject({ code: "invalid", field: "source" });
    const ada = workspace.person("ada");
    await workspace.ask(ada, order("named"), "é".repeat(200));
    expect((await workspace.log("access/ada")).map(({ type }) => type)).toEqual(["accessRefused"]);
  });

  it("an import's row is held to the same", async () => {
    const importing = systemActor(workspace.name, "import");
    expect(await workspace.ask(importing, odd({ note: "a\u0000" }))).toMatchObject({ field: "note" });
    expect(await workspace.ask(importing, odd({ total: { amount: -5, currency: "GBP" } }))).toMatchObject({
      field: "total.amount",
    });
    expect(await workspace.ask(importing, odd({ orderedOn: "10000-01-01" }))).toMatchObject({
      field: "orderedOn",
    });
  });

  it("a wrong role, an own request and changed evidence: the refusal of right is in the log, the order is not touched", async () => {
    const id = await workspace.receive({ requestedBy: "remy" });
    const before = await workspace.log(`order/${id}`);
    expect(await workspace.decide(workspace.person("ada"), id, "approve")).toMatchObject({
      authority: "role",
    });
    expect(await workspace.decide(workspace.person("remy"), id, "approve")).toMatchObject({
      authority: "own request",
    });
    expect(
      await workspace.decide(workspace.person("ana"), id, "approve", { evidence: "0".repeat(64) }),
    ).toMatchObject({ code: "stale" });
    expect(await workspace.log(`order/${id}`)).toEqual(before);
    expect((await workspace.log("access/remy")).at(-1)?.data).toMatchObject({
      rule: "own request",
      order: id,
    });
    expect(await workspace.log("access/ana")).toEqual([]);
    expect(await workspace.decide(workspace.person("ana"), id, "approve")).toMatchObject({ rejected: false });
  });

  it("an actor nobody minted, or of another workspace, is not even answered", async () => {
    const { execute } = workspace.runtime.engine;
    const forged = { ...workspace.person("root") };
    const foreign = mintActor({ ...forged, workspace: "elsewhere" });
    for (const actor of [forged, foreign])
      await expect(
        execute.call(workspace.runtime.engine, order("forged"), { actor, source: "test", id: "forged" }),
      ).rejects.toThrow(/not minted/);
  });
});

describe("personal data", () => {
  it("that an amendment leaves out is not sent to anybody", async () => {
    const id = await workspace.receive({
      customer: { reference: "17850", name: "Mrs Miggins" },
      note: "Ring twice",
    });
    await workspace.decide(workspace.person("ana"), id, "sendBack", { note: "Whose is it?" });
    const amended = await workspace.ask(workspace.person("rita"), {
      type: "order.amend",
      order: id,
      total: { amount: 150_001, currency: "GBP" },
    });
    expect(isRejection(amended)).toBe(false);
    await workspace.decide(workspace.person("ana"), id, "approve");
    await workspace.runtime.dispatcher.idle();
    const intent = (await workspace.log(`order/${id}`)).find(({ type }) => type === "effectIntended");
    expect(intent?.data).toMatchObject({ effect: "carrier.dispatch" });
    expect(intent?.data).not.toHaveProperty("personal");
  });

  it("is nowhere in the log in plain", async () => {
    await workspace.receive({
      customer: {
        reference: "SECRET-1",
        name: "SECRET-2",
        email: "secret-3@example.org",
        address: "SECRET-4",
      },
      note: "SECRET-5",
      lines: [{ sku: "SECRET-6", quantity: 1, unitPrice: 5 }],
    });
    const bodies = await workspace.database.$queryRawUnsafe<{ body: string }[]>(
      "SELECT convert_from(body, 'UTF8') AS body FROM event UNION ALL SELECT row_to_json(o)::text FROM orders o",
    );
    expect(bodies.filter(({ body }) => /secret-\d/i.test(body))).toEqual([]);
  });
});
