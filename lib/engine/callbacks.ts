import { connectionOf, isHttpCall } from "#lib/domain/http-call";
import { type Rejection, reject } from "#lib/domain/rejection";
import type { EffectOutcome } from "#lib/effects/adapter";
import type { Engine } from "./execute";
import type { Accepted } from "./job";
import { systemActor } from "./system-actor";

/** What an outside system has reported, after its signature was found to be good. */
export type ReportedAnswer = {
  /** The connection of `http.call` that reports; absent when it is the carrier. */
  connection?: string;
  effectKey: string;
  outcome: EffectOutcome;
  /** The same in every delivery of one report: a repeated one is answered like the first. */
  messageId: string;
  /** When the outside says it happened, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  occurredAt: string;
  personal?: { [member: string]: string };
};

/**
 * Takes an answer that comes by itself, with nothing but our effect key to say what it is about, and appends it as of who
 * reports it. `notFound` when no effect has this key, and in the same words when it is another's to answer: nobody learns
 * from here which keys there are.
 */
export async function answerEffect(engine: Engine, reported: ReportedAnswer): Promise<Accepted | Rejection> {
  const { connection, effectKey: key, outcome: answer, messageId, occurredAt, personal } = reported;
  const [found] = await engine.streams.database.$queryRawUnsafe<{ order_id: string; name: string }[]>(
    `SELECT order_id, name FROM effect
     WHERE workspace = $1 AND generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
       AND effect_key = $2`,
    engine.workspace,
    key,
  );
  const asked = found && isHttpCall(found.name) ? connectionOf(found.name) : undefined;
  if (!found || asked !== connection)
    return reject("notFound", "Nothing here has this effect key.", { field: "effectKey" });
  return engine.execute(
    { type: "effect.answer", order: found.order_id, key, answer, occurredAt, personal },
    {
      actor: systemActor(engine.workspace, connection === undefined ? "carrier" : "connection"),
      // Each numbers its messages by itself: the same number of another is another message.
      source: connection === undefined ? "callback" : `callback.${connection}`,
      id: messageId,
    },
  );
}
