import pg from "pg";
import { rowsVersion as currentRows } from "#lib/domain/order-rows";
import type { EventBody } from "#lib/log/body";
import { GenerationWriter } from "./generation-writer";
import { type Folded, LogFold } from "./log-fold";

/**
 * Makes the opinions of a workspace anew from its log, while the workspace goes on working.
 *
 * The rows of the next generation are filled from a snapshot of the log, stream by stream, so that only one stream's state
 * is in memory whatever the size of the log. Then the streams that moved on meanwhile are folded again, and once more under
 * the head lock, where the generation is switched: a writer of the old one is refused by append() and takes the new one.
 * The old generation's rows are removed afterwards. Claims of what is due are forgotten; what they guarded is claimed again.
 *
 * `stream_head`, `command` and `workspace_head` are compared with the log: what is missing or behind is corrected. What
 * says more than the log, or another leaf (a head of an event that is not there, a command without its events), is
 * evidence that the log lost something or was changed, so it is left as it is and told in `contradictions`; `verify`
 * names it. A lost `workspace_head` is made anew with the standard clock tolerance.
 *
 * The switch also says which version of the code made the rows: a process of another version is refused by append() from then
 * on. Rows a newer version has made are not made anew by an older one.
 *
 * A stream that can't be folded keeps the rows it has; `carriedOver` names it and why. Runs as the role that owns the
 * tables. Throws when another rebuild of the workspace is running, or when the log is shorter than its head says: the end
 * is missing, and rebuilding would hide that.
 */
export type RebuildOptions = {
  /** What the rows are to be of; what this code makes unless a test says otherwise. */
  rowsVersion?: number;
  /** Of the role that owns the tables; with one role for everything, that one's. */
  ownerUrl: string;
  workspace: string;
  onProgress?(done: number, total: number): void;
};

export type Rebuilt = {
  events: number;
  /** Rows the new generation has. */
  rows: number;
  generation: number;
  events_per_s: number;
  carriedOver: { stream: string; why: string }[];
  repaired: { streamHeads: number; commands: number; head: boolean };
  /** Plain sentences, at most 100. */
  contradictions: string[];
};

const page_events = 2_000;
const streams_per_write = 500;
/** So few events are folded while the head is locked. */
const lastCatchUp_events = 1_000;
const catchUps_max = 50;
const contradictions_max = 100;
/** PostgreSQL's code for bytes that are not valid in the encoding. */
const notText = "22021";

export async function rebuildProjections(options: RebuildOptions): Promise<Rebuilt> {
  const reader = new pg.Client({ connectionString: options.ownerUrl });
  const writer = new pg.Client({ connectionString: options.ownerUrl });
  for (const client of [reader, writer]) client.on("error", () => {});
  try {
    await Promise.all([reader.connect(), writer.connect()]);
    return await new Rebuild(options, reader, writer).run();
  } finally {
    await Promise.allSettled([reader.end(), writer.end()]);
  }
}

type LogRow = { stream: string; pos: string; version: number; leaf: string; body: Buffer };

class Rebuild {
  readonly #workspace: string;
  readonly #rowsVersion: number;
  readonly #carriedOver = new Map<string, string>();
  readonly #repaired = { streamHeads: 0, commands: 0, head: false };
  /** How many commands `command` had in the snapshot, and how many the events of the snapshot tell of. */
  #commands = { held: 0, told: 0 };

  constructor(
    readonly options: RebuildOptions,
    readonly reader: pg.Client,
    readonly writer: pg.Client,
  ) {
    this.#workspace = options.workspace;
    this.#rowsVersion = options.rowsVersion ?? currentRows;
  }

