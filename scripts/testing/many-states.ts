/** A workspace with an order in every kind of state, people who changed and refusals: for what must hold in all of them. */
import type { CommandOf } from "#lib/domain/commands";
import { visitKey } from "#lib/domain/order";
import { isRejection } from "#lib/domain/rejection";
import type { EffectAdapter, EffectOutcome } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";
import type { Accepted } from "#lib/engine/job";
import { systemActor } from "#lib/engine/system-actor";
import { type TestWorkspace, testWorkspace } from "./workspace";

const kinds = [
  "escalated",
  "waiting",
  "claimed",
  "inProgress",
  "delegated",
  "suspended",
  "inUndoWindow",
  "withdrawn",
  "sentBack",
  "amended",
  "rejected",
  "cancelledEarly",
  "delivered",
  "passed",
  "awaitingProof",
  "compensated",
  "failed",
  "inDoubt",
  "retried",
  "past",
] as const;
export type OrderKind = (typeof kinds)[number];

/** Every order's id by what it went through. */
export type ManyStates = TestWorkspace & { orders: { readonly [kind in OrderKind]: string } };

/** Plays them all through the engine, with its clock set. Names and notes are made up. */
export async function manyStates(): Promise<ManyStates> {
  const workspace = await testWorkspace({ adapters: unreliableAdapters() });
  const { ask, person, clock, runtime, name } = workspace;
  const [ana, rita, sam, root] = ["ana", "rita", "sam", "root"].map(person) as [
    ReturnType<typeof person>,
    ...ReturnType<typeof person>[],
  ];
  const orders = {} as { [kind in OrderKind]: string };
  const done = async (asked: ReturnType<typeof ask>): Promise<Accepted> => {
    const result = await asked;
    if (isRejection(result)) throw new Error(`${result.field ?? ""} ${result.message}`);
    return result;
  };
  const receive = async (kind: OrderKind, content: Partial<CommandOf<"order.receive">> = {}) => {
    const customer = { reference: `of ${kind}`, name: "Mary Made-up", email: "mary@example.org" };
    orders[kind] = await workspace.receive({
      businessKey: kind,
      customer,
      note: "Mind the dog.",
      ...content,
    });
    return orders[kind];
  };
  const visit = (kind: OrderKind) => ({ order: orders[kind], step: "manual.review", visit: 1 });
  const decide = (kind: OrderKind, verdict: string, more: object = {}) =>
    done(workspace.decide(ana!, orders[kind], verdict, more));

  await receive("escalated");
  clock.advance_minutes(130);
  await runtime.tick();

  for (const kind of kinds)
    if (kind !== "escalated" && kind !== "past" && kind !== "passed") await receive(kind);
  clock.advance_minutes(1);
  await done(ask(ana!, { type: "task.claim", ...visit("claimed") }));
  await done(ask(ana!, { type: "task.start", ...visit("inProgress") }));
  await done(ask(ana!, { type: "task.claim", ...visit("delegated") }));
  await done(ask(ana!, { type: "task.delegate", ...visit("delegated"), to: "ben" }));
  await done(ask(ana!, { type: "task.start", ...visit("suspended") }));
  await done(ask(sam!, { type: "task.suspend", ...visit("suspended"), reason: "The customer is abroad." }));
  await decide("withdrawn", "approve", { undo_ms: 8_000 });
  await done(ask(ana!, { type: "task.withdraw", ...visit("withdrawn") }));
  for (const kind of ["sentBack", "amended"] as const)
    await decide(kind, "sendBack", { note: "Which colour?" });
  clock.advance_minutes(5);
  await done(
    ask(rita!, {
      type: "order.amend",
      order: orders.amended,
      total: { amount: 160_000, currency: "GBP" },
      customer: { reference: "of amended" },
      country: "FR",
      note: "Blue.",
    }),
  );
  await decide("rejected", "reject");
  await done(ask(rita!, { type: "order.cancel", order: orders.cancelledEarly, reason: "Ordered twice." }));
  for (const kind of ["delivered", "awaitingProof", "compensated", "failed", "inDoubt", "retried"] as const)
    await decide(kind, "approve");
  await runtime.dispatcher.idle();
  await receive("passed", {
    total: { amount: 2_000, currency: "GBP" },
    customer: { reference: "of delivered" },
  });
  await done(ask(sam!, { type: "order.cancel", order: orders.compensated, reason: "The customer left." }));
  const [failed] = Object.keys((await workspace.order(orders.retried)).effects);
  await done(
    ask(sam!, { type: "effect.retry", order: orders.retried, key: failed!, reason: "The carrier is back." }),
  );
  await runtime.dispatcher.idle();
  const past = await done(
    runtime.engine.execute(
      {
        type: "order.receive",
        workflow: "order-fulfilment@1",
        source: "archive",
        businessKey: "past",
        requestedBy: "rita",
        total: { amount: 90_000, currency: "GBP" },
        past: { occurredAt: "2024-05-06T07:08:09.000Z" },
      },
      { actor: systemActor(name, "import"), source: "import", id: "archive/past" },
    ),
  );
  orders.past = past.stream.slice("order/".length);
  await decide("inUndoWindow", "approve", { undo_ms: 8_000 });

  await done(ask(root!, { type: "person.grant", person: "ben", role: "supervisor" }));
  await done(ask(root!, { type: "person.revoke", person: "remy", role: "reviewer" }));
  await done(ask(root!, { type: "person.disable", person: "ada" }));
  for (const apiKey of ["shop", "old-shop"])
    await done(ask(root!, { type: "apiKey.create", person: "rita", apiKey }));
  await done(ask(root!, { type: "apiKey.revoke", person: "rita", apiKey: "old-shop" }));
  for (const who of [rita!, ana!])
    await ask(who, { type: "task.suspend", ...visit("waiting"), reason: "Not mine to do." });
  return { ...workspace, orders };
}

/** The carrier as it may be: what it answers hangs on the order's business key. */
function unreliableAdapters(): EffectAdapter[] {
  const answers: { [effect: string]: { [businessKey: string]: EffectOutcome } } = {
    "carrier.dispatch": {
      failed: { kind: "rejected", reason: "No such address." },
      retried: { kind: "rejected", reason: "No such address." },
      inDoubt: { kind: "inDoubt", reason: "No answer came." },
    },
    "carrier.proofOfDelivery": {
      awaitingProof: { kind: "pending", reference: "P-1" },
      compensated: { kind: "pending", reference: "P-2" },
    },
  };
  const keys = new Map<unknown, string>();
  return instantAdapters().map((adapter) => ({
    ...adapter,
    perform: async (input, effectKey, signal) => {
      if (input.businessKey) keys.set(input.order, String(input.businessKey));
      const businessKey = keys.get(input.order) ?? "";
      return answers[adapter.name]?.[businessKey] ?? adapter.perform(input, effectKey, signal);
    },
  }));
}

/** Where an order stands, in one word per open thing: for a test to see that the states really differ. */
export async function standing(workspace: ManyStates, kind: OrderKind): Promise<string> {
  const { status, tasks, effects } = await workspace.order(workspace.orders[kind]);
  return [
    status,
    ...Object.values(tasks).map((task) => `${visitKey(task)} ${task.status}`),
    ...Object.values(effects).map(({ effect, status }) => `${effect} ${status}`),
  ].join(", ");
}
