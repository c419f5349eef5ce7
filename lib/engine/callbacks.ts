import { type Rejection, reject } from "#lib/domain/rejection";
import type { EffectOutcome } from "#lib/effects/adapter";
import type { Engine } from "./execute";
import type { Accepted } from "./job";
import { systemActor } from "./system-actor";

/** What an outside system has reported, after its signature was found to be good. */
export type ReportedAnswer = {
  effectKey: string;
  outcome: EffectOutcome;
  /** The same in every delivery of one report: a repeated one is answered like the first. */
  messageId: string;
  /** When the outside says it happened, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  occurredAt: string;
  personal?: { [member: string]: string };
};

/**
 * Takes an answer that comes by itself, with nothing but our effect key to say what it is about, and appends it as the
 * carrier's. `notFound` when no effect has this key.
 */
export async function answerEffect(engine: Engine, reported: ReportedAnswer): Promise<Accepted | Rejection> {
  const { effectKey: key, outcome: answer, messageId, occurredAt, personal } = reported;
  const [found] = await engine.streams.database.$queryRawUnsafe<{ order_id: string }[]>(
    `SELECT order_id FROM effect
     WHERE workspace = $1 AND generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
       AND effect_key = $2`,
    engine.workspace,
    key,
  );
  if (!found) return reject("notFound", "Nothing here has this effect key.", { field: "effectKey" });
  return engine.execute(
    { type: "effect.answer", order: found.order_id, key, answer, occurredAt, personal },
    { actor: systemActor(engine.workspace, "carrier"), source: "callback", id: messageId },
  );
}