  async run(): Promise<Rebuilt> {
    const begun = process.hrtime.bigint();
    await this.#claim();
    await this.#ensureHead();
    const head = await this.#refuseShortLog();
    const generation = head.generation + 1;
    const target = new GenerationWriter(this.writer, this.#workspace, generation);
    // What a rebuild that died left behind.
    await target.removeOthers(head.generation);

    const until = await this.#fill(target);
    // Nothing is folded meanwhile, so the database has both processors for itself.
    const [contradictions] = await Promise.all([this.#repairHeads(), target.analyze(this.reader)]);
    const events = await this.#switch(target, until, head.generation);
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    await target.removeOthers(generation);
    return {
      events,
      rows: target.rows,
      generation,
      events_per_s: Math.round(events / seconds),
      carriedOver: [...this.#carriedOver].map(([stream, why]) => ({ stream, why })),
      repaired: this.#repaired,
      contradictions,
    };
  }

  /** One rebuild at a time: the lock goes with the connection. */
  async #claim(): Promise<void> {
    const { rows } = await this.writer.query<{ held: boolean }>(
      "SELECT pg_try_advisory_lock(hashtextextended('holdpoint rebuild ' || $1, 0)) AS held",
      [this.#workspace],
    );
    if (!rows[0]?.held) throw new Error(`Another rebuild of ${this.#workspace} is running.`);
  }

  async #ensureHead(): Promise<void> {
    const { rowCount } = await this.writer.query(
      `INSERT INTO workspace_head (workspace, next_pos, generation, rows_version)
       SELECT $1, 0, greatest(1, (SELECT max(generation) FROM orders WHERE workspace = $1)), $2
       WHERE EXISTS (SELECT FROM event WHERE workspace = $1)
       ON CONFLICT DO NOTHING`,
      [this.#workspace, this.#rowsVersion],
    );
    if (rowCount) this.#repaired.head = true;
  }

  async #refuseShortLog(): Promise<{ generation: number }> {
    const { rows } = await this.writer.query<{
      generation: number;
      rows_version: number;
      next_pos: string;
      log: string;
    }>(
      `SELECT generation, rows_version, next_pos, (SELECT coalesce(max(pos) + 1, 0) FROM event WHERE workspace = $1) AS log
       FROM workspace_head WHERE workspace = $1`,
      [this.#workspace],
    );
    if (!rows[0]) throw new Error(`There is no workspace ${this.#workspace} in this database.`);
    const { generation, rows_version } = rows[0];
    if (rows_version > this.#rowsVersion)
      throw new Error(
        `The rows of ${this.#workspace} were made by a newer version of Holdpoint, which would misread what this one makes.`,
      );
    const [nextPos, log] = [Number(rows[0].next_pos), Number(rows[0].log)];
    if (nextPos > log)
      throw new Error(
        `The log of ${this.#workspace} ends before position ${log}, and its head says there were ${nextPos} events: ` +
          "the end is missing. Restore the log first; npm run verify says more.",
      );
    if (nextPos < log) this.#repaired.head = true;
    return { generation };
  }

  /** Rows of every stream as of one snapshot. Returns the position it ends before. */
  async #fill(target: GenerationWriter): Promise<number> {
    try {
      return await this.#fillFrom("convert_from(body, 'UTF8')", target);
    } catch (error) {
      // Read as text, twice as fast, one body that is no text stops all; read as bytes, its own stream only.
      if ((error as { code?: string }).code !== notText) throw error;
      await this.reader.query("ROLLBACK");
      await target.removeOthers(target.generation - 1);
      target.rows = 0;
      return await this.#fillFrom("body", target);
    }
  }

  async #fillFrom(body: string, target: GenerationWriter): Promise<number> {
    const { reader } = this;
    // A crash loses the generation that nobody reads yet; the switch is durable, and with it all before it.
    await this.writer.query("SET synchronous_commit = off");
    await reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const { rows: counted } = await reader.query<{ total: string; until: string; commands: string }>(
      `SELECT count(*) AS total, coalesce(max(pos) + 1, 0) AS until,
         (SELECT count(*) FROM command WHERE workspace = $1) AS commands
       FROM event WHERE workspace = $1`,
      [this.#workspace],
    );
    const total = Number(counted[0]!.total);
    this.#commands = { held: Number(counted[0]!.commands), told: 0 };
    await reader.query(
      `DECLARE log NO SCROLL CURSOR FOR SELECT stream, pos, version, encode(leaf, 'hex'), ${body} FROM event
       WHERE workspace = ${reader.escapeLiteral(this.#workspace)} ORDER BY stream, version`,
    );
    let finished: Folded[] = [];
    let writing: Promise<unknown> = Promise.resolve();
    const flush = async () => {
      const batch = finished;
      finished = [];
      await writing;
      writing = this.#write(target, batch);
      // A failure is met at the next flush; until then it must not count as unhandled.
      writing.catch(() => {});
    };
    const fold = new LogFold(0, (folded) => finished.push(folded));
    const fetch = () =>
      reader.query<[string, string, number, string, Buffer | string]>({
        text: `FETCH ${page_events} FROM log`,
        rowMode: "array",
      } as pg.QueryArrayConfig);
    let done = 0;
    let coming = fetch();
    try {
      for (;;) {
        const { rows } = await coming;
        if (rows.length === 0) break;
        coming = fetch();
        coming.catch(() => {});
        for (const [stream, pos, version, leaf, bytes] of rows)
          fold.add(stream, Number(pos), version, leaf, parsed(bytes));
        done += rows.length;
        this.options.onProgress?.(done, total);
        if (finished.length >= streams_per_write) await flush();
      }
      fold.end();
      await flush();
    } finally {
      await writing;
    }
    await reader.query("COMMIT");
    await this.writer.query("SET synchronous_commit = on");
    this.#commands.told = fold.commands;
    return Number(counted[0]!.until);
  }

  async #write(target: GenerationWriter, batch: readonly Folded[]): Promise<void> {
    for (const { stream, broken } of batch)
      if (broken) this.#carriedOver.set(stream, `at version ${broken.version}, ${broken.why}`);
      else this.#carriedOver.delete(stream);
    // Where an event can't be read it can't be told what its command gave.
    const read = batch.filter(({ broken }) => !broken?.unread);
    this.#repaired.commands += await target.write(
      batch.filter(({ broken }) => !broken),
      read.flatMap(({ commands }) => commands),
    );
  }

  /** Sets heads that are missing or behind to what the log says. Returns what contradicts it. */
  async #repairHeads(): Promise<string[]> {
    const { writer } = this;
    // One statement sees events and heads of one moment; a head that moves on meanwhile is newer and stays.
    const { rowCount } = await writer.query(
      `WITH last AS MATERIALIZED (
         SELECT stream, max(version) AS version FROM event WHERE workspace = $1 GROUP BY stream
       )
       INSERT INTO stream_head AS held (workspace, stream, version, leaf)
       SELECT $1, last.stream, last.version, (
         SELECT leaf FROM event e WHERE e.workspace = $1 AND e.stream = last.stream AND e.version = last.version
       )
       FROM last LEFT JOIN stream_head h ON h.workspace = $1 AND h.stream = last.stream
       WHERE h.version IS NULL OR h.version < last.version
       ON CONFLICT (workspace, stream) DO UPDATE SET version = excluded.version, leaf = excluded.leaf
       WHERE held.version < excluded.version`,
      [this.#workspace],
    );
    this.#repaired.streamHeads = rowCount ?? 0;
    const { rows } = await writer.query<{ sentence: string }>(
      `SELECT CASE WHEN e.leaf IS NULL THEN 'the head of ' || stream || ' says version ' || h.version || ', which the log does not have'
           ELSE 'the head of ' || stream || ' holds another leaf than ' || stream || '@' || h.version END AS sentence
       FROM stream_head h LEFT JOIN event e USING (workspace, stream, version)
       WHERE h.workspace = $1 AND h.leaf IS DISTINCT FROM e.leaf
       LIMIT $2`,
      [this.#workspace, contradictions_max],
    );
    if (!this.#commandsAgree()) rows.push(...(await this.#commandsWithoutEvents()));
    return rows.slice(0, contradictions_max).map(({ sentence }) => sentence);
  }

  /** Each command the log tells of is in the table, and there are as many: then there is none without its events. */
  #commandsAgree(): boolean {
    return this.#repaired.commands === 0 && this.#commands.told === this.#commands.held;
  }

  async #commandsWithoutEvents(): Promise<{ sentence: string }[]> {
    const { rows } = await this.writer.query<{ sentence: string }>(
      `SELECT 'the command ' || source || ' ' || id || ' gave ' || stream || '@' || first_version
         || ', which the log does not have' AS sentence
       FROM command c WHERE workspace = $1
         AND NOT EXISTS (SELECT FROM event e WHERE e.workspace = c.workspace AND e.stream = c.stream AND e.version = c.first_version)
       LIMIT $2`,
      [this.#workspace, contradictions_max],
    );
    return rows;
  }

  /** Catches up until little is left, then does the rest and the switch under the head lock. Returns the log's length. */
  async #switch(target: GenerationWriter, from: number, old: number): Promise<number> {
    const { writer } = this;
    let done = from;
    for (let round = 0; round < catchUps_max; round++) {
      const end = await this.#end();
      if (end - done <= lastCatchUp_events) break;
      await this.#catchUp(target, done, end);
      done = end;
    }
    await writer.query("BEGIN");
    try {
      await writer.query("SELECT FROM workspace_head WHERE workspace = $1 FOR UPDATE", [this.#workspace]);
      const end = await this.#end();
      await this.#catchUp(target, done, end);
      if (this.#carriedOver.size > 0) await target.carryOver(old, [...this.#carriedOver.keys()]);
      await writer.query(
        `UPDATE workspace_head SET generation = $2, next_pos = greatest(next_pos, $3), rows_version = $4
         WHERE workspace = $1`,
        [this.#workspace, target.generation, end, this.#rowsVersion],
      );
      await writer.query("COMMIT");
      return end;
    } catch (error) {
      await writer.query("ROLLBACK");
      throw error;
    }
  }

  async #end(): Promise<number> {
    const { rows } = await this.writer.query<{ end: string }>(
      `SELECT coalesce(max(pos) + 1, 0) AS "end" FROM event WHERE workspace = $1`,
      [this.#workspace],
    );
    return Number(rows[0]!.end);
  }

  async #catchUp(target: GenerationWriter, from: number, end: number): Promise<void> {
    if (end <= from) return;
    const { rows: moved } = await this.writer.query<{ stream: string }>(
      "SELECT DISTINCT stream FROM event WHERE workspace = $1 AND pos >= $2 AND pos < $3",
      [this.#workspace, from, end],
    );
    for (let n = 0; n < moved.length; n += streams_per_write) {
      const streams = moved.slice(n, n + streams_per_write).map(({ stream }) => stream);
      const { rows } = await this.writer.query<LogRow>(
        `SELECT stream, pos, version, encode(leaf, 'hex') AS leaf, body FROM event
         WHERE workspace = $1 AND stream = ANY ($2::text[]) AND pos < $3 ORDER BY stream, version`,
        [this.#workspace, streams, end],
      );
      const finished: Folded[] = [];
      const fold = new LogFold(from, (folded) => finished.push(folded));
      for (const { stream, pos, version, leaf, body } of rows)
        fold.add(stream, Number(pos), version, leaf, parsed(body));
      fold.end();
      await this.#write(target, finished);
    }
  }
}

function parsed(body: Buffer | string): EventBody | string {
  try {
    return JSON.parse(typeof body === "string" ? body : body.toString("utf8"));
  } catch {
    return "an event's body is not JSON";
  }
}
