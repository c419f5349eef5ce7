import { type AuthorizedActor, demandActor } from "#lib/domain/authority";
import { currentGeneration, type Store } from "./store";

/** How an order stands, for the machine that handed it in. Instants are ISO texts. */
export type IntakeStanding = {
  order: string;
  businessKey: string;
  source: string;
  requestedBy: string;
  status: string;
  at: string[];
  receivedAt: string;
  version: number;
};

type Row = {
  business_key: string;
  source: string;
  requested_by: string;
  status: string;
  at_steps: string[];
  received_at: Date;
  version: number;
};

/**
 * An order that this person asked for, or that an API key of theirs handed in for somebody; null for every other, whether
 * or not there is one.
 */
export async function intakeStanding(
  actor: AuthorizedActor,
  { database, keys }: Store,
  order: string,
): Promise<IntakeStanding | null> {
  demandActor(actor, keys.workspace);
  const [row] = await database.$queryRawUnsafe<Row[]>(
    `SELECT o.business_key, o.source, o.requested_by, o.status, o.at_steps, o.received_at, o.version
     FROM orders o
     WHERE o.workspace = $1 AND o.generation = ${currentGeneration} AND o.order_id = $2
       AND (o.requested_by = $3 OR EXISTS (
         SELECT FROM event e
         WHERE e.workspace = $1 AND e.stream = 'order/' || o.order_id AND e.version = 1
           AND convert_from(e.body, 'UTF8')::jsonb #>> '{actor,onBehalfOf}' = $3))`,
    keys.workspace,
    order,
    actor.person ?? "",
  );
  if (!row) return null;
  return {
    order,
    businessKey: row.business_key,
    source: row.source,
    requestedBy: row.requested_by,
    status: row.status,
    at: row.at_steps,
    receivedAt: row.received_at.toISOString(),
    version: row.version,
  };
}
