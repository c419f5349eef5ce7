import type pg from "pg";
import type { RowTable } from "#lib/domain/order-rows";
import { type Folded, LogFold } from "#lib/engine/log-fold";
import { decodeBody, type EventBody } from "#lib/log/body";
import type { Finding, Findings } from "./findings";

/**
 * Compares the opinions with what folding the log gives: heads, commands and the rows of the generation that is read.
 * PostgreSQL does the comparing, a batch of streams at a time, so that its types decide what is equal.
 */
const tables: {
  readonly [table in RowTable]: { kind: "order" | "person"; owner: string; key: readonly string[] };
} = {
  orders: { kind: "order", owner: "order_id", key: ["order_id"] },
  task: { kind: "order", owner: "order_id", key: ["order_id", "step", "visit"] },
  timer: { kind: "order", owner: "order_id", key: ["timer_id"] },
  effect: { kind: "order", owner: "order_id", key: ["effect_key"] },
  person: { kind: "person", owner: "person_id", key: ["person_id"] },
  api_key: { kind: "person", owner: "person_id", key: ["api_key_id"] },
};
const names = Object.keys(tables) as RowTable[];
const page_rows = 2_000;

type Held = { [column: string]: unknown };

export class OpinionChecks {
  readonly #matched = new Map<RowTable, number>();
  #commands = 0;

  constructor(
    readonly client: pg.Client,
    readonly workspace: string,
    /** The generation that is read; null when the workspace has lost its head. */
    readonly generation: number | null,
    readonly findings: Findings,
  ) {}

  async compare(streams: readonly Folded[]): Promise<void> {
    await this.#compareHeads(streams);
    // Where an event can't be read, or is missing, that is the finding, and not what its command then lacks.
    const read = streams.filter(({ broken }) => !broken?.unread);
    await this.#compareCommands(read.flatMap(({ commands }) => commands));
    if (this.generation !== null) await this.#compareRows(streams, this.generation);
  }

  /** What the opinions have beyond the log, once every stream was compared. */
  async surplus(): Promise<void> {
    await this.#surplusHeads();
    await this.#surplusCommands();
    if (this.generation === null) return;
    for (const table of names) await this.#surplusRows(table, this.generation);
    await this.#clocks(this.generation);
  }

