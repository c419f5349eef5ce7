import type { EffectInput, EffectOutcome, EffectReceipt, ProbeOutcome } from "#lib/effects/adapter";
import type { Random } from "./random";
import { demand } from "./violation";

/**
 * The outside world of a simulation: one carrier that really keeps count of what it has done, by effect key.
 *
 * It is honest and unreliable: what it says it has done it has done, but it may say it late, twice, in another order,
 * before it answers the request, or not at all. If it remembers keys it does so for `memory_ms`, and a repeated one does
 * nothing and gets the first result.
 */
export type CarrierManners = {
  /** Whether it knows a key again; one that does not does the work again. */
  remembersKeys: boolean;
  memory_ms: number;
  /** How often something goes wrong, from 0 to 1. */
  trouble: number;
};

export type Work = { key: string; effect: string; order: string; times: number; references: string[] };

/** What it will say by itself, until somebody has taken it. The same `messageId` is the same message. */
export type Callback = {
  messageId: string;
  key: string;
  outcome: EffectOutcome;
  occurredAt: string;
  /** Does the work that was only accepted so far, when the message is first sent. */
  make?: () => EffectOutcome;
};

type Remembered = { since_ms: number; reference: string | null };

const prefixes: { readonly [effect: string]: string } = {
  "carrier.dispatch": "TRK",
  "carrier.proofOfDelivery": "POD",
  "carrier.cancelDispatch": "CAN",
};

const wellMannered = { confirm: 1 };
const unknownKey = {
  confirm: 14,
  "accepted, called back": 9,
  "accepted, done when called back": 8,
  "called back before the answer": 7,
  "done, then timed out": 10,
  "done, then answered 500": 6,
  "timed out undone": 6,
  "too many requests": 7,
  unavailable: 4,
  rejected: 4,
  "broke the adapter": 3,
  "answered late": 8,
  "confirmed, then called back rejected": 2,
};
const knownKey = {
  confirm: 12,
  "accepted, called back": 3,
  "timed out undone": 3,
  "too many requests": 2,
  "answered late": 2,
};
export type Manner = keyof typeof unknownKey;

export class Carrier {
  readonly work = new Map<string, Work>();
  readonly callbacks: Callback[] = [];
  /** Answers on their way to whoever asked; each is given by calling it. */
  readonly late: { arrive(): void }[] = [];
  readonly manners = new Map<Manner, number>();
  /** From the outside nothing goes wrong any more. */
  calm = false;
  readonly #memory = new Map<string, Remembered>();
  #messages = 0;
  #numbers = 0;

  constructor(
    readonly random: Random,
    readonly character: CarrierManners,
    readonly now_ms: () => number,
  ) {}

