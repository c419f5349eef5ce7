import type { Database } from "../db";
import type { Engine } from "./execute";

/**
 * Whether so many effects wait for a machine already that intake should send clients away for a while.
 *
 * What waits for a person, or at the carrier, may take days and is not what the bound protects. Counting stops at the
 * bound, and an answer holds for a second: intake at any speed costs one short query a second.
 */
const holds_ms = 1_000;
const answers = new WeakMap<Engine, { at_ms: number; answer: Promise<boolean> }>();

export function isOverBacklog(engine: Engine, effects_max: number): Promise<boolean> {
  const known = answers.get(engine);
  if (known && performance.now() - known.at_ms < holds_ms) return known.answer;
  const answer = waitingForMachines(engine.streams.database, engine.workspace, effects_max + 1).then(
    (waiting) => waiting > effects_max,
  );
  answers.set(engine, { at_ms: performance.now(), answer });
  answer.catch(() => answers.delete(engine));
  return answer;
}

/**
 * How many effects wait until a machine does something about them; of what is soonest due no more than `most` are looked at.
 * A machine's work is due at once, and what an outside has promised is due in days: it comes behind.
 */
export async function waitingForMachines(
  database: Database,
  workspace: string,
  most: number,
): Promise<number> {
  const [row] = await database.$queryRawUnsafe<{ waiting: bigint }[]>(
    `SELECT count(*) AS waiting FROM (
       SELECT state FROM effect WHERE workspace = $1
         AND generation = (SELECT generation FROM workspace_head WHERE workspace = $1)
         AND due_at IS NOT NULL
       ORDER BY due_at LIMIT $2::integer) e
     WHERE state IN ('INTENDED', 'ATTEMPTED', 'IN_DOUBT')`,
    workspace,
    most,
  );
  return Number(row?.waiting ?? 0);
}

/** Whether a command was accepted before: it adds nothing to the backlog, and its first answer is owed to who repeats it. */
export async function isKnown(engine: Engine, source: string, id: string): Promise<boolean> {
  const [row] = await engine.streams.database.$queryRawUnsafe<unknown[]>(
    "SELECT 1 AS known FROM command WHERE workspace = $1 AND source = $2 AND id = $3",
    engine.workspace,
    source,
    id,
  );
  return row !== undefined;
}
