import type pg from "pg";
import type { RowTable } from "#lib/domain/order-rows";
import type { Folded, FoldedCommand } from "./log-fold";

/** Writes the rows of one generation, and corrects commands, as the role that owns the tables. */
export class GenerationWriter {
  /** The table's column that says whose rows they are: of an order or of a person. */
  static readonly owners: { readonly [table in RowTable]: "order_id" | "person_id" } = {
    orders: "order_id",
    task: "order_id",
    timer: "order_id",
    effect: "order_id",
    person: "person_id",
    api_key: "person_id",
  };
  static readonly tables = Object.keys(GenerationWriter.owners) as RowTable[];

  /** Rows the generation has by now. */
  rows = 0;

  constructor(
    readonly client: pg.Client,
    readonly workspace: string,
    readonly generation: number,
  ) {}

  /**
   * Brings each stream's rows from what they were before to what they are after, and makes `command` say what the log
   * says; returns how many commands were missing or different.
   */
  async write(streams: readonly Folded[], commands: readonly FoldedCommand[]): Promise<number> {
    const gone = new Map<RowTable, string[]>();
    const fresh = new Map<RowTable, string[]>();
    const own = `{"workspace":${JSON.stringify(this.workspace)},"generation":${this.generation},`;
    for (const { before, after } of streams) {
      for (const [key, row] of before)
        if (after.get(key) !== row) push(gone, tableOf(key), own + row.slice(1));
      for (const [key, row] of after)
        if (before.get(key) !== row) push(fresh, tableOf(key), own + row.slice(1));
    }
    for (const [table, rows] of gone) {
      const { rowCount } = await this.client.query(
        `DELETE FROM ${table} held USING json_populate_recordset(NULL::${table}, $1::json) given
         WHERE ${keys[table].map((column) => `held.${column} = given.${column}`).join(" AND ")}`,
        [`[${rows.join(",")}]`],
      );
      this.rows -= rowCount ?? 0;
    }
    const lists = GenerationWriter.tables.map((table) => fresh.get(table) ?? []);
    const { rows } = await this.client.query<{ repaired: number }>({
      name: "holdpoint_generation",
      text: insertAll,
      values: [this.workspace, JSON.stringify(commands), ...lists.map((list) => `[${list.join(",")}]`)],
    });
    for (const list of lists) this.rows += list.length;
    return rows[0]!.repaired;
  }

  /** Takes the rows of these streams over from another generation as they are. */
  async carryOver(from: number, streams: readonly string[]): Promise<void> {
    const ids = { order_id: idsOf("order", streams), person_id: idsOf("person", streams) };
    for (const table of GenerationWriter.tables) {
      const owner = GenerationWriter.owners[table];
      if (ids[owner].length === 0) continue;
      const removed = await this.client.query(
        `DELETE FROM ${table} WHERE workspace = $1 AND generation = $2 AND ${owner} = ANY ($3::text[])`,
        [this.workspace, this.generation, ids[owner]],
      );
      const carried = await this.client.query(
        `INSERT INTO ${table} SELECT moved.* FROM ${table} held,
           LATERAL jsonb_populate_record(held, jsonb_build_object('generation', $3::integer)) moved
         WHERE held.workspace = $1 AND held.generation = $2 AND held.${owner} = ANY ($4::text[])`,
        [this.workspace, from, this.generation, ids[owner]],
      );
      this.rows += (carried.rowCount ?? 0) - (removed.rowCount ?? 0);
    }
  }

  /**
   * Lets the planner know that the generation has rows. What else is in the tables is as it was before, and as only some
   * columns are looked at here, the database's own housekeeping still looks at all of them.
   */
  async analyze(client: pg.Client): Promise<void> {
    await client.query(
      `ANALYZE ${GenerationWriter.tables.map((table) => `${table} (workspace, generation)`).join(", ")}`,
    );
  }

  /** Removes every other generation's rows, in batches, so that nobody waits long. */
  async removeOthers(generation: number): Promise<void> {
    for (const table of GenerationWriter.tables)
      for (;;) {
        const { rowCount } = await this.client.query(
          `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM ${table} WHERE workspace = $1 AND generation <> $2 LIMIT ${removed_per_batch}))`,
          [this.workspace, generation],
        );
        if (!rowCount) break;
      }
  }
}

const removed_per_batch = 20_000;

const keys: { readonly [table in RowTable]: readonly string[] } = {
  orders: ["workspace", "generation", "order_id"],
  task: ["workspace", "generation", "order_id", "step", "visit"],
  timer: ["workspace", "generation", "timer_id"],
  effect: ["workspace", "generation", "effect_key"],
  person: ["workspace", "generation", "person_id"],
  api_key: ["workspace", "generation", "api_key_id"],
};

// One statement and one answer for all of a batch: the process is busy folding and would come late to each of them.
const insertAll = `WITH ${GenerationWriter.tables
  .map(
    (table, n) =>
      `new_${table} AS (INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $${n + 3}::json))`,
  )
  .join(", ")}, repaired AS (
    INSERT INTO command (workspace, source, id, mac, stream, first_version, count)
    SELECT DISTINCT ON (g.source, g.id) $1, g.source, g.id, g.mac, g.stream, g.first_version, g.count
    FROM json_to_recordset($2::json)
      AS g(source text, id text, mac text, stream text, first_version integer, count integer)
    -- By its key, one for one: joined, the whole table would be read for each batch.
    LEFT JOIN LATERAL (SELECT * FROM command WHERE workspace = $1 AND source = g.source AND id = g.id LIMIT 1) c ON true
    WHERE (c.mac, c.stream, c.first_version, c.count)
      IS DISTINCT FROM (g.mac, g.stream, g.first_version, g.count)
    ON CONFLICT (workspace, source, id) DO UPDATE SET mac = excluded.mac, stream = excluded.stream,
      first_version = excluded.first_version, count = excluded.count
    RETURNING 1
  ) SELECT count(*)::integer AS repaired FROM repaired`;

function tableOf(key: string): RowTable {
  return key.slice(0, key.indexOf("/")) as RowTable;
}

function push(lists: Map<RowTable, string[]>, table: RowTable, row: string): void {
  const list = lists.get(table);
  if (list) list.push(row);
  else lists.set(table, [row]);
}

function idsOf(kind: string, streams: readonly string[]): string[] {
  return streams
    .filter((stream) => stream.startsWith(`${kind}/`))
    .map((stream) => stream.slice(kind.length + 1));
}
