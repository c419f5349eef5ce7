import { type AuthorizedActor, demandActor } from "#lib/domain/authority";
import { mayRead } from "./permission";
import { currentGeneration, type Store } from "./store";

/**
 * What the log got since a position, read once for everybody who follows it, and what of that one of them hears: positions,
 * types and ids of orders, and never what anybody is called or wrote.
 */
export type LogChange = { pos: number; stream: string; type: string; requestedBy: string | null };

export type LogChanges = {
  /** The position the next event will have: to go on from there. */
  next: number;
  /** By position. Empty when there were more than anybody wants to hear one by one: then `everything` is set. */
  changes: readonly LogChange[];
  everything: boolean;
};

/** From more events than this nobody learns what changed, only that much did. */
export const changes_max = 500;

type ChangeRow = {
  next_pos: bigint;
  pos: bigint | null;
  stream: string;
  type: string;
  requested_by: string | null;
};

/** What was recorded from this position on; nothing without one, only where the log goes on. One statement. */
export async function changesFrom({ database, keys }: Store, from: number | null): Promise<LogChanges> {
  const rows = await database.$queryRawUnsafe<ChangeRow[]>(
    `SELECT h.next_pos, e.pos, e.stream, e.type,
       (SELECT requested_by FROM orders
        WHERE workspace = $1 AND generation = ${currentGeneration} AND order_id = e.order_id) AS requested_by
     FROM workspace_head h
     LEFT JOIN LATERAL (
       SELECT pos, stream, type, CASE WHEN stream LIKE 'order/%' THEN substr(stream, 7) END AS order_id FROM event
       WHERE workspace = $1 AND pos >= $2::bigint AND h.next_pos - $2::bigint <= ${changes_max}
       ORDER BY pos LIMIT ${changes_max}
     ) e ON true
     WHERE h.workspace = $1 ORDER BY e.pos`,
    keys.workspace,
    from,
  );
  const next = Number(rows[0]?.next_pos ?? 0);
  // Ahead of the log is who has followed one that was since put back to an earlier state.
  const everything = from !== null && (from > next || next - from > changes_max);
  const changes = rows.flatMap(({ pos, stream, type, requested_by }) =>
    pos === null ? [] : [{ pos: Number(pos), stream, type, requestedBy: requested_by }],
  );
  return { next, changes, everything };
}

/** A change as somebody hears of it: of what they may read nothing more of, only that the log has grown. */
export type HeardChange = { pos: number; type?: string; order?: string };
export type HeardChanges = { next: number; changes: HeardChange[]; everything: boolean };

/**
 * What of it this actor hears; null when nothing. Of orders whoever may read them, or asked for them; of what holds for the
 * whole workspace whoever may see its operations; of the rest, people and refusals, auditors hear that there was something.
 */
export function heardBy(
  actor: AuthorizedActor,
  workspace: string,
  { next, changes, everything }: LogChanges,
): HeardChanges | null {
  demandActor(actor, workspace);
  const hears = hearing(actor);
  const heard = changes.flatMap(({ pos, stream, type, requestedBy }): HeardChange[] => {
    const [kind, id] = stream.split("/", 2);
    const own = hears.own !== null && requestedBy === hears.own;
    if (kind === "order" && (hears.orders || own)) return [{ pos, type, order: id }];
    if (hears.operations && workspaceWide.includes(kind!)) return [{ pos, type }];
    return hears.log ? [{ pos }] : [];
  });
  return everything || heard.length > 0 ? { next, changes: heard, everything } : null;
}

const workspaceWide = ["workspace", "workflow", "policy", "calendar"];

function hearing(actor: AuthorizedActor) {
  return {
    orders: mayRead(actor, "orders"),
    own: mayRead(actor, "ownOrders") ? (actor.person ?? null) : null,
    operations: mayRead(actor, "operations"),
    log: mayRead(actor, "auditLog"),
  };
}

/** Actors of one audience hear the same, so that what they hear need be written out only once. */
export function audienceOf(actor: AuthorizedActor): string {
  const { orders, own, operations, log } = hearing(actor);
  return JSON.stringify([orders, orders ? null : own, operations, log]);
}
