/** How a query is answered: every statement of it run under EXPLAIN ANALYZE as the query module sends it. */
import type { Database } from "#lib/db";

export type PlanNode = {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: PlanNode[];
};

/** A database that notes every plan in `plans`, each by its topmost node, and answers as the real one does. */
export function explaining(database: Database): { database: Database; plans: PlanNode[] } {
  const plans: PlanNode[] = [];
  const noting = new Proxy(database, {
    get(target, member) {
      const value = Reflect.get(target, member);
      if (member !== "$queryRawUnsafe") return value;
      return async (statement: string, ...parameters: unknown[]) => {
        const [row] = await target.$queryRawUnsafe<[{ "QUERY PLAN": [{ Plan: PlanNode }] }]>(
          `EXPLAIN (ANALYZE, TIMING off, FORMAT JSON) ${statement}`,
          ...parameters,
        );
        plans.push(row["QUERY PLAN"][0].Plan);
        return target.$queryRawUnsafe(statement, ...parameters);
      };
    },
  });
  return { database: noting, plans };
}

/** A node and all below it. */
export function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** What reads one of these tables whole, or more of their rows than `looked_max`, in words; empty when nothing does. */
export function unbounded(
  plans: readonly PlanNode[],
  tables: readonly string[],
  looked_max: number,
): string[] {
  return plans.flatMap(nodesOf).flatMap((node) => {
    const table = node["Relation Name"];
    if (table === undefined || !tables.includes(table)) return [];
    const rows = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
    if (node["Node Type"] === "Seq Scan") return [`reads ${table} whole`];
    return rows > looked_max ? [`looks at ${rows} rows of ${table} by ${node["Index Name"]}`] : [];
  });
}
