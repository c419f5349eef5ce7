import { spread } from "#lib/log/spread";
import type { CommandOf } from "./commands";
import { compensationOf, type Decided, leftToPeople } from "./decide-order";
import type { Receipt } from "./events";
import { type Facts, grantOf } from "./facts";
import { type EffectState, isOver, type OrderState } from "./order";
import { later, Progress, place } from "./progress";
import { isRejection, refuse, reject } from "./rejection";
import type { EffectStep, WorkflowDefinition } from "./workflow";

/**
 * What may happen to an effect: a worker begins an attempt, the outside answers or is asked what became of it, an
 * attempt's lease runs out, a supervisor asks for another try or settles what nobody else can.
 *
 * Every attempt of one issue sends the same key and the same bytes. What the outside says is evidence and always
 * accepted; it settles the effect once, and an answer that contradicts a settled one puts the order in needs attention.
 */
type EffectCommand = CommandOf<
  | "effect.retry"
  | "effect.settle"
  | "effect.attempt"
  | "effect.expire"
  | "effect.overdue"
  | "effect.probed"
  | "effect.answer"
>;

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

  if (command.type === "effect.retry") return retry(progress, effect, command);
  if (command.type === "effect.settle") return settle(progress, step, effect, command);
  if (facts.principal.kind !== "system") return refuse("role", "Only the dispatcher speaks for the outside.");

  const due = effect.dueAt !== null && effect.dueAt <= facts.now;
  switch (command.type) {
    case "effect.attempt": {
      const lease = facts.attemptNow(effect.effect);
      if (!lease) return reject("unavailable", `No adapter for ${effect.effect} runs here.`);
      const waiting = effect.status === "INTENDED" || (effect.status === "IN_DOUBT" && !effect.probing);
      if (!waiting || !due || command.since !== effect.dueSince)
        return reject("stale", "Somebody else has begun this attempt, or it is not due.");
      if (forgotten(progress, effect)) {
        doubted(progress, step, effect, effect.attempts, "Not asked again: the key may be forgotten by now.");
        break;
      }
      progress.record("effectAttempted", {
        ...at,
        attempt: {
          number: effect.attempts + 1,
          fence: effect.attempts + 1,
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
    case "effect.overdue":
      if (effect.status !== "PENDING" || !due || command.since !== effect.dueSince)
        return reject("stale", "The promised answer came, or it is not overdue.");
      doubted(progress, step, effect, effect.attempts, "The answer that was promised did not come in time.");
      break;
    case "effect.probed":
      if (effect.status !== "IN_DOUBT" || !effect.probing || !due || command.since !== effect.dueSince)
        return reject("stale", "Nobody asks any more what became of this attempt.");
      probed(progress, step, effect, command.found);
      break;
    case "effect.answer":
      if ((command.attempt ?? 0) > effect.attempts)
        return reject("invalid", "No such attempt was begun.", { field: "attempt" });
      answered(progress, step, effect, command);
      break;
  }
  return progress.events;
}

/** The same key once more: to do what was not done, or to learn what became of it. */
function retry(progress: Progress, effect: EffectState, command: CommandOf<"effect.retry">): Decided {
  const { facts, state } = progress;
  const grant = grantOf(facts, ["supervisor", "admin"], "try an effect again");
  if (isRejection(grant)) return grant;
  const givenUp = effect.status === "IN_DOUBT" && effect.dueAt === null;
  if (effect.status !== "FAILED" && !givenUp)
    return reject("wrongState", `Only a failed effect can be tried again; this one is ${effect.status}.`);
  if (isOver(state) || (unwanted(state, effect) && effect.doubts.length === 0))
    return reject("wrongState", `The order is ${state.status}, so this is not wanted any more.`);
  const probing = facts.doubt(effect.effect).kind === "probe" && effect.doubts.length > 0;
  if (!probing && forgotten(progress, effect))
    return reject(
      "notPossible",
      "The outside may have forgotten the key, so asking again could do it twice.",
    );
  progress.record("effectRetried", { ...place(effect), key: effect.key }, { reason: command.reason });
  const other = leftToPeople(progress.state);
  if (other) attend(progress, other, `is ${other.status}, and waits for somebody too`);
  return progress.events;
}

/** A person has found out what became of it. What a person says is done counts like the outside's own word. */
function settle(
  progress: Progress,
  step: EffectStep,
  effect: EffectState,
  { attempt, finding, reason }: CommandOf<"effect.settle">,
): Decided {
  const grant = grantOf(progress.facts, ["supervisor", "admin"], "settle what became of an effect");
  if (isRejection(grant)) return grant;
  const { state } = progress;
  const unknown = effect.status === "IN_DOUBT" || effect.status === "PENDING";
  const again = finding.kind === "notDone" && finding.issueAgain;
  if (!unknown && !(again && effect.status === "FAILED"))
    return reject("wrongState", `What became of this effect is known: it is ${effect.status}.`, {
      order: state.id,
    });
  if (attempt !== effect.attempts)
    return reject("stale", "It was tried again since you found out. Find out what became of that attempt.", {
      order: state.id,
    });
  if (again && (isOver(state) || unwanted(state, effect)))
    return reject("wrongState", `The order is ${state.status}, so this is not wanted any more.`);

  const attention = state.needsAttention !== null;
  if (finding.kind === "done")
    confirm(progress, step, effect, attempt, { reference: finding.reference }, { detail: reason });
  else if (unknown)
    progress.record(
      "effectFailed",
      {
        ...place(effect),
        key: effect.key,
        attempt,
        reason: "A person found that it was not done.",
        certain: true,
      },
      { detail: reason },
    );
  if (again)
    progress.intend(effect, effect.effect, effect.compensates ?? undefined, {
      reissues: effect.key,
      issue: effect.issue + 1,
    });
  const settled = finding.kind === "done" || again || unwanted(state, effect);
  if (attention && settled && !leftToPeople(progress.state))
    progress.record("attentionCleared", {}, { reason });
  else if (!attention && !settled) attend(progress, effect, "was not done");
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
  const wanted = !unwanted(progress.state, effect);
  const open = ["INTENDED", "ATTEMPTED", "PENDING", "IN_DOUBT"].includes(effect.status);

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
    case "confirmed":
      confirm(progress, step, effect, attempt, answer.receipt, personal);
      return;
    case "pending":
      // The answer to this attempt arrived before the response that announces it.
      if (effect.status === "PENDING")
        progress.record("effectAnswered", { ...at, answer: "pending", contradicts: false });
      else promised(progress, effect, attempt, answer.reference);
      return;
    case "inDoubt":
      doubted(progress, step, effect, attempt, "No clear answer came.", answer.reason);
      return;
    case "retryable":
      if (doubtful) doubted(progress, step, effect, attempt, "Not accepted this time.", answer.reason);
      else
        notDone(progress, step, effect, {
          attempt,
          reason: "Not accepted this time.",
          detail: answer.reason,
          atLeast_ms: answer.retryAfter_ms,
        });
      return;
    case "rejected":
      if (doubtful) {
        progress.record(
          "effectDoubted",
          { ...at, reason: "Rejected now, but an earlier attempt may have been done." },
          { detail: answer.reason },
        );
        attend(progress, effect, "is in doubt: whether it happened is not known");
        return;
      }
      progress.record(
        "effectFailed",
        { ...at, reason: "Rejected by the outside." },
        { detail: answer.reason },
      );
      if (wanted) attend(progress, effect, "was rejected");
      return;
  }
}

/** What the outside says when it is asked what became of a key. */
function probed(
  progress: Progress,
  step: EffectStep,
  effect: EffectState,
  found: CommandOf<"effect.probed">["found"],
): void {
  const attempt = effect.attempts;
  switch (found.kind) {
    case "confirmed":
      confirm(progress, step, effect, attempt, found.receipt);
      return;
    case "pending":
      promised(progress, effect, attempt, found.reference);
      return;
    case "absent":
      notDone(progress, step, effect, {
        attempt,
        reason: "The outside does not know of it: it was not done.",
        certain: true,
      });
      return;
    case "unknown":
      doubted(
        progress,
        step,
        effect,
        attempt,
        "Asked what became of it, without a clear answer.",
        found.reason,
      );
      return;
  }
}

function confirm(
  progress: Progress,
  step: EffectStep,
  effect: EffectState,
  attempt: number,
  receipt: Receipt,
  personal?: { [member: string]: string },
): void {
  const compensation = compensationOf(progress.definition, effect.step);
  const undoing = progress.state.status === "cancelling";
  const undo = undoing && compensation !== undefined && effect.compensates === null;
  const next = undo ? [place(effect)] : undoing ? [] : progress.visitsOf(step.to);
  progress.record("effectConfirmed", { ...place(effect), key: effect.key, attempt, receipt, next }, personal);
  if (undo) progress.intend(effect, compensation, effect.key);
  else progress.enter(next);
}

/** The answer will come by itself; how long that may take is the adapter's to say. */
function promised(progress: Progress, effect: EffectState, attempt: number, reference: string): void {
  const { facts } = progress;
  const within_ms = facts.answersWithin_ms(effect.effect);
  progress.record("effectPending", {
    ...place(effect),
    key: effect.key,
    attempt,
    reference,
    answerBy: within_ms === null ? undefined : later(facts.now, within_ms),
  });
}

/** Certainly not done: the same key again while the definition allows it, then a person. */
function notDone(
  progress: Progress,
  step: EffectStep,
  effect: EffectState,
  given: { attempt: number; reason: string; detail?: string; certain?: true; atLeast_ms?: number },
): void {
  const { attempt, reason, detail, certain, atLeast_ms } = given;
  const wanted = !unwanted(progress.state, effect);
  const again = wanted && effect.attemptsInRow < step.retry.attempts_max;
  const wait = wait_ms(step, effect, effect.attemptsInRow, atLeast_ms);
  progress.record(
    "effectFailed",
    {
      ...place(effect),
      key: effect.key,
      attempt,
      reason,
      retryAt: again ? later(progress.facts.now, wait) : undefined,
      certain,
    },
    detail === undefined ? undefined : { detail },
  );
  if (!again && wanted) attend(progress, effect, `was not accepted in ${effect.attemptsInRow} attempts`);
}

/**
 * No answer is neither yes nor no: the same key asks again while the outside remembers it, or the outside is asked what
 * became of it; then a person must look.
 */
function doubted(
  progress: Progress,
  step: EffectStep,
  effect: EffectState,
  attempt: number,
  reason: string,
  detail?: string,
): void {
  const { facts } = progress;
  const doubt = facts.doubt(effect.effect);
  const probe = doubt.kind === "probe";
  const wait = probe
    ? wait_ms(step, effect, effect.probesInRow + 1, doubt.lag_ms)
    : wait_ms(step, effect, effect.attemptsInRow);
  const again = probe
    ? effect.probesInRow < step.retry.attempts_max
    : effect.attemptsInRow < step.retry.attempts_max &&
      Date.parse(facts.now) + wait < rememberedUntil_ms(progress, effect);
  progress.record(
    "effectDoubted",
    {
      ...place(effect),
      key: effect.key,
      attempt,
      reason,
      retryAt: again ? later(facts.now, wait) : undefined,
      probe: again && probe ? true : undefined,
    },
    detail ? { detail } : undefined,
  );
  if (!again) attend(progress, effect, "is in doubt: whether it happened is not known");
}

function attend(progress: Progress, effect: EffectState, what: string): void {
  progress.record("orderNeedsAttention", { why: `${effect.effect} ${what}.` });
}

/** Until when the outside answers this key from memory, as milliseconds since 1970: never, where it has none. */
function rememberedUntil_ms({ facts }: Progress, effect: EffectState): number {
  const doubt = facts.doubt(effect.effect);
  const retention_ms = doubt.kind === "honoursKey" ? doubt.keyRetention_ms : 0;
  return Date.parse(effect.firstAttemptAt ?? facts.now) + retention_ms;
}

/** Asking again could do it a second time: an attempt is in doubt, and the outside may not know the key any more. */
function forgotten(progress: Progress, effect: EffectState): boolean {
  return effect.doubts.length > 0 && Date.parse(progress.facts.now) >= rememberedUntil_ms(progress, effect);
}

/** What a cancelled order no longer wants done: everything but undoing what was done. */
function unwanted(state: OrderState, effect: EffectState): boolean {
  return state.status === "cancelling" && effect.compensates === null;
}

/**
 * Exponential back-off with jitter between half and all of it. The jitter is a hash of key and attempt: spread like
 * chance across effects, and the same whenever the decision is made again.
 */
function wait_ms(step: EffectStep, effect: EffectState, tries: number, atLeast_ms = 0): number {
  const full = Math.min(step.retry.longest_ms, step.retry.first_ms * 2 ** Math.max(0, tries - 1));
  return Math.max(atLeast_ms, Math.round(full / 2 + (full / 2) * spread(`${effect.key}/${effect.attempts}`)));
}