  async perform(effect: string, input: EffectInput, key: string): Promise<EffectOutcome> {
    const order = String(input.order);
    const known = this.#recalled(key);
    const troubled = !this.calm && this.random.chance(this.character.trouble);
    const manner = this.random.weighted(troubled ? (known ? knownKey : unknownKey) : wellMannered) as Manner;
    this.manners.set(manner, (this.manners.get(manner) ?? 0) + 1);
    switch (manner) {
      case "confirm":
        return confirmed(this.#do(effect, order, key));
      case "accepted, called back":
        this.#callBack(key, confirmed(this.#do(effect, order, key)));
        return { kind: "pending", reference: accepted(key) };
      case "accepted, done when called back":
        this.callbacks.push(this.#later(effect, order, key, this.#remember(key, null)));
        return { kind: "pending", reference: accepted(key) };
      case "called back before the answer":
        this.#callBack(key, confirmed(this.#do(effect, order, key)));
        return this.#late({ kind: "pending", reference: accepted(key) });
      case "confirmed, then called back rejected": {
        const reference = this.#do(effect, order, key);
        this.callbacks.push(this.#takenBack(key));
        return confirmed(reference);
      }
      case "done, then timed out":
        this.#do(effect, order, key);
        return { kind: "inDoubt", reason: "No answer within the time-out." };
      case "done, then answered 500":
        this.#do(effect, order, key);
        return { kind: "inDoubt", reason: "Answered 500." };
      case "timed out undone":
        return { kind: "inDoubt", reason: "No answer within the time-out." };
      case "too many requests":
        return {
          kind: "retryable",
          reason: "Answered 429.",
          retryAfter_ms: 1_000 * this.random.between(0, 90),
        };
      case "unavailable":
        return { kind: "retryable", reason: "The connection was refused." };
      case "rejected":
        return { kind: "rejected", reason: "Unknown address." };
      case "broke the adapter":
        if (this.random.chance(0.5)) this.#do(effect, order, key);
        throw new Error("The answer could not be read.");
      case "answered late":
        return this.#late(confirmed(this.#do(effect, order, key)));
    }
  }

  /** What somebody who rings up is told of a key: the number of what was done, that it is under way, or nothing. */
  told(key: string): string | "under way" | null {
    const work = this.work.get(key);
    if (work && work.times > 0) return work.references.at(-1)!;
    return this.#memory.has(key) ? "under way" : null;
  }

  /** What became of a key. It shows what it has done and what it has accepted, and forgets neither. */
  probe(key: string): ProbeOutcome {
    if (!this.calm && this.random.chance(this.character.trouble / 3))
      return { kind: "unknown", reason: "No answer within the time-out." };
    const told = this.told(key);
    if (told === null) return { kind: "absent" };
    return told === "under way" ? { kind: "pending", reference: accepted(key) } : confirmed(told);
  }

  /** The message as it is sent now. What was only accepted is done at this moment. */
  take(which: number): Callback {
    const callback = this.callbacks[which]!;
    if (callback.make) callback.outcome = callback.make();
    callback.make = undefined;
    return callback;
  }

  /** Somebody has heard a message; it is not sent again. */
  taken(callback: Callback): void {
    const at = this.callbacks.indexOf(callback);
    if (at >= 0) this.callbacks.splice(at, 1);
  }

  /** An answer that was on its way reaches whoever asked, if that one is still there. */
  arrive(which: number): void {
    this.late.splice(which, 1)[0]!.arrive();
  }

  /** Throws a `Violation` unless it gave this receipt for this key. */
  vouchFor(key: string, reference: string): void {
    demand(
      this.work.get(key)?.references.includes(reference) === true,
      () => `the log holds the receipt ${reference} for ${key}, and the carrier never gave it`,
    );
  }

  /** Throws a `Violation` when one key made it do something more than once. */
  didNothingTwice(): void {
    for (const { key, effect, order, times } of this.work.values())
      demand(
        times <= 1,
        () => `the carrier did ${effect} of order ${order} ${times} times under the key ${key}`,
      );
  }

  #do(effect: string, order: string, key: string): string {
    const known = this.#recalled(key);
    if (known?.reference) return known.reference;
    const reference = `${prefixes[effect] ?? "REF"}-${++this.#numbers}`;
    const work = this.work.get(key) ?? { key, effect, order, times: 0, references: [] };
    work.times++;
    work.references.push(reference);
    this.work.set(key, work);
    this.#remember(key, reference);
    return reference;
  }

  #recalled(key: string): Remembered | null {
    const known = this.#memory.get(key);
    if (!known || !this.character.remembersKeys) return null;
    return this.now_ms() - known.since_ms < this.character.memory_ms ? known : null;
  }

  #remember(key: string, reference: string | null): Remembered {
    const job = this.#recalled(key) ?? { since_ms: this.now_ms(), reference };
    job.reference = reference;
    this.#memory.set(key, job);
    return job;
  }

  #callBack(key: string, outcome: EffectOutcome): void {
    this.callbacks.push({ messageId: this.#message(), key, outcome, occurredAt: this.#now() });
  }

  /** It says that it was not done after all, and from then on it was not: asked again, it begins anew. */
  #takenBack(key: string): Callback {
    return {
      messageId: this.#message(),
      key,
      outcome: { kind: "rejected", reason: "Nobody was at home." },
      occurredAt: this.#now(),
      make: () => {
        this.work.get(key)!.times--;
        this.#memory.delete(key);
        return { kind: "rejected", reason: "Nobody was at home." };
      },
    };
  }

  /** What was accepted is one job: a request under its key that was done meanwhile has done it. */
  #later(effect: string, order: string, key: string, job: Remembered): Callback {
    return {
      messageId: this.#message(),
      key,
      outcome: { kind: "pending", reference: accepted(key) },
      occurredAt: this.#now(),
      make: () => confirmed(job.reference ?? this.#do(effect, order, key)),
    };
  }

  #late(outcome: EffectOutcome): Promise<EffectOutcome> {
    return new Promise((resolve) => {
      this.late.push({ arrive: () => resolve(outcome) });
    });
  }

  #message(): string {
    return `message-${++this.#messages}`;
  }

  #now(): string {
    return new Date(this.now_ms()).toISOString();
  }
}

function confirmed(reference: string): { kind: "confirmed"; receipt: EffectReceipt } {
  return { kind: "confirmed", receipt: { reference } };
}

function accepted(key: string): string {
  return `ACC-${key.slice(0, 8)}`;
}
