import { roles } from "#lib/domain/authority";
import type { Command, CommandOf } from "#lib/domain/commands";
import { type EffectState, evidenceOf, type OrderState } from "#lib/domain/order";
import { defaultPolicy } from "#lib/domain/policy";
import { cast, importer, shop, somebody } from "./people";
import type { Random } from "./random";

/**
 * What people, shops and forgers ask for: mostly what fits the screen before them, which may be an old one, and often
 * what they may not have.
 */
export type Asked = { who: string; command: Command };

export type Screens = {
  /** Every order as it is. */
  orders: readonly OrderState[];
  /** The same one as somebody saw it before; the order itself when there was no before. */
  earlier(order: OrderState): OrderState;
  received: readonly CommandOf<"order.receive">[];
  orders_max: number;
  /** What the carrier says of a key to somebody who rings up. */
  ring(key: string): string | "under way" | null;
};

/** Of the right form, and nobody's. */
const noKey = "A".repeat(43);

const receiving = { receive: 30, "receive again": 4, import: 2 };
const working = {
  decide: 22,
  claim: 6,
  start: 3,
  stop: 1,
  release: 3,
  takeOver: 2,
  suspend: 3,
  resume: 4,
  delegate: 2,
  forward: 2,
  fail: 1,
  skip: 1,
  withdraw: 5,
  amend: 6,
  cancel: 5,
  retry: 5,
  settle: 6,
  clear: 2,
  signal: 3,
  comment: 2,
  forge: 3,
};
const managing = { rights: 5, account: 3, apiKey: 2, policy: 1 };

export function somethingAsked(random: Random, screens: Screens): Asked {
  const { orders, received, orders_max } = screens;
  const first = received.length === 0;
  const room = received.length < orders_max ? receiving : { "receive again": 3 };
  const what = first
    ? "receive"
    : random.weighted<string>({ ...room, ...(orders.length > 0 ? working : {}), ...managing });
  if (what in managing) return somethingManaged(random, what as keyof typeof managing);
  if (what === "receive") return orderReceived(random, `order-${received.length + 1}`);
  if (what === "import") return imported(random, `order-${received.length + 1}`);
  if (what === "receive again") return receivedAgain(random, random.pick(received));
  const troubled = orders.filter(({ needsAttention }) => needsAttention !== null);
  const wanted = ["retry", "settle", "clear"].includes(what) && troubled.length > 0 ? troubled : orders;
  return somethingWorked(random, what as keyof typeof working, random.pick(wanted), screens);
}

function orderReceived(random: Random, businessKey: string): Asked {
  const who = somebody(random, ["rita", "rita", "remy", shop]);
  return {
    who,
    command: {
      type: "order.receive",
      workflow: random.pick(["order-fulfilment@1", "branching@1"]),
      source: random.pick(["shop", "desk"]),
      businessKey,
      requestedBy: who === shop || random.chance(0.8) ? "rita" : "remy",
      total: { amount: random.between(1_000, 125_000), currency: random.weighted({ GBP: 9, EUR: 1 }) },
      customer: random.chance(0.85)
        ? { reference: random.pick(["17850", "17851"]), name: random.pick(["Nadia", "Noor"]) }
        : undefined,
      country: random.chance(0.1) ? random.pick(["FR", "RU"]) : undefined,
      note: random.chance(0.2) ? "Handle with care" : undefined,
    },
  };
}

/** An order of the past, brought in by whoever runs the import: it is checked, and nothing follows. */
function imported(random: Random, businessKey: string): Asked {
  const { command } = orderReceived(random, businessKey);
  if (command.type !== "order.receive") throw new Error("an order is received");
  const past = { occurredAt: `2026-01-${String(random.between(10, 28))}T12:00:00.000Z` };
  return { who: importer, command: { ...command, past } };
}

function receivedAgain(random: Random, before: CommandOf<"order.receive">): Asked {
  const other = random.chance(0.4);
  const total = other ? { amount: before.total.amount + 1, currency: before.total.currency } : before.total;
  return { who: somebody(random, ["rita", "remy", shop]), command: { ...before, total } };
}

