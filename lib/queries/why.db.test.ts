import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UnauthorizedActorError } from "#lib/domain/authority";
import { isRejection } from "#lib/domain/rejection";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { type Why, whyOf } from "./why";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

async function done(who: string, command: Parameters<TestWorkspace["ask"]>[1]): Promise<void> {
  const result = await workspace.ask(workspace.person(who), command);
  if (isRejection(result)) throw new Error(result.message);
}

async function whys(order: string, who = "ana"): Promise<Why[]> {
  const found = await whyOf(workspace.person(who), workspace, order);
  if (!found) throw new Error("nothing is seen");
  return found;
}

/** The answer to a question as text, each sentence with the version of the event it rests on. */
function answer(found: readonly Why[], question: string): string[] {
  const why = found.find((each) => each.question === question);
  if (!why) throw new Error(`${question} is not among ${found.map((each) => each.question)}`);
  return why.because.map(({ version, parts }) => {
    const text = parts.map((part) =>
      typeof part === "string" ? part : "at" in part ? part.at : `${part.ms} ms`,
    );
    return `${version ?? "-"} ${text.join("")}`;
  });
}

const place = (order: string) => ({ order, step: "manual.review", visit: 1 });

describe("why an order waits for a person", () => {
  test("the rules that asked for one with what they looked at, who may decide, and who not", async () => {
    const order = await workspace.receive();
    expect(answer(await whys(order), "Why does it wait for a person?")).toEqual([
      expect.stringMatching(
        /^2 The rule “Amount to approve” asked for a person: £1,500\.00 is over the limit of £1,000\.00 \(limit@1 of policy\/order-fulfilment@\d+\)\.$/,
      ),
      expect.stringMatching(/^2 The rule “First order” asked for a person: First order of this customer/),
      "3 So “Review the order” was opened for the reviewers.",
      "- rita asked for it, handed it in or changed it last, and so may not decide it.",
      "- ana, ben or remy can decide it.",
    ]);
  });

  test("who holds it, until it is given back", async () => {
    const order = await workspace.receive();
    await done("ana", { type: "task.claim", ...place(order) });
    const question = "Why does it wait for a person?";
    expect(answer(await whys(order), question)).toContain("4 ana has claimed it, so it waits for ana.");
    await done("ana", { type: "task.release", ...place(order) });
    expect(answer(await whys(order), question).join()).not.toContain("claimed");
  });

  test("that its time had run out, so others may decide it too", async () => {
    const order = await workspace.receive();
    workspace.clock.advance_minutes(121);
    await workspace.decide(workspace.person("ana"), order, "sendBack", { note: "Which warehouse?" });
    expect(answer(await whys(order), "Why does it wait?")).toEqual(
      expect.arrayContaining([
        "4 Its time had run out, so supervisors may decide it as well.",
        "5 ana sent it back, so it waits for rita.",
      ]),
    );
  });
});

describe("why it is due then", () => {
  test("the goal, the hours that count, and from when", async () => {
    const from = workspace.clock.now();
    const order = await workspace.receive();
    const due = new Date(Date.parse(from) + 7_200_000).toISOString();
    expect(answer(await whys(order), "Why is it due then?")).toEqual([
      `3 Whoever decides has 7200000 ms in which every hour counts (calendar/always@1), counted from ${from}.`,
      `- So it is due at ${due}.`,
    ]);
  });

  test("every pause is told with its reason, and what coming back added; the due instant follows from them", async () => {
    const order = await workspace.receive();
    workspace.clock.advance_minutes(30);
    const held = workspace.clock.now();
    await done("sam", { type: "task.suspend", ...place(order), reason: "Waits for the bank" });
    expect(answer(await whys(order), "Why is nothing due?").slice(1)).toEqual([
      `4 The clock stands still because a supervisor stopped it since ${held}.`,
      `- So nothing is due; when it goes on, ${90 * 60_000} ms are left.`,
    ]);
    workspace.clock.advance_minutes(60);
    const goesOn = workspace.clock.now();
    await done("sam", { type: "task.resume", ...place(order) });
    workspace.clock.advance_minutes(80);
    const sentBack = workspace.clock.now();
    await workspace.decide(workspace.person("ana"), order, "sendBack", { note: "Which warehouse?" });
    workspace.clock.advance_minutes(600);
    const changed = workspace.clock.now();
    await done("rita", {
      type: "order.amend",
      order,
      total: { amount: 160_000, currency: "GBP" },
      customer: { reference: "17850" },
    });
    const task = await workspace.task(order);
    expect(answer(await whys(order), "Why is it due then?").slice(1)).toEqual([
      `5 The clock stood still because a supervisor stopped it from ${held} to ${goesOn}.`,
      `10 The clock stood still while the order was to be changed, from ${sentBack} to ${changed}.`,
      `10 Too little was left when it came back, so ${5 * 60_000} ms were added.`,
      `- Of that ${110 * 60_000} ms had been used when the clock went on at ${changed}. So it is due at ${task.clock.breachAt}.`,
    ]);
    await done("sam", { type: "task.suspend", ...place(order), reason: "Waits for the bank" });
    const added = answer(await whys(order), "Why is nothing due?").filter((text) =>
      text.includes("were added"),
    );
    expect(added).toHaveLength(1);
  });

  test("a decision that was taken back paused nothing", async () => {
    const order = await workspace.receive();
    const before = answer(await whys(order), "Why is it due then?");
    await workspace.decide(workspace.person("ana"), order, "sendBack", { note: "Which?", undo_ms: 8_000 });
    workspace.clock.advance_ms(3_000);
    await done("ana", { type: "task.withdraw", ...place(order) });
    const after = answer(await whys(order), "Why is it due then?");
    expect(after.at(-1)).toContain(before.at(-1)?.slice("- So it is due at ".length) ?? "?");
    expect(after.join()).not.toContain("stood still");
  });
});

describe("why it was decided, and why something outside is not done", () => {
  test("a verdict rests on what asked for it and on the right of who gave it", async () => {
    const order = await workspace.receive();
    await workspace.decide(workspace.person("ana"), order, "reject");
    const found = await whys(order);
    expect(found.map(({ question }) => question)).toEqual(["Why was it rejected?"]);
    expect(answer(found, "Why was it rejected?").at(-1)).toBe(
      "4 ana gave this verdict as one of the reviewers, which ana became by person/ana@1.",
    );
  });

  test("what leads to an effect, and that it is to be sent", async () => {
    const order = await workspace.receive();
    await workspace.decide(workspace.person("ana"), order, "approve");
    const found = await whys(order);
    const chain = answer(found, "Why is the dispatch not done?");
    expect(chain[0]).toBe("5 It was approved (ana), so “Dispatch” came next.");
    expect(chain.length).toBeGreaterThan(1);
  });
});

test("it is for those who may see the order, and nobody else learns that there is one", async () => {
  const order = await workspace.receive({ requestedBy: "remy" });
  expect(await whyOf(workspace.person("rita"), workspace, order)).toBeNull();
  expect(await whyOf(workspace.person("stranger"), workspace, order)).toBeNull();
  expect(await whyOf(workspace.person("remy"), workspace, order)).not.toBeNull();
  await expect(whyOf({ ...workspace.person("ana") }, workspace, order)).rejects.toThrow(
    UnauthorizedActorError,
  );
});
