import type { EffectAdapter } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";

/**
 * An outside system that ignores keys: whatever it is asked it does, as often as it is asked, and keeps count. A second
 * call is therefore a second parcel. It belongs to no process: the adapters of several may share one.
 */
export class RepeatingProvider {
  /** What was done, one entry a time: by which worker, and under which key. */
  readonly done: { worker: string; key: string }[] = [];
  #underWay = 0;
  underWay_max = 0;
  /** What a call waits for once its work is done, before it is answered. */
  answerAfter: (key: string) => Promise<unknown> = async () => {};

  /** Adapters under the carrier's names that ask this provider; `more` overrides what they declare. */
  adapters(worker = "worker", more: Partial<EffectAdapter> = {}): EffectAdapter[] {
    return instantAdapters().map((adapter) => ({
      ...adapter,
      ...more,
      perform: async (_input, key) => {
        this.done.push({ worker, key });
        this.underWay_max = Math.max(this.underWay_max, ++this.#underWay);
        await this.answerAfter(key);
        this.#underWay--;
        return { kind: "confirmed", receipt: { reference: `R-${this.done.length}` } };
      },
    }));
  }

  /** The keys under which something was done more than once. */
  doubled(): string[] {
    const keys = this.done.map(({ key }) => key);
    return [...new Set(keys.filter((key, n) => keys.indexOf(key) !== n))];
  }
}
