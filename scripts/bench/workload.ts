import type { AuthorizedActor, Role } from "#lib/domain/authority";
import type { Command } from "#lib/domain/commands";
import { evidenceOf, type OrderState } from "#lib/domain/order";
import { isRejection } from "#lib/domain/rejection";
import type { Accepted } from "#lib/engine/job";
import type { Runtime } from "#lib/engine/runtime";
import { systemActor } from "#lib/engine/system-actor";
import { signedIn } from "../testing/signed-in";
import type { BenchDatabase } from "./database";
import { type Spread, seconds, spread } from "./figures";

/**
 * Workload W: received → policy → parked at review → approved → dispatch → proof of delivery → completed, undo window 0,
 * 64 in flight, encryption counted. All orders are parked first, then all are approved. Everything goes in by the one door.
 */
export type Stage = {
  runtime: Runtime;
  database: BenchDatabase;
  requester: AuthorizedActor;
  reviewer: AuthorizedActor;
  /** Resolves when the last event of the order has been committed; asked for before it is approved. */
  completed(order: string): Promise<void>;
};

export type Run = {
  parkedOrdersPerSecond: number;
  completedOrdersPerSecond: number;
  overallOrdersPerSecond: number;
  eventsPerOrder: number;
  transactionsPerOrder: number;
};

/** One line of the bench: sets its stage up, has it measured, and takes it down. */
export type Line = (measure: MeasureLine) => Promise<void>;

export type MeasureLine = (line: {
  run(name: string, orders: number): Promise<Run>;
  idle(orders: number): Promise<Spread>;
}) => Promise<void>;

const inFlight = 64;

/** Puts `count` orders through. `label` tells the orders of one run from those of another on the same workspace. */
export async function runWorkload(stage: Stage, label: string, count: number): Promise<Run> {
  const { runtime, database } = stage;
  const { engine } = runtime;
  const eventsBefore = await database.orderEvents(engine.workspace);
  const transactionsBefore = engine.transactions;
  const names = Array.from({ length: count }, (_, n) => ({ n, name: `${label}-${n}` }));
  const orders: string[] = [];
  const parking = await seconds(() =>
    each(inFlight, names, async ({ n, name }) => void orders.push(await receive(stage, name, n))),
  );
  const approving = await seconds(() => each(inFlight, orders, (order) => approve(stage, order)));
  const transactions = engine.transactions - transactionsBefore;
  const events = (await database.orderEvents(engine.workspace)) - eventsBefore;
  return {
    parkedOrdersPerSecond: count / parking,
    completedOrdersPerSecond: count / approving,
    overallOrdersPerSecond: count / (parking + approving),
    eventsPerOrder: events / count,
    transactionsPerOrder: transactions / count,
  };
}

/** Of one order at a time: milliseconds from asking for the approval to the commit of the last event. */
export async function idleLatency(stage: Stage, count: number): Promise<Spread> {
  const taken: number[] = [];
  // The first tenth warms connections and code; it is measured like the rest and left out.
  for (let n = 0; n < count * 1.1; n++) {
    const order = await receive(stage, `idle-${n}`, n);
    taken.push((await seconds(() => approve(stage, order))) * 1_000);
  }
  return spread(taken.slice(taken.length - count));
}

/** Adds the person, on record, and returns them signed in. */
export async function addPerson(runtime: Runtime, id: string, role: Role): Promise<AuthorizedActor> {
  const { workspace } = runtime.engine;
  await accepted(runtime, systemActor(workspace, "operator"), `person/${id}`, {
    type: "person.add",
    person: id,
    name: id,
    email: `${id}@example.org`,
    roles: [role],
  });
  return signedIn(workspace, id, role);
}

/** Does the work for each item, `limit` at a time. */
export async function each<Item>(
  limit: number,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: limit }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

/** The content of an order over the limit, which waits for a reviewer. Every five-hundredth is of the same customer. */
export function largeOrder(businessKey: string, n: number) {
  return {
    workflow: "order-fulfilment@1",
    source: "bench",
    businessKey,
    requestedBy: "requester",
    total: { amount: 150_000 + n, currency: "GBP" as const },
    customer: { reference: `customer-${n % 500}`, name: "A Customer", address: "1 High Street, Anytown" },
    orderedOn: "2026-01-31",
  };
}

async function receive(stage: Stage, name: string, n: number): Promise<string> {
  const { stream } = await accepted(stage.runtime, stage.requester, `order-${name}`, {
    type: "order.receive",
    ...largeOrder(`order-${name}`, n),
  });
  return stream.slice("order/".length);
}

async function approve(stage: Stage, order: string): Promise<void> {
  const { engine } = stage.runtime;
  const held = await engine.streams.acquire(`order/${order}`);
  const evidence = evidenceOf(held.current.state as OrderState, "manual.review");
  engine.streams.release(held);
  const completed = stage.completed(order);
  await accepted(stage.runtime, stage.reviewer, `approve-${order}`, {
    type: "task.decide",
    order,
    step: "manual.review",
    visit: 1,
    verdict: "approve",
    evidence,
    undo_ms: 0,
  });
  await completed;
}

/** Has the engine do something. Throws with the sentence of its refusal. */
export async function accepted(
  runtime: Runtime,
  actor: AuthorizedActor,
  id: string,
  command: Command,
): Promise<Accepted> {
  const result = await runtime.engine.execute(command, { actor, source: "bench", id });
  if (isRejection(result)) throw new Error(`${command.type}: ${result.message}`);
  return result;
}
