import { afterAll, beforeAll, expect, test } from "vitest";
import { events_per_hour_max } from "#lib/domain/access";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const claim = (order: string) => ({ type: "task.claim" as const, order, step: "manual.review", visit: 1 });
const hour_minutes = 60;

test("a refused person is on record with rule, order and command, and moves no order's version", async () => {
  const order = await workspace.receive();
  const before = await workspace.order(order);
  expect(await workspace.ask(workspace.person("rita"), claim(order))).toMatchObject({
    authority: "own request",
    whoCan: "another reviewer",
  });
  expect((await workspace.log("access/rita")).at(-1)).toMatchObject({
    type: "accessRefused",
    data: { rule: "own request", command: "task.claim", order, hour: "2026-03-02T09:00:00.000Z" },
  });
  expect(await workspace.order(order)).toEqual(before);
});

test("nobody in the console adopts a log, an administrator neither, and who tries is on record", async () => {
  const adopt = { type: "log.adopt" as const, installation: "another", reason: "Send it again" };
  for (const id of ["sam", "root"]) {
    expect(await workspace.ask(workspace.person(id), adopt)).toMatchObject({ authority: "role" });
    expect((await workspace.log(`access/${id}`)).at(-1)).toMatchObject({
      type: "accessRefused",
      data: { rule: "role", command: "log.adopt" },
    });
  }
  expect(await workspace.log(`workspace/${workspace.name}`)).toEqual([]);
});

test("three refusals of an hour are events, the others are counted once the hour is over", async () => {
  const order = await workspace.receive();
  const ada = workspace.person("ada");
  for (let n = 0; n < 8; n++) await workspace.ask(ada, claim(order));
  expect((await workspace.log("access/ada")).map(({ type }) => type)).toEqual(Array(3).fill("accessRefused"));
  await workspace.runtime.tick();
  expect(await workspace.log("access/ada")).toHaveLength(3);

  workspace.clock.advance_minutes(hour_minutes);
  await workspace.runtime.tick();
  expect((await workspace.log("access/ada")).at(-1)).toMatchObject({
    type: "denialsCounted",
    data: { rule: "role", order, hour: "2026-03-02T09:00:00.000Z", count: 5 },
  });
  await workspace.ask(ada, claim(order));
  expect((await workspace.log("access/ada")).at(-1)).toMatchObject({
    type: "accessRefused",
    data: { hour: "2026-03-02T10:00:00.000Z" },
  });
});

test("two processes count what each refused, and neither count is lost", async () => {
  const other = await workspace.another();
  const order = await workspace.receive();
  const root = workspace.person("root");
  for (let n = 0; n < 3; n++) await workspace.ask(root, claim(order));
  for (let n = 0; n < 2; n++) await workspace.ask(root, claim(order));
  for (let n = 0; n < 4; n++) await workspace.ask(root, claim(order), undefined, other);
  workspace.clock.advance_minutes(hour_minutes);
  await Promise.all([workspace.runtime.tick(), other.tick()]);
  const counts = (await workspace.log("access/root")).filter(({ type }) => type === "denialsCounted");
  expect(counts.map(({ data }) => data.count).sort()).toEqual([2, 4]);
});

test("another refusal under an id used before is another refusal", async () => {
  const [one, two] = [await workspace.receive(), await workspace.receive()];
  const sam = workspace.person("sam");
  const before = (await workspace.log("access/sam")).length;
  await workspace.ask(sam, claim(one), "same-id");
  await workspace.ask(sam, claim(two), "same-id");
  await workspace.ask(sam, claim(two), "same-id");
  const refused = (await workspace.log("access/sam")).slice(before);
  expect(refused.map(({ data }) => data.order)).toEqual([one, two]);
  await workspace.ask(workspace.person("ada"), claim(two), "same-id");
  expect((await workspace.log("access/ada")).at(-1)?.data).toMatchObject({ order: two });
});

test("somebody who tries everything there is writes a bounded number of events", async () => {
  workspace.clock.advance_minutes(hour_minutes);
  const ben = workspace.person("ben");
  const before = (await workspace.log("access/ben")).length;
  const orders = await Promise.all(
    Array.from({ length: events_per_hour_max + 20 }, () => workspace.receive({ customer: undefined })),
  );
  const skip = (order: string) => ({ ...claim(order), type: "task.skip" as const, reason: "Let me" });
  for (const order of orders)
    expect(await workspace.ask(ben, skip(order))).toMatchObject({ authority: "role" });
  expect((await workspace.log("access/ben")).length - before).toBe(events_per_hour_max);
  workspace.clock.advance_minutes(hour_minutes);
  await workspace.runtime.tick();
  const counted = (await workspace.log("access/ben")).slice(before + events_per_hour_max);
  expect(counted.map(({ type, data }) => [type, data.order, data.count])).toEqual([
    ["denialsCounted", undefined, 20],
  ]);
});

test("what is not counted yet is counted when the process stops", async () => {
  const stopping = await workspace.another();
  const order = await workspace.receive();
  const remy = workspace.person("remy");
  const suspend = { ...claim(order), type: "task.suspend" as const, reason: "Let me" };
  for (let n = 0; n < 5; n++) await workspace.ask(remy, suspend, undefined, stopping);
  await stopping.stop();
  expect((await workspace.log("access/remy")).at(-1)?.data).toMatchObject({ count: 2 });
});

test("a state that is over, a race lost and bad input leave no event", async () => {
  const order = await workspace.receive();
  const [ana, ben] = [workspace.person("ana"), workspace.person("ben")];
  const before = (await workspace.log()).length;
  await workspace.ask(ana, claim(order));
  expect(await workspace.ask(ben, claim(order))).toMatchObject({ code: "heldByAnother", whoCan: "ana" });
  expect(await workspace.ask(ana, { ...claim(order), type: "task.resume" } as never)).toMatchObject({
    authority: "role",
  });
  expect(await workspace.ask(ben, { ...claim(order), visit: 7 })).toMatchObject({ code: "stale" });
  expect(await workspace.ask(ben, { ...claim(order), step: "no.such" })).toMatchObject({ code: "invalid" });
  expect((await workspace.log()).slice(before).map(({ type }) => type)).toEqual([
    "taskClaimed",
    "accessRefused",
  ]);
});
