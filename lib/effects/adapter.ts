/**
 * What every adapter to an outside system promises.
 *
 * `perform` is called with the frozen input of the intent and the effect key, which is the same for every
 * attempt of one issue. It never throws for an answer it understands: it says which of five outcomes it saw.
 * What it cannot tell (a time-out, a cut connection after the request was sent) is `inDoubt`, never a failure.
 * The engine passes an abort signal that fires at `timeout_ms`.
 */
export type EffectOutcome =
  /** It has happened. `receipt.reference` is the outside system's own number for it. */
  | { kind: "confirmed"; receipt: EffectReceipt }
  /** It was accepted; the answer comes later, by a signed callback that echoes the effect key. */
  | { kind: "pending"; reference: string }
  /** It has certainly not happened and never will with this input. */
  | { kind: "rejected"; reason: string }
  /** It has certainly not happened yet; the same key may be sent again. */
  | { kind: "retryable"; reason: string; retryAfter_ms?: number }
  /** It may or may not have happened. */
  | { kind: "inDoubt"; reason: string };

export type EffectReceipt = { reference: string; [detail: string]: string | number | boolean };

export type EffectInput = { [member: string]: unknown };

export interface EffectAdapter {
  /** As the workflow definition names it, for example `carrier.dispatch`. */
  readonly name: string;
  readonly timeout_ms: number;
  /** The outside system answers a repeated key with the first result, for `keyRetention_ms`. */
  readonly honoursKey: boolean;
  readonly keyRetention_ms: number;
  readonly concurrency_max: number;
  perform(input: EffectInput, effectKey: string, signal: AbortSignal): Promise<EffectOutcome>;
}

/** The adapters one process has, by name. A missing adapter leaves an effect INTENDED; `missing` says why. */
export type EffectAdapters = { byName: ReadonlyMap<string, EffectAdapter>; missing: string };