function somethingWorked(
  random: Random,
  what: keyof typeof working,
  order: OrderState,
  screens: Screens,
): Asked {
  const seen = random.chance(0.15) ? screens.earlier(order) : order;
  const open = Object.values(seen.tasks)[0];
  const visit = { order: order.id, step: open?.step ?? "manual.review", visit: open?.visit ?? 1 };
  const effects = Object.values(seen.effects);
  const reason = "Because";
  const holder = open?.owner ?? null;
  const reviewers = holder ? [holder, holder, "ana", "ben"] : ["ana", "ben", "remy"];
  const supervisors = ["sam"];
  const by = (fitting: readonly string[], command: Command): Asked => ({
    who: somebody(random, fitting),
    command,
  });
  switch (what) {
    case "decide":
      return by(open?.escalated ? [...reviewers, "sam"] : reviewers, {
        type: "task.decide",
        ...visit,
        verdict: random.weighted({ approve: 12, reject: 2, sendBack: 4, constructor: 1 }),
        evidence: evidenceOf(seen, visit.step),
        note: random.chance(0.8) ? "Which one?" : undefined,
        undo_ms: random.pick([0, 8_000, 8_000]),
      });
    case "claim":
    case "start":
    case "stop":
      return by(reviewers, { type: `task.${what}`, ...visit });
    case "release":
      return by([...reviewers, "sam"], { type: "task.release", ...visit });
    case "takeOver":
      return by(reviewers, { type: "task.takeOver", ...visit, reason });
    case "suspend":
    case "skip":
      return by(supervisors, { type: `task.${what}`, ...visit, reason });
    case "resume":
      return by(supervisors, { type: "task.resume", ...visit });
    case "delegate":
      return by([...reviewers, "sam"], {
        type: "task.delegate",
        ...visit,
        to: random.pick(Object.keys(cast)),
      });
    case "forward":
      return by([...reviewers, "sam"], { type: "task.forward", ...visit, to: random.pick(roles) });
    case "fail":
      return by(reviewers, { type: "task.fail", ...visit, reason });
    case "withdraw":
      return by(reviewers, { type: "task.withdraw", ...visit });
    case "amend":
      return by([order.requestedBy], {
        type: "order.amend",
        order: order.id,
        total: { amount: random.between(1_000, 125_000), currency: "GBP" },
        customer: { reference: random.pick(["17850", "17851"]) },
      });
    case "cancel":
      return by([order.requestedBy, "sam"], { type: "order.cancel", order: order.id, reason });
    case "retry":
      return by(supervisors, {
        type: "effect.retry",
        order: order.id,
        key: doubtfulKey(random, effects),
        reason,
      });
    case "settle":
      return settled(random, order, screens);
    case "clear":
      return by(supervisors, { type: "order.clearAttention", order: order.id, reason });
    case "comment":
      return by(Object.keys(cast), { type: "order.comment", order: order.id, text: "Rang the customer up." });
    case "signal":
      return by(supervisors, {
        type: "signal.receive",
        order: order.id,
        signal: "papers",
        content: { pages: 1 },
      });
    case "forge":
      return by(Object.keys(cast), forged(random, order, visit, effects[0]?.key));
  }
}

/** Somebody rings up the carrier and says what it said: of work under way nobody says that it was not done. */
function settled(random: Random, order: OrderState, { ring }: Screens): Asked {
  const key = doubtfulKey(random, Object.values(order.effects));
  const attempt = order.effects[key]?.attempts ?? 0;
  const told = ring(key);
  const finding = findingOf(told, random.chance(0.7));
  if (!finding)
    return { who: "sam", command: { type: "effect.retry", order: order.id, key, reason: "Ask again" } };
  return {
    who: somebody(random, ["sam"]),
    command: { type: "effect.settle", order: order.id, key, attempt, finding, reason: "Rang them up" },
  };
}

function doubtfulKey(random: Random, effects: readonly EffectState[]): string {
  const doubtful = effects.filter(({ status }) => status !== "CONFIRMED");
  if (effects.length === 0) return noKey;
  return random.pick(doubtful.length > 0 ? doubtful : effects).key;
}

export function findingOf(
  told: string | "under way" | null,
  issueAgain: boolean,
): CommandOf<"effect.settle">["finding"] | null {
  if (told === "under way") return null;
  return told === null ? { kind: "notDone", issueAgain } : { kind: "done", reference: told };
}

/** What only the machine may say, said by somebody else. */
function forged(
  random: Random,
  order: OrderState,
  visit: { order: string; step: string; visit: number },
  key = noKey,
): Command {
  switch (random.below(7)) {
    case 0:
      return { type: "timer.settle", ...visit };
    case 1:
      return { type: "timer.breach", ...visit, rung: 1 };
    case 6:
      return { type: "timer.lapse", ...visit, person: order.requestedBy };
    case 3:
      return { type: "effect.overdue", order: order.id, key, since: order.version };
    case 4:
      return { type: "effect.probed", order: order.id, key, since: order.version, found: { kind: "absent" } };
    case 2:
      return { type: "effect.attempt", order: order.id, key, since: 1 };
    default:
      return {
        type: "effect.answer",
        order: order.id,
        key,
        answer: { kind: "confirmed", receipt: { reference: "FORGED" } },
      };
  }
}

function somethingManaged(random: Random, what: keyof typeof managing): Asked {
  const who = somebody(random, ["root", "root", "root"]);
  const person = random.pick(["ana", "ben", "remy", "rita", "sam"]);
  const workflow = random.pick(["order-fulfilment", "branching"]);
  switch (what) {
    case "rights":
      return {
        who,
        command: {
          type: random.pick(["person.grant", "person.revoke"]),
          person,
          role: random.pick(["reviewer", "supervisor", "requester"]),
        },
      };
    case "account":
      return {
        who,
        command: { type: random.pick(["person.disable", "person.enable", "person.enable"]), person },
      };
    case "apiKey":
      return {
        who,
        command: { type: random.pick(["apiKey.create", "apiKey.revoke"]), person: "rita", apiKey: shop },
      };
    case "policy":
      return {
        who,
        command: {
          type: "policy.publish",
          workflow,
          parameters: { ...defaultPolicy, limits: { GBP: random.pick([50_000, 100_000, 200_000]) } },
        },
      };
  }
}
