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
  expect(people.slice(0, 2)).toMatchObject([
    { person: "ana", name: "ana", roles: ["reviewer"], claimed: 2, late: 1 },
    { person: "ben", claimed: 1, late: 0 },
  ]);
  expect(more).toEqual({ claims: false, people: false });
  const orders = async (person: string) =>
    (await claimedBy(sam(), workspace, person)).lines.map(({ order }) => order);
  expect(await orders("ana")).toEqual([first, second]);
  expect(await orders("ben")).toEqual([other]);
  expect(await orders("remy")).toEqual([]);
});

test("who could take work and has none is there too: neither who may not decide nor who is disabled", async () => {
  const free = async () =>
    (await loads(sam(), workspace, now())).people.filter(({ claimed }) => claimed === 0);
  expect(await free()).toMatchObject([
    { person: "remy", roles: ["requester", "reviewer"], late: 0, nextDueAt: null },
    { person: "sam", roles: ["supervisor"] },
  ]);
  await workspace.ask(workspace.person("root"), { type: "person.disable", person: "remy" });
  expect((await free()).map(({ person }) => person)).toEqual(["sam"]);
  // What somebody holds who is disabled has to be given to others: they are not offered it.
  await workspace.ask(workspace.person("root"), { type: "person.disable", person: "ben" });
  const { people } = await loads(sam(), workspace, now());
  expect(people.find(({ person }) => person === "ben")).toMatchObject({ claimed: 1, roles: [] });
});

test("a line of a list says who could take it", async () => {
  const { lines } = await claimedBy(sam(), workspace, "ana");
  for (const line of lines) expect(line).toMatchObject({ roles: ["reviewer"], excluded: ["rita"] });
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
