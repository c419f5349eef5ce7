import { type AuthorizedActor, demandActor } from "#lib/domain/authority";
import type { Database } from "../db";

/**
 * A claim is a lease: whoever claimed a task and is not at it for `claim_ms` gives it back, by an event, so that nothing waits
 * for somebody who has gone home. Being at it moves a row and writes no event. A claim that has no row yet begins its
 * lease when the scheduler first finds it, so a lost row costs time and never a claim.
 */
export const claim_ms = 15 * 60_000;
/** What could not be given back is tried again after this. */
const again_ms = 30_000;

const open = "t.owner IS NOT NULL AND t.state IN ('READY', 'RESERVED', 'IN_PROGRESS')";
const sameTask =
  "t.workspace = l.workspace AND t.order_id = l.order_id AND t.step = l.step AND t.visit = l.visit";
const isHeld = `EXISTS (SELECT FROM task t WHERE ${sameTask} AND t.owner = l.person AND ${open}
  AND t.generation = (SELECT generation FROM workspace_head WHERE workspace = $1))`;

/** A claim whose lease ran out at `expires_at`. */
export type Lapsed = { order_id: string; step: string; visit: number; person: string; expires_at: Date };

/** Keeps the leases in step with the claims, and returns those that have run out, the longest ago first. */
export async function lapsedClaims(
  database: Database,
  workspace: string,
  now: string,
  most: number,
): Promise<Lapsed[]> {
  return database.$queryRawUnsafe<Lapsed[]>(
    `WITH over AS (
       DELETE FROM claim_lease l WHERE l.workspace = $1 AND NOT ${isHeld}
         AND NOT EXISTS (SELECT FROM task t WHERE ${sameTask} AND ${open})
     ), begun AS (
       INSERT INTO claim_lease AS l (workspace, order_id, step, visit, person, expires_at)
       SELECT t.workspace, t.order_id, t.step, t.visit, t.owner, $2::timestamptz + $3::integer * interval '1 millisecond'
       FROM task t WHERE t.workspace = $1 AND ${open}
         AND t.generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
         AND NOT EXISTS (SELECT FROM claim_lease l WHERE ${sameTask} AND l.person = t.owner)
       ON CONFLICT (workspace, order_id, step, visit) DO UPDATE SET person = excluded.person, expires_at = excluded.expires_at
     ), due AS (
       SELECT l.order_id, l.step, l.visit FROM claim_lease l
       WHERE l.workspace = $1 AND l.expires_at <= $2::timestamptz AND ${isHeld}
       ORDER BY l.expires_at LIMIT $5::integer FOR UPDATE SKIP LOCKED
     )
     UPDATE claim_lease l SET expires_at = $2::timestamptz + $4::integer * interval '1 millisecond'
     FROM due WHERE l.workspace = $1 AND l.order_id = due.order_id AND l.step = due.step AND l.visit = due.visit
     RETURNING l.order_id, l.step, l.visit, l.person, old.expires_at`,
    workspace,
    now,
    claim_ms,
    again_ms,
    most,
  );
}

/** Whoever looks at an order is at the tasks of it that they hold: their leases run from now. */
export async function renewClaims(
  actor: AuthorizedActor,
  { database, workspace }: { database: Database; workspace: string },
  order: string,
  now: string,
): Promise<void> {
  demandActor(actor, workspace);
  await database.$executeRawUnsafe(
    `UPDATE claim_lease SET expires_at = greatest(expires_at, $4::timestamptz + $5::integer * interval '1 millisecond')
     WHERE workspace = $1 AND order_id = $2 AND person = $3`,
    workspace,
    order,
    actor.person ?? actor.id,
    now,
    claim_ms,
  );
}
