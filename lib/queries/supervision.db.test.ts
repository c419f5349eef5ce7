import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { NotAllowedToReadError } from "./permission";
import { atRiskPage, claimedBy, loads } from "./supervision";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const sam = () => workspace.person("sam");
const now = () => workspace.clock.now();
const minute_ms = 60_000;

async function claimedOf(who: string): Promise<string> {
  const order = await workspace.receive();
  await workspace.ask(workspace.person(who), { type: "task.claim", order, step: "manual.review", visit: 1 });
  return order;
}

test("a supervisor sees who has claimed how much, what of it is late, and which orders these are", async () => {
  const first = await claimedOf("ana");
  workspace.clock.advance_ms(130 * minute_ms);
  const [second, other] = [await claimedOf("ana"), await claimedOf("ben")];
  await workspace.receive();
  const { people, more } = await loads(sam(), workspace, now());
  expect(people).toMatchObject([
    { person: "ana", name: "ana", claimed: 2, late: 1 },
    { person: "ben", claimed: 1, late: 0 },
  ]);
  expect(more).toBe(false);
  const orders = async (person: string) =>
    (await claimedBy(sam(), workspace, person)).lines.map(({ order }) => order);
  expect(await orders("ana")).toEqual([first, second]);
  expect(await orders("ben")).toEqual([other]);
  expect(await orders("remy")).toEqual([]);
});

test("what will be late within the hour is at risk: neither what has more time nor what is late already", async () => {
  const order = await workspace.receive();
  const atRisk = async () => (await atRiskPage(sam(), workspace, now())).lines.map((line) => line.order);
  expect(await atRisk()).not.toContain(order);
  workspace.clock.advance_ms(61 * minute_ms);
  expect(await atRisk()).toContain(order);
  workspace.clock.advance_ms(60 * minute_ms);
  expect(await atRisk()).not.toContain(order);
});

test.each(["rita", "ana", "ada"])("%s, who may not read escalations, learns nothing of it", async (who) => {
  const actor = workspace.person(who);
  for (const ask of [
    () => loads(actor, workspace, now()),
    () => claimedBy(actor, workspace, "ana"),
    () => atRiskPage(actor, workspace, now()),
  ])
    await expect(ask()).rejects.toThrow(NotAllowedToReadError);
});
