import type { WorkflowDefinition } from "#lib/domain/workflow";
import { type Counted, looked_max } from "./page";
import { openTasks } from "./queue";
import { currentGeneration, type Store } from "./store";

/**
 * How many orders of a workflow, of all its versions, are at each step now: those that wait for people by their open tasks,
 * those that wait for machines and the outside by effects that are not done.
 *
 * Each is a walk along an index that stops after `walked_max`, however many orders there are; where one stopped, `more` says
 * so. At a decision no order stays, ended orders are at no step, and a wait for a signal has no row of its own: steps of
 * these kinds are not counted.
 */
export type StepsNow = ReadonlyMap<string, Counted>;

/** So many for each of the walks, that all together look at no more than a list may. */
const walked_max = looked_max / 5;

type Row = { tasks: number[]; tasks_more: boolean; effects: number[]; effects_more: boolean };

const here = (table: string) => `${table}.workspace = $1 AND ${table}.generation = ${currentGeneration}`;

// A task that several of the ranges hold is of the first one.
const ranges = [...openTasks, "t.state = 'SUSPENDED'"];
const tasks = ranges
  .map((range, n) => {
    const earlier = ranges.slice(0, n).map((each) => `AND NOT (${each})`);
    return `SELECT t.order_id, t.step, t.walked FROM (
        SELECT t.*, count(*) OVER () AS walked FROM (
          SELECT * FROM task t WHERE ${here("t")} AND ${range} ORDER BY t.breach_at LIMIT ${walked_max}) t) t
      WHERE true ${earlier.join(" ")}`;
  })
  .join(" UNION ALL ");

const walkOf = (columns: string, from: string) =>
  `SELECT ${columns}, count(*) OVER () AS walked FROM (${from} LIMIT ${walked_max}) e`;
const waiting = "('PENDING', 'FAILED', 'IN_DOUBT')";
const effects = [
  // What is due: a machine's work. What an outside promised is due later, and among what waits.
  `SELECT step, workflow, walked FROM (${walkOf(
    "step, workflow, state",
    `SELECT * FROM effect e WHERE ${here("e")} AND e.due_at IS NOT NULL ORDER BY e.due_at`,
  )}) e WHERE state IN ('INTENDED', 'ATTEMPTED')`,
  ...["PENDING", "IN_DOUBT"].map((state) =>
    walkOf(
      "step, workflow",
      `SELECT * FROM effect e WHERE ${here("e")} AND e.state IN ${waiting} AND e.state = '${state}' ORDER BY e.changed_at`,
    ),
  ),
  // What failed of ended orders stays and is nobody's concern: those that are counted have their order need attention.
  `SELECT e.step, e.workflow, o.walked FROM (${walkOf(
    "order_id",
    `SELECT * FROM orders o WHERE ${here("o")} AND o.needs_attention IS NOT NULL ORDER BY o.received_at`,
  )}) o CROSS JOIN LATERAL (
    SELECT step, workflow FROM effect e WHERE ${here("e")} AND e.state = 'FAILED' AND e.order_id = o.order_id LIMIT 10) e`,
].join(" UNION ALL ");

/** By its place among the steps, because a grouping would have to sort what it groups. */
const countsOf = (row: string, steps: readonly string[]) =>
  `ARRAY[${steps.map((_, n) => `count(*) FILTER (WHERE ${row}.step = $${n + 3})`).join()}]::integer[]`;

/** Counts at these steps, for whoever has asked the table of permissions; at kinds that are not counted there is no entry. */
export async function stepsNow(
  { database, keys }: Store,
  { name, steps }: Pick<WorkflowDefinition, "name" | "steps">,
): Promise<StepsNow> {
  const names = Object.keys(steps);
  const [row] = await database.$queryRawUnsafe<Row[]>(
    `SELECT t.counts AS tasks, t.more AS tasks_more, e.counts AS effects, e.more AS effects_more
     FROM (
       SELECT ${countsOf("t", names)} AS counts, coalesce(max(t.walked), 0) >= ${walked_max} AS more
       FROM (${tasks}) t JOIN orders o ON ${here("o")} AND o.order_id = t.order_id
         AND split_part(o.workflow, '@', 1) = $2) t,
     (
       SELECT ${countsOf("e", names)} AS counts, coalesce(max(e.walked), 0) >= ${walked_max} AS more
       FROM (${effects}) e WHERE split_part(e.workflow, '@', 1) = $2) e`,
    keys.workspace,
    name,
    ...names,
  );
  const now = new Map<string, Counted>();
  names.forEach((step, n) => {
    const { kind } = steps[step]!;
    if (kind === "task") now.set(step, { count: row?.tasks[n] ?? 0, more: row?.tasks_more === true });
    if (kind === "effect") now.set(step, { count: row?.effects[n] ?? 0, more: row?.effects_more === true });
  });
  return now;
}
