import type { RowTable } from "#lib/domain/order-rows";
import { type AggregateState, aggregateOf } from "./aggregates";

/**
 * From states to the rows append() writes: each row is JSON under `table/key`, so that what a command changed is a
 * comparison of texts.
 */
const columnsOfKey: { [table in RowTable]: readonly string[] } = {
  orders: ["order_id"],
  task: ["order_id", "step", "visit"],
  timer: ["timer_id"],
  effect: ["effect_key"],
  person: ["person_id"],
  api_key: ["api_key_id"],
};

const tables: readonly RowTable[] = ["orders", "task", "timer", "effect", "person", "api_key"];

export type ProjectedRows = ReadonlyMap<string, string>;

export const noProjectedRows: ProjectedRows = new Map();

export function project(stream: string, state: AggregateState | null): ProjectedRows {
  if (!state) return noProjectedRows;
  const projected = new Map<string, string>();
  for (const { table, key, row } of aggregateOf(stream).rows(state))
    projected.set(`${table}/${key}`, JSON.stringify(row));
  return projected;
}

/** Collects what a batch's commands changed, as the JSON texts append() takes. */
export class RowChanges {
  readonly #lists = new Map<RowTable, string[]>();

  add(command: number, before: ProjectedRows, after: ProjectedRows): void {
    for (const [key, row] of after)
      if (before.get(key) !== row) this.#push(tableOf(key), `{"i":${command},${row.slice(1)}`);
    for (const [key, row] of before) {
      if (after.has(key)) continue;
      const table = tableOf(key);
      const held = JSON.parse(row);
      const columns = columnsOfKey[table].map((column) => [column, held[column]]);
      this.#push(table, JSON.stringify({ i: command, gone: true, ...Object.fromEntries(columns) }));
    }
  }

  /** One text per table, in the order project() names them; null where nothing changed. */
  get lists(): (string | null)[] {
    return tables.map((table) => {
      const rows = this.#lists.get(table);
      return rows ? `[${rows.join(",")}]` : null;
    });
  }

  #push(table: RowTable, row: string): void {
    const list = this.#lists.get(table);
    if (list) list.push(row);
    else this.#lists.set(table, [row]);
  }
}

function tableOf(key: string): RowTable {
  return key.slice(0, key.indexOf("/")) as RowTable;
}
