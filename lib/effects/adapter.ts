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

/** What the outside system offers when nobody knows whether an attempt did its work. */
export type Doubt =
  /** It answers a repeated key with the first result, for `keyRetention_ms` after the key was first seen: ask again. */
  | { kind: "honoursKey"; keyRetention_ms: number }
  /**
   * It does a repeated request again, but can be asked what became of a key. Never called again in doubt, only probed.
   * `lag_ms`: how long after an attempt's end its work may still be under way, or done and not shown: an absence found
   * earlier proves nothing.
   */
  | { kind: "probe"; lag_ms: number; probe: Probe }
  /** It does a repeated request again and cannot be asked: a person finds out. */
  | { kind: "neither" };

/**
 * Asks the outside what became of `effectKey`, with the intent's frozen input, and changes nothing there. It never
 * throws for an answer it understands; what it cannot tell is `unknown`.
 */
export type Probe = (input: EffectInput, effectKey: string, signal: AbortSignal) => Promise<ProbeOutcome>;

export type ProbeOutcome =
  | { kind: "confirmed"; receipt: EffectReceipt }
  /** It was accepted and is not finished; `reference` as in an attempt's `pending`. */
  | { kind: "pending"; reference: string }
  /** The outside knows nothing of this key: a proof only once `lag_ms` have passed since the last attempt's end. */
  | { kind: "absent" }
  /** No answer, or one that settles nothing: probe again later, then a person. */
  | { kind: "unknown"; reason: string };

export interface EffectAdapter {
  /** As the workflow definition names it, for example `carrier.dispatch`. */
  readonly name: string;
  readonly timeout_ms: number;
  readonly doubt: Doubt;
  readonly concurrency_max: number;
  /** How many calls may begin in a second; absent when there is no bound. */
  readonly calls_per_second_max?: number;
  /** How long a `pending` answer may take before it is in doubt; absent when there is no telling. */
  readonly answersWithin_ms?: number;
  perform(input: EffectInput, effectKey: string, signal: AbortSignal): Promise<EffectOutcome>;
}

/** The adapters one process has, by name. A missing adapter leaves an effect INTENDED; `missing` says why. */
export type EffectAdapters = { byName: ReadonlyMap<string, EffectAdapter>; missing: string };
