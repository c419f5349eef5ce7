import { afterEach, beforeEach, expect, test } from "vitest";
import { isRejection } from "#lib/domain/rejection";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { claim_ms, renewClaims } from "./claim-lease";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await testWorkspace();
});
afterEach(() => workspace.close());

const place = { step: "manual.review", visit: 1 };
const tick = () => workspace.runtime.tick(0);
const owner = async (order: string) => (await workspace.task(order)).owner;
const later = (time_ms: number) => workspace.clock.advance_ms(time_ms);

async function claimed(who = "ana"): Promise<string> {
  const order = await workspace.receive();
  await workspace.ask(workspace.person(who), { type: "task.claim", order, ...place });
  await tick();
  return order;
}

test("a claim nobody is at is given back once its lease has run out, by an event, and once", async () => {
  const order = await claimed();
  later(claim_ms - 1_000);
  expect(await tick()).toMatchObject({ lapsed: 0 });
  expect(await owner(order)).toBe("ana");
  later(1_000);
  expect(await tick()).toMatchObject({ lapsed: 1 });
  expect(await tick()).toMatchObject({ lapsed: 0 });
  expect(await owner(order)).toBeNull();
  const released = (await workspace.log(`order/${order}`)).filter(({ type }) => type === "taskReleased");
  expect(released.map(({ data }) => data)).toEqual([{ ...place, lapsed: true }]);
});

test("being at it renews the lease, and writes no event", async () => {
  const order = await claimed();
  const before = (await workspace.log(`order/${order}`)).length;
  for (let n = 0; n < 3; n++) {
    later(claim_ms - 60_000);
    await renewClaims(
      workspace.person("ana"),
      { database: workspace.database, workspace: workspace.name },
      order,
      workspace.clock.now(),
    );
    await tick();
  }
  expect(await owner(order)).toBe("ana");
  const since = (await workspace.log(`order/${order}`)).slice(before);
  expect(since.map(({ type }) => type).filter((type) => type !== "taskEscalated")).toEqual([]);
});

test("nobody renews another's lease", async () => {
  const order = await claimed();
  later(claim_ms - 1_000);
  await renewClaims(
    workspace.person("ben"),
    { database: workspace.database, workspace: workspace.name },
    order,
    workspace.clock.now(),
  );
  later(1_000);
  expect(await tick()).toMatchObject({ lapsed: 1 });
});

test("whoever takes over begins a lease of their own", async () => {
  const order = await claimed();
  later(claim_ms - 1_000);
  await workspace.ask(workspace.person("ben"), {
    type: "task.takeOver",
    order,
    ...place,
    reason: "She is away.",
  });
  await tick();
  later(claim_ms - 1_000);
  expect(await tick()).toMatchObject({ lapsed: 0 });
  expect(await owner(order)).toBe("ben");
  later(1_000);
  expect(await tick()).toMatchObject({ lapsed: 1 });
});

test("a claim that lapses when its lease is found lapsed by two schedulers at once is given back once", async () => {
  const order = await claimed();
  const other = await workspace.another();
  later(claim_ms);
  await Promise.all([tick(), other.tick(0)]);
  const released = (await workspace.log(`order/${order}`)).filter(({ type }) => type === "taskReleased");
  expect(released).toHaveLength(1);
});

test("what was decided or given back leaves no lease behind", async () => {
  const [decided, released] = [await claimed(), await claimed()];
  await workspace.decide(workspace.person("ana"), decided, "approve");
  await workspace.ask(workspace.person("ana"), { type: "task.release", order: released, ...place });
  await tick();
  expect(await workspace.database.claimLease.count()).toBe(0);
});

test("nobody but the scheduler says that a claim has lapsed", async () => {
  const order = await claimed();
  const said = await workspace.ask(workspace.person("ben"), {
    type: "timer.lapse",
    order,
    ...place,
    person: "ana",
  });
  expect(isRejection(said) && said.code).toBe("refused");
  expect(await owner(order)).toBe("ana");
});
