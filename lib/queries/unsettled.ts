import type { AuthorizedActor, Role } from "#lib/domain/authority";
import type { RecordedEvent } from "#lib/domain/events";
import { type EffectState, isOver, type OrderState } from "#lib/domain/order";
import type { Rejection } from "#lib/domain/rejection";
import type { WorkflowDefinition } from "#lib/domain/workflow";
import { type EffectLine, effectLines, lastSaid, sentInput } from "./effect-evidence";
import type { EffectReading, OrderReading } from "./order-reading";
import { whoHas } from "./order-tasks";
import type { Names } from "./people-names";
import { mayRead } from "./permission";
import type { keysOf } from "./personal";
import { type AskableCommand, type Outside, refusalOf } from "./possible";
import type { Store, StoredEvent } from "./store";
import { effectWords, whyNotAskedAgain } from "./words";

/**
 * What is not settled outside: effects of which nobody knows whether they happened, that failed, or whose answer is still
 * to come. With each stands what somebody needs to know to settle it, and what this person could say about it now.
 */
export type Settling = "retry" | "done" | "notDone" | "doAnew";

/** Why not now, and who could. */
export type Refused = { reason: string; whoCan: string | undefined };

export type Offer = { settling: Settling; refused: Refused | null };

/** What is known of an effect. Instants are ISO texts. */
export type EffectEvidence = {
  /** The issue of the effect: above 1 it was done anew. */
  issue: number;
  /** How often it was sent, and when first and last. */
  sent: EffectReading["sent"];
  /** What was sent each time, as JSON; personal parts are in it unless they were erased. */
  input: string;
  /** What the outside said last, in its own words. */
  lastSaid: { at: string; text: string } | null;
  /** The outside's own number for it. */
  reference: string | null;
  whyNotAskedAgain: string;
  /** Everything that happened to it, oldest first. */
  lines: EffectLine[];
};

export type UnsettledEffect = {
  key: string;
  /** The newest one. */
  attempt: number;
  title: string;
  /** Who is outside, as a sentence begins with it. */
  outside: string;
  status: "IN_DOUBT" | "FAILED" | "PENDING";
  since: string;
  /** Null for who may not read other people's orders. */
  evidence: EffectEvidence | null;
  offers: Offer[];
};

/** `clearing` is null while nobody's attention is asked for, or while an effect of it has to be settled first. */
export type Unsettled = { effects: UnsettledEffect[]; clearing: { refused: Refused | null } | null };

/** An order as its history has been read. */
export type ReadOrder = {
  definition: WorkflowDefinition | undefined;
  reading: OrderReading;
  /** At least those that the reading names for each effect. */
  events: readonly StoredEvent[];
  held: Awaited<ReturnType<typeof keysOf>>;
  names: Names;
};

const settlers: readonly Role[] = ["supervisor", "admin"];

/** What can be said about an effect in each of its states, whoever says it. */
const settlings: Record<UnsettledEffect["status"], readonly Settling[]> = {
  IN_DOUBT: ["retry", "done", "notDone", "doAnew"],
  FAILED: ["retry", "doAnew"],
  PENDING: ["done", "notDone", "doAnew"],
};

/** Everything of this order that is not settled outside. Asks the same rules that will decide. */
export async function unsettledOf(
  store: Store,
  { definition, reading, events, held, names }: ReadOrder,
  actor: AuthorizedActor,
  now: string,
  outside: Outside,
): Promise<Unsettled> {
  const { state } = reading;
  const standing = Object.values(state.effects).filter((effect) => standsStill(state, effect));
  const ask = (command: AskableCommand) =>
    definition && refusalOf(definition, state, actor, now, command, outside);
  const refused = async (rejection: Rejection, doing: string): Promise<Refused> => ({
    reason: rejection.message,
    whoCan: rejection.authority && (await whoHas(store, settlers, [], doing)),
  });
  const effects = await Promise.all(
    standing.map(async (effect): Promise<UnsettledEffect> => {
      const status = effect.status as UnsettledEffect["status"];
      const about = events.filter(({ event }) => event && isAbout(event, effect.key));
      const offers: Offer[] = [];
      for (const settling of settlings[status]) {
        const rejection = ask(commandOf(settling, state.id, effect));
        if (rejection !== undefined)
          offers.push({ settling, refused: rejection && (await refused(rejection, "settle")) });
      }
      return {
        key: effect.key,
        attempt: effect.attempts,
        title: effectWords(effect.effect).title,
        outside: effectWords(effect.effect).outside,
        status,
        since: effect.changedAt,
        evidence: mayRead(actor, "orders")
          ? {
              issue: effect.issue,
              sent: reading.effects.get(effect.key)?.sent ?? null,
              input: sentInput(about, held),
              lastSaid: lastSaid(about, held),
              reference: referenceOf(about),
              whyNotAskedAgain: whyNotAskedAgain(effect, outside(effect.effect)),
              lines: effectLines(effect.effect, about, held, names),
            }
          : null,
        offers,
      };
    }),
  );
  const clear = state.needsAttention === null ? undefined : ask(clearing(state.id));
  const first = effects.some(({ status }) => status !== "PENDING") && !isOver(state);
  return {
    effects,
    clearing: clear === undefined || first ? null : { refused: clear && (await refused(clear, "look into")) },
  };
}

/** Nothing is due for it and nothing under way; what a finished order has given up is nobody's concern any more. */
function standsStill(state: OrderState, { status, dueAt }: EffectState): boolean {
  switch (status) {
    case "IN_DOUBT":
      return dueAt === null;
    case "PENDING":
      return true;
    case "FAILED":
      return !isOver(state) || state.needsAttention !== null;
    case "INTENDED":
    case "ATTEMPTED":
    case "CONFIRMED":
    case "COMPENSATED":
    case "OBSOLETE":
      return false;
  }
}

const asking = "to see whether it may";

function commandOf(settling: Settling, order: string, { key, attempts }: EffectState): AskableCommand {
  const settle = { type: "effect.settle", order, key, attempt: attempts, reason: asking } as const;
  switch (settling) {
    case "retry":
      return { type: "effect.retry", order, key, reason: asking };
    case "done":
      return { ...settle, finding: { kind: "done", reference: "-" } };
    case "notDone":
      return { ...settle, finding: { kind: "notDone", issueAgain: false } };
    case "doAnew":
      return { ...settle, finding: { kind: "notDone", issueAgain: true } };
  }
}

function clearing(order: string): AskableCommand {
  return { type: "order.clearAttention", order, reason: asking };
}

function isAbout({ data }: RecordedEvent, key: string): boolean {
  return "key" in data && data.key === key;
}

function referenceOf(about: readonly StoredEvent[]): string | null {
  const promise = about.findLast(({ event }) => event?.type === "effectPending")?.event;
  return promise?.type === "effectPending" ? promise.data.reference : null;
}
