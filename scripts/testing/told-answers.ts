import type { EffectAdapter, EffectOutcome } from "#lib/effects/adapter";
import { instantAdapters } from "#lib/effects/instant";

/**
 * The instant adapters, answering what they are told to, one answer after the other; with none left, nobody knows what came
 * of it, and nobody can be asked.
 */
export function toldAnswers(answers: EffectOutcome[]): EffectAdapter[] {
  return instantAdapters().map((adapter) => ({
    ...adapter,
    doubt: { kind: "neither" },
    perform: async () => answers.shift() ?? { kind: "inDoubt", reason: "The connection broke" },
  }));
}
