import { spread } from "#lib/log/spread";
import type { CommandOf } from "./commands";
import { compensationOf, type Decided } from "./decide-order";
import { type Facts, grantOf } from "./facts";
import { type EffectState, isOver, type OrderState } from "./order";
import { later, Progress, place } from "./progress";
import { isRejection, refuse, reject } from "./rejection";
import type { EffectStep, WorkflowDefinition } from "./workflow";

/**
 * What may happen to an effect: a worker begins an attempt, the outside answers, an attempt's lease runs out, a
 * supervisor asks for another try.
 *
 * Every attempt of one issue sends the same key and the same bytes. What the outside says is evidence and always
 * accepted; it settles the effect once, and an answer that contradicts a settled one puts the order in needs attention.
 */
type EffectCommand = CommandOf<"effect.retry" | "effect.attempt" | "effect.expire" | "effect.answer">;

export function decideEffect(
  definition: WorkflowDefinition,
  state: OrderState,
  facts: Facts,
  command: EffectCommand,
): Decided {
  const effect = state.effects[command.key];
  if (!effect) return reject("notFound", "There is no such effect of this order.", { field: "key" });
  const step = definition.steps[effect.step];
  if (step?.kind !== "effect") throw new Error(`${effect.step} is not an effect`);
  const progress = new Progress(definition, state, facts, facts.stream);
  const at = { ...place(effect), key: effect.key };

  if (command.type === "effect.retry") {
    const grant = grantOf(facts, ["supervisor", "admin"], "try an effect again");
    if (isRejection(grant)) return grant;
    const givenUp = effect.status === "IN_DOUBT" && effect.dueAt === null;
    if (effect.status !== "FAILED" && !givenUp)
      return reject("wrongState", `Only a failed effect can be tried again; this one is ${effect.status}.`);
    if (isOver(state) || (unwanted(state, effect) && effect.doubts.length === 0))
      return reject("wrongState", `The order is ${state.status}, so this is not wanted any more.`);
    if (forgotten(progress, effect))
      return reject(
        "notPossible",
        "The outside may have forgotten the key, so asking again could do it twice.",
      );
    progress.record("effectRetried", at, { reason: command.reason });
    return progress.events;
  }
  if (facts.principal.kind !== "system") return refuse("role", "Only the dispatcher speaks for the outside.");

  switch (command.type) {
    case "effect.attempt": {
      const lease = facts.attemptNow(effect.effect);
      if (!lease) return reject("unavailable", `No adapter for ${effect.effect} runs here.`);
      const due = effect.dueAt !== null && effect.dueAt <= facts.now;
      const waiting = effect.status === "INTENDED" || effect.status === "IN_DOUBT";
      if (!waiting || !due || command.attempt !== effect.attempts + 1)
        return reject("stale", "Somebody else has begun this attempt, or it is not due.");
      if (forgotten(progress, effect)) {
        doubted(progress, step, effect, effect.attempts, "Not asked again: the key may be forgotten by now.");
        break;
      }
      progress.record("effectAttempted", {
        ...at,
        attempt: {
          number: command.attempt,
          fence: command.attempt,
          leaseUntil: later(facts.now, lease.lease_ms),
        },
      });
      break;
    }
    case "effect.expire": {
      const { attempt } = effect;
      if (
        effect.status !== "ATTEMPTED" ||
        attempt?.number !== command.attempt ||
        attempt.leaseUntil > facts.now
      )
        return reject("stale", "This attempt was answered.");
      doubted(progress, step, effect, command.attempt, "No answer came before the attempt's time was up.");
      break;
    }
    case "effect.answer":
      answered(progress, step, effect, command);
      break;
  }
  return progress.events;
}

