import { setTimeout as after } from "node:timers/promises";
import type { Command } from "#lib/domain/commands";
import { evidenceOf, type OrderState, type TaskState } from "#lib/domain/order";
import { isRejection } from "#lib/domain/rejection";
import type { BenchConsole } from "./console";

/**
 * What people do with an order that waits for review, at about a person's speed: claim and approve it; take the approval back
 * and give it again; reject it; send it back and change it; cancel it. Each deed is a command by somebody signed in, with the
 * evidence of what they were shown and the eight seconds to undo of the console.
 */
export const cast = {
  rita: "requester",
  ana: "reviewer",
  ben: "reviewer",
  sam: "supervisor",
} as const;

const undo_ms = 8_000;
const sentBack_tries = 120;
const thinks_ms = [2_000, 20_000] as const;
/** Of twenty orders, the n-th. */
const endings = ["sendBack", "sendBack", "withdraw", "reject", "cancel"] as const;

/** Resolves when everything this order needs of people is done. Throws with the sentence of the first refusal. */
export async function dealWith(bench: BenchConsole, order: string, n: number): Promise<void> {
  const reviewer = n % 2 === 0 ? "ana" : "ben";
  await thinking();
  if (!(await openTask(bench, order))) return;
  const ending = endings[n % 20];
  const ask = (who: keyof typeof cast, command: Command) => perform(bench, who, command);
  if (ending === "cancel") return ask("sam", { type: "order.cancel", order, reason: "No longer wanted" });
  const decide = async (verdict: string, note?: string) => {
    const { visit, evidence } = await shown(bench, order);
    await ask(reviewer, { type: "task.decide", ...visit, verdict, evidence, note, undo_ms });
  };
  const { visit } = await shown(bench, order);
  await ask(reviewer, { type: "task.claim", ...visit });
  await thinking();
  if (ending === "reject") return decide("reject");
  if (ending === "sendBack") {
    await decide("sendBack", "Which address?");
    await untilSentBack(bench, order);
    const total = { amount: 200_000 + n, currency: "GBP" as const };
    const customer = { reference: `amended-${n % 500}`, address: "2 High Street, Anytown" };
    await ask("rita", { type: "order.amend", order, total, customer });
    await thinking();
  }
  await decide("approve");
  if (ending !== "withdraw") return;
  await ask(reviewer, { type: "task.withdraw", ...visit });
  await thinking();
  await decide("approve");
}

/** The verdict takes effect when it can no longer be taken back and the console's scheduler has found it. */
async function untilSentBack(bench: BenchConsole, order: string): Promise<void> {
  for (let tries = 0; tries < sentBack_tries; tries++) {
    await after(1_000);
    if ((await openTask(bench, order))?.task.status === "SUSPENDED") return;
  }
  throw new Error(`Order ${order} was not sent back.`);
}

async function perform(bench: BenchConsole, who: keyof typeof cast, command: Command): Promise<void> {
  const actor = await bench.actor(who);
  const id = crypto.randomUUID();
  const result = await bench.runtime.engine.execute(command, { actor, source: "console", id });
  if (isRejection(result)) throw new Error(`${command.type} by ${who}: ${result.message}`);
}

function thinking(): Promise<void> {
  const [least, most] = thinks_ms;
  return after(least + Math.random() * (most - least));
}

/** The order's open review as it is in the log now, not as it was when it was last looked at. */
async function openTask(
  bench: BenchConsole,
  order: string,
): Promise<{ state: OrderState; task: TaskState } | null> {
  const { streams } = bench.runtime.engine;
  const held = await streams.acquire(`order/${order}`);
  try {
    await streams.reload(held);
    const state = held.current.state as OrderState;
    const task = Object.values(state.tasks)[0];
    return task ? { state, task } : null;
  } finally {
    streams.release(held);
  }
}

async function shown(bench: BenchConsole, order: string) {
  const open = await openTask(bench, order);
  if (!open) throw new Error(`Order ${order} has no open review.`);
  const { step, visit } = open.task;
  return { visit: { order, step, visit }, evidence: evidenceOf(open.state, step) };
}
