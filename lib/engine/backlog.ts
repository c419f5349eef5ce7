import type { Engine } from "./execute";

/**
 * Whether so many orders wait already that intake should send clients away for a while.
 *
 * An order that is not over waits for a person (a task) or for the outside (an effect), and both tables are small by
 * construction or indexed for it. Counting stops at the bound, and an answer holds for a second: intake at any speed
 * costs one short query a second.
 */
const holds_ms = 1_000;
const answers = new WeakMap<Engine, { at_ms: number; answer: Promise<boolean> }>();

export function isOverBacklog(engine: Engine, orders_max: number): Promise<boolean> {
  const known = answers.get(engine);
  if (known && performance.now() - known.at_ms < holds_ms) return known.answer;
  const answer = ask(engine, orders_max);
  answers.set(engine, { at_ms: performance.now(), answer });
  answer.catch(() => answers.delete(engine));
  return answer;
}

async function ask(engine: Engine, orders_max: number): Promise<boolean> {
  const [row] = await engine.streams.database.$queryRawUnsafe<{ waiting: bigint }[]>(
    `SELECT
       (SELECT count(*) FROM (
          SELECT FROM task WHERE workspace = $1 AND generation = h.generation LIMIT $2::integer + 1) t)
     + (SELECT count(*) FROM (
          SELECT FROM effect WHERE workspace = $1 AND generation = h.generation
            AND state NOT IN ('CONFIRMED', 'COMPENSATED') AND state <> 'FAILED' LIMIT $2::integer + 1) e) AS waiting
     FROM workspace_head h WHERE h.workspace = $1`,
    engine.workspace,
    orders_max,
  );
  return Number(row?.waiting ?? 0) > orders_max;
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