function answered(
  progress: Progress,
  step: EffectStep,
  effect: EffectState,
  { answer, attempt = effect.attempts, personal }: CommandOf<"effect.answer">,
): void {
  const at = { ...place(effect), key: effect.key, attempt };
  const late = attempt < effect.attempts;
  // A refusal of this attempt says nothing of another one whose answer never came.
  const doubtful = effect.doubts.some((other) => other !== attempt);
  const open = ["INTENDED", "ATTEMPTED", "PENDING", "IN_DOUBT"].includes(effect.status);
  const wanted = !unwanted(progress.state, effect);

  if (!open || (answer.kind !== "confirmed" && (late || effect.status === "INTENDED"))) {
    const settledOtherwise =
      answer.kind === "confirmed"
        ? effect.status !== "COMPENSATED" && effect.receipt?.reference !== answer.receipt.reference
        : answer.kind === "rejected" && ["CONFIRMED", "COMPENSATED"].includes(effect.status);
    progress.record(
      "effectAnswered",
      { ...at, answer: answer.kind, contradicts: settledOtherwise },
      personal,
    );
    if (settledOtherwise)
      progress.record("orderNeedsAttention", {
        why: `The outside now says ${answer.kind} of ${effect.effect}, which was ${effect.status} before.`,
      });
    return;
  }

  switch (answer.kind) {
    case "confirmed": {
      const compensation = compensationOf(progress.definition, effect.step);
      const undoing = progress.state.status === "cancelling";
      const undo = undoing && compensation !== undefined && effect.compensates === null;
      const next = undo ? [place(effect)] : undoing ? [] : progress.visitsOf(step.to);
      progress.record("effectConfirmed", { ...at, receipt: answer.receipt, next }, personal);
      if (undo) progress.intend(effect, compensation, effect.key);
      else progress.enter(next);
      return;
    }
    case "pending":
      // The answer to this attempt arrived before the response that announces it.
      if (effect.status === "PENDING")
        progress.record("effectAnswered", { ...at, answer: "pending", contradicts: false });
      else progress.record("effectPending", { ...at, reference: answer.reference });
      return;
    case "inDoubt":
      doubted(progress, step, effect, attempt, "No clear answer came.", answer.reason);
      return;
    case "retryable": {
      if (doubtful) {
        doubted(progress, step, effect, attempt, "Not accepted this time.", answer.reason);
        return;
      }
      const again = wanted && mayTryAgain(step, effect);
      progress.record(
        "effectFailed",
        {
          ...at,
          reason: "Not accepted this time.",
          retryAt: again ? later(progress.facts.now, wait_ms(step, effect, answer.retryAfter_ms)) : undefined,
        },
        { detail: answer.reason },
      );
      if (!again && wanted)
        attention(progress, effect, `was not accepted in ${effect.attemptsInRow} attempts`);
      return;
    }
    case "rejected":
      if (doubtful) {
        progress.record(
          "effectDoubted",
          { ...at, reason: "Rejected now, but an earlier attempt may have been done." },
          { detail: answer.reason },
        );
        attention(progress, effect, "is in doubt: whether it happened is not known");
        return;
      }
      progress.record(
        "effectFailed",
        { ...at, reason: "Rejected by the outside." },
        { detail: answer.reason },
      );
      if (wanted) attention(progress, effect, "was rejected");
      return;
  }
}

/** No answer is neither yes nor no: the same key asks again while the outside remembers it, then a person must look. */
function doubted(
  progress: Progress,
  step: EffectStep,
  effect: EffectState,
  attempt: number,
  reason: string,
  detail?: string,
): void {
  const { now } = progress.facts;
  const wait = wait_ms(step, effect);
  const again = mayTryAgain(step, effect) && Date.parse(now) + wait < rememberedUntil_ms(progress, effect);
  progress.record(
    "effectDoubted",
    { ...place(effect), key: effect.key, attempt, reason, retryAt: again ? later(now, wait) : undefined },
    detail ? { detail } : undefined,
  );
  if (!again) attention(progress, effect, "is in doubt: whether it happened is not known");
}

function attention(progress: Progress, effect: EffectState, what: string): void {
  progress.record("orderNeedsAttention", { why: `${effect.effect} ${what}.` });
}

/** Until when the outside answers this key from memory, as milliseconds since 1970. */
function rememberedUntil_ms({ facts }: Progress, effect: EffectState): number {
  return Date.parse(effect.firstAttemptAt ?? facts.now) + facts.keyRetention_ms(effect.effect);
}

/** Asking again could do it a second time: an attempt is in doubt, and the outside may not know the key any more. */
function forgotten(progress: Progress, effect: EffectState): boolean {
  return effect.doubts.length > 0 && Date.parse(progress.facts.now) >= rememberedUntil_ms(progress, effect);
}

/** What a cancelled order no longer wants done: everything but undoing what was done. */
function unwanted(state: OrderState, effect: EffectState): boolean {
  return state.status === "cancelling" && effect.compensates === null;
}

function mayTryAgain(step: EffectStep, effect: EffectState): boolean {
  return effect.attemptsInRow < step.retry.attempts_max;
}

/**
 * Exponential back-off with jitter between half and all of it. The jitter is a hash of key and attempt: spread like
 * chance across effects, and the same whenever the decision is made again.
 */
function wait_ms(step: EffectStep, effect: EffectState, atLeast_ms = 0): number {
  const full = Math.min(
    step.retry.longest_ms,
    step.retry.first_ms * 2 ** Math.max(0, effect.attemptsInRow - 1),
  );
  return Math.max(atLeast_ms, Math.round(full / 2 + (full / 2) * spread(`${effect.key}/${effect.attempts}`)));
}