  async #compareHeads(streams: readonly Folded[]): Promise<void> {
    this.findings.examined("heads", streams.length);
    const { rows } = await this.client.query<{
      stream: string;
      version: number;
      head_version: number | null;
    }>(
      `SELECT g.stream, g.version, h.version AS head_version
       FROM json_to_recordset($2::json) AS g(stream text, version integer, leaf text)
       LEFT JOIN stream_head h ON h.workspace = $1 AND h.stream = g.stream
       WHERE h.version IS DISTINCT FROM g.version OR encode(h.leaf, 'hex') IS DISTINCT FROM g.leaf`,
      [
        this.workspace,
        JSON.stringify(streams.map(({ stream, version, leaf }) => ({ stream, version, leaf }))),
      ],
    );
    for (const { stream, version, head_version } of rows)
      this.findings.found("heads", {
        stream,
        version,
        what: headSentence(version, head_version),
        member: "stream_head",
      });
  }

  async #compareCommands(commands: Folded["commands"]): Promise<void> {
    this.#commands += commands.length;
    this.findings.examined("commands", commands.length);
    const { rows } = await this.client.query<{ given: Held; held: Held | null }>(
      `SELECT to_jsonb(g) AS given, to_jsonb(c) - 'workspace' AS held
       FROM json_to_recordset($2::json)
         AS g(source text, id text, mac text, stream text, first_version integer, count integer)
       LEFT JOIN command c ON c.workspace = $1 AND c.source = g.source AND c.id = g.id
       WHERE (c.mac, c.stream, c.first_version, c.count)
         IS DISTINCT FROM (g.mac, g.stream, g.first_version, g.count)`,
      [this.workspace, JSON.stringify(commands)],
    );
    for (const { given, held } of rows) {
      if (!held) this.#commands--;
      this.#differences("commands", "command", `${given.source} ${given.id}`, given, held, {
        stream: String(given.stream),
        version: Number(given.first_version),
      });
    }
  }

  async #compareRows(streams: readonly Folded[], generation: number): Promise<void> {
    const own = `{"workspace":${JSON.stringify(this.workspace)},"generation":${generation},`;
    const expected = new Map<RowTable, string[]>(names.map((table) => [table, []]));
    for (const { after, broken } of streams) {
      if (broken) continue;
      for (const [key, row] of after)
        expected.get(key.slice(0, key.indexOf("/")) as RowTable)!.push(own + row.slice(1));
    }
    for (const table of names) {
      const rows = expected.get(table)!;
      if (rows.length === 0) continue;
      const { key, kind, owner } = tables[table];
      const { rows: different } = await this.client.query<{ given: Held; held: Held | null }>(
        `SELECT to_jsonb(g) AS given, to_jsonb(h) AS held
         FROM json_populate_recordset(NULL::${table}, $1::json) g
         LEFT JOIN ${table} h ON h.workspace = g.workspace AND h.generation = g.generation
           AND ${key.map((column) => `h.${column} = g.${column}`).join(" AND ")}
         WHERE to_jsonb(h) - 'claimed_until' IS DISTINCT FROM to_jsonb(g) - 'claimed_until'`,
        [`[${rows.join(",")}]`],
      );
      this.findings.examined("projections", rows.length);
      const missing = different.filter(({ held }) => !held).length;
      this.#matched.set(table, (this.#matched.get(table) ?? 0) + rows.length - missing);
      for (const { given, held } of different)
        this.#differences(
          "projections",
          table,
          key.map((column) => given[column]).join(" "),
          given,
          held && { ...held, claimed_until: null },
          { stream: `${kind}/${given[owner]}` },
        );
    }
  }

  #differences(
    check: "commands" | "projections",
    table: string,
    key: string,
    given: Held,
    held: Held | null,
    at: Pick<Finding, "stream" | "version">,
  ): void {
    if (!held) {
      this.findings.found(check, { ...at, what: `The row ${key} of ${table} is missing.`, member: table });
      return;
    }
    for (const [column, fact] of Object.entries(given))
      if (JSON.stringify(held[column]) !== JSON.stringify(fact ?? null))
        this.findings.found(check, {
          ...at,
          what: `In the row ${key} of ${table}, ${column} is ${JSON.stringify(held[column])}; the log says ${JSON.stringify(fact)}.`,
          member: `${table}.${column}`,
        });
  }

  async #surplusHeads(): Promise<void> {
    const { rows } = await this.client.query<{ stream: string; version: number }>(
      `SELECT stream, version FROM stream_head h WHERE workspace = $1
         AND NOT EXISTS (SELECT FROM event e WHERE e.workspace = h.workspace AND e.stream = h.stream)
       ORDER BY stream LIMIT ${page_rows}`,
      [this.workspace],
    );
    for (const { stream, version } of rows)
      this.findings.found("heads", {
        stream,
        version,
        what: `The stream has a head of version ${version} and no event in the log.`,
        member: "stream_head",
      });
  }

  /** Commands whose first event is not there, or is another command's. Looked for only when there are too many. */
  async #surplusCommands(): Promise<void> {
    const { rows: counted } = await this.client.query<{ count: string }>(
      "SELECT count(*) AS count FROM command WHERE workspace = $1",
      [this.workspace],
    );
    if (Number(counted[0]!.count) === this.#commands) return;
    await this.#pages<{ source: string; id: string; stream: string; version: number; body: Buffer | null }>(
      `SELECT c.source, c.id, c.stream, c.first_version AS version, e.body FROM command c
       LEFT JOIN event e ON e.workspace = c.workspace AND e.stream = c.stream AND e.version = c.first_version
       WHERE c.workspace = ${this.client.escapeLiteral(this.workspace)}`,
      async (rows) => {
        for (const { source, id, stream, version, body } of rows) {
          const event = body && readable(body);
          if (body && (!event || (event.command.source === source && event.command.id === id))) continue;
          this.findings.found("commands", {
            stream,
            version,
            what: `The command ${source} ${id} is known, and the log does not have the events it gave.`,
            member: "command",
          });
        }
      },
    );
  }

  /** Rows no stream gives. Looked for only when there are more rows than were matched. */
  async #surplusRows(table: RowTable, generation: number): Promise<void> {
    const { kind, owner, key } = tables[table];
    const { rows: counted } = await this.client.query<{ count: string }>(
      `SELECT count(*) AS count FROM ${table} WHERE workspace = $1 AND generation = $2`,
      [this.workspace, generation],
    );
    if (Number(counted[0]!.count) === (this.#matched.get(table) ?? 0)) return;
    await this.#pages<Held>(
      `SELECT ${[owner, ...key.filter((column) => column !== owner)].join(", ")} FROM ${table}
       WHERE workspace = ${this.client.escapeLiteral(this.workspace)} AND generation = ${generation} ORDER BY ${owner}`,
      async (rows) => {
        const given = await this.#keysOf([...new Set(rows.map((row) => `${kind}/${row[owner]}`))], table);
        for (const row of rows) {
          const stream = `${kind}/${row[owner]}`;
          const keys = given.get(stream);
          const named = key.map((column) => row[column]).join(" ");
          if (keys === "unknown" || keys?.has(named)) continue;
          this.findings.found("projections", {
            stream,
            what: `The row ${named} of ${table} follows from nothing in the log.`,
            member: table,
          });
        }
      },
    );
  }

  async #keysOf(streams: string[], table: RowTable): Promise<Map<string, Set<string> | "unknown">> {
    const keys = new Map<string, Set<string> | "unknown">();
    const fold = new LogFold(0, ({ stream, after, broken }) => {
      const rows = [...after]
        .filter(([key]) => key.startsWith(`${table}/`))
        .map(([, row]) => JSON.parse(row));
      const named = rows.map((row: Held) => tables[table].key.map((column) => row[column]).join(" "));
      keys.set(stream, broken ? "unknown" : new Set(named));
    });
    const { rows } = await this.client.query<{
      stream: string;
      pos: string;
      version: number;
      leaf: Buffer;
      body: Buffer;
    }>(
      `SELECT stream, pos, version, leaf, body FROM event
       WHERE workspace = $1 AND stream = ANY ($2::text[]) ORDER BY stream, version`,
      [this.workspace, streams],
    );
    for (const { stream, pos, version, leaf, body } of rows)
      fold.add(
        stream,
        Number(pos),
        version,
        leaf.toString("hex"),
        readable(body) ?? "an event cannot be read",
      );
    fold.end();
    return keys;
  }

  async #clocks(generation: number): Promise<void> {
    const { rows } = await this.client.query<{
      order_id: string;
      step: string;
      visit: number;
      breach_at: Date;
      due_at: Date | null;
    }>(
      `SELECT t.order_id, t.step, t.visit, t.breach_at, m.due_at FROM task t
       LEFT JOIN timer m ON m.workspace = t.workspace AND m.generation = t.generation AND m.kind = 'breach'
         AND m.timer_id = 'breach/' || t.order_id || '/' || t.step || '#' || t.visit
       WHERE t.workspace = $1 AND t.generation = $2 AND t.breach_at IS NOT NULL AND NOT t.escalated
         AND m.due_at IS DISTINCT FROM t.breach_at
       ORDER BY t.order_id LIMIT ${page_rows}`,
      [this.workspace, generation],
    );
    const { rows: counted } = await this.client.query<{ count: string }>(
      `SELECT count(*) AS count FROM task
       WHERE workspace = $1 AND generation = $2 AND breach_at IS NOT NULL AND NOT escalated`,
      [this.workspace, generation],
    );
    this.findings.examined("clocks", Number(counted[0]!.count));
    for (const { order_id, step, visit, breach_at, due_at } of rows)
      this.findings.found("clocks", {
        stream: `order/${order_id}`,
        what: `The clock of ${step}#${visit} runs out at ${breach_at.toISOString()}, and ${
          due_at ? `its timer is due at ${due_at.toISOString()}` : "it has no timer"
        }.`,
        member: "timer",
      });
  }

  async #pages<Row extends pg.QueryResultRow>(
    text: string,
    use: (rows: Row[]) => Promise<void>,
  ): Promise<void> {
    await this.client.query(`DECLARE surplus NO SCROLL CURSOR FOR ${text}`);
    for (;;) {
      const { rows } = await this.client.query<Row>(`FETCH ${page_rows} FROM surplus`);
      if (rows.length === 0) break;
      await use(rows);
    }
    await this.client.query("CLOSE surplus");
  }
}

function headSentence(version: number, head_version: number | null): string {
  if (head_version === null) return "The stream has no head.";
  if (head_version > version)
    return `The head of the stream says version ${head_version}, and the log ends at ${version}: events at its end are missing.`;
  if (head_version < version)
    return `The head of the stream says version ${head_version}, and the log goes on to ${version}.`;
  return `The head of the stream holds another leaf than version ${version}: that event was changed, or the head.`;
}

function readable(body: Buffer): EventBody | null {
  try {
    return decodeBody(body);
  } catch {
    return null;
  }
}
