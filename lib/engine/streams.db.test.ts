import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { OrderState } from "#lib/domain/order";
import { type TestWorkspace, testWorkspace } from "#scripts/testing/workspace";
import { Streams } from "./streams";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await testWorkspace();
});
afterEach(() => workspace.close());

/** Orders that have come to their end. */
async function completed(count: number): Promise<string[]> {
  const orders = [];
  for (let n = 1; n <= count; n++)
    orders.push(await workspace.receive({ total: { amount: n, currency: "GBP" } }));
  await workspace.runtime.dispatcher.idle();
  for (const order of orders) expect((await workspace.order(order)).status).toBe("completed");
  return orders.map((order) => `order/${order}`);
}

it("of orders that are over the latest stay in memory, of those that are open all", async () => {
  const parked = `order/${await workspace.receive()}`;
  const over = await completed(4);
  const streams = new Streams(workspace.database, workspace.keys, randomBytes, 100, 2);
  const look = async (stream: string) => {
    const held = await streams.acquire(stream);
    streams.release(held);
    return held.current.state as OrderState;
  };
  const inMemory = () => [parked, ...over].filter((stream) => streams.peek(stream));
  await look(parked);
  const inUse = await streams.acquire(over[0]!);
  const seen = [await look(over[1]!), await look(over[2]!)];
  // Asked for again it is the latest once more.
  await look(over[1]!);
  await look(over[3]!);
  expect(inMemory()).toEqual([parked, over[0], over[1], over[3]]);
  streams.release(inUse);
  expect(inMemory()).toEqual([parked, over[0], over[3]]);
  expect([await look(over[1]!), await look(over[2]!)]).toEqual(seen);
  expect(inMemory()).toEqual([parked, over[1], over[2]]);
});
