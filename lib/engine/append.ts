import { rowsVersion as currentRows } from "#lib/domain/order-rows";
import { leafOf } from "#lib/log/body";
import type { Database } from "../db";

/**
 * One batch of one workspace to the database, in one call and one transaction.
 *
 * What comes back says of every command whether it was written and, if not, why: `known` (the same command was written
 * before), `conflict` (its stream moved on), `guard` (a fact that permitted it moved on), `behind` (decided after one of
 * those). When the call fails it is not known whether it was written, so the command ids are looked up before anybody is
 * answered; what was not written is tried in halves, until the one at fault is alone and gets the error.
 */
export type AppendCommand = {
  source: string;
  id: string;
  mac: string;
  stream: string;
  base: number;
  /** The canonical object of actor, cause and command that every body begins with. */
  opening: string;
  occurredAt: string;
  recordedAt: string;
  events: { type: string; schema: number; body: string }[];
  /** Streams that permit it, by the leaf of the last event it was decided on; null where a stream has none. */
  guards: { stream: string; leaf: string | null }[];
  subjectKey: { subject: string; wrapped: string } | null;
};

/** What a workspace's rows were made by is not what this process makes: nothing it asks for is written. */
export class RowsVersionError extends Error {
  /** Whether a newer version has taken over, so that waiting is in vain. */
  readonly superseded: boolean;

  constructor(workspace: string, of: { process: number; workspace: number }) {
    const superseded = of.workspace > of.process;
    super(
      superseded
        ? `A newer version of Holdpoint has taken over ${workspace}; this process stops.`
        : `The rows of ${workspace} were made by an older version of Holdpoint: npm run rebuild makes them anew.`,
    );
    this.name = "RowsVersionError";
    this.superseded = superseded;
  }
}

export type Verdict =
  | { kind: "written"; firstPos: number | null }
  | { kind: "known"; mac: string; stream: string; firstVersion: number; count: number }
  | { kind: "conflict" | "guard" | "behind" | "generation" }
  | { kind: "failed"; error: unknown };

/** A command as it was written: its content's mac, where its events stand, and the leaf of the first. */
type KnownCommand = { mac: string; stream: string; firstVersion: number; count: number; leaf: string };

type Answer = {
  rowsVersion: number;
  generation: number;
  firstPos?: number;
  commands: {
    i: number;
    verdict: "known" | "conflict" | "guard" | "behind";
    mac: string;
    stream: string;
    firstVersion: number;
    count: number;
  }[];
};

export class Appender {
  #generation: number | null = null;
  transactions = 0;

  constructor(
    readonly database: Database,
    readonly workspace: string,
    readonly rowsVersion = currentRows,
  ) {}

  /** Verdicts in the order of the commands. `rowsOf` is asked for the rows of a part when the batch has to be split. */
  async append(
    commands: AppendCommand[],
    rowsOf: (part: AppendCommand[]) => (string | null)[],
  ): Promise<Verdict[]> {
    try {
      return await this.#call(commands, rowsOf(commands));
    } catch (error) {
      if (error instanceof RowsVersionError) throw error;
      return this.#afterFailure(commands, rowsOf, error);
    }
  }

  async #call(commands: AppendCommand[], rows: (string | null)[]): Promise<Verdict[]> {
    if (this.#generation === null) await this.readHead();
    // What this call was sent with: another batch in flight may learn of a newer one first.
    const generation = this.#generation!;
    const owners: number[] = [];
    const types: string[] = [];
    const schemas: number[] = [];
    const bodies: string[] = [];
    const subjectKeys: object[] = [];
    // Most commands of a batch hang on the same few streams: each is told, and looked at, once.
    const guarded = new Map<string, { n: number; stream: string; leaf: string | null }>();
    const guardOf = ({ stream, leaf }: { stream: string; leaf: string | null }) => {
      const key = `${stream} ${leaf}`;
      const known = guarded.get(key) ?? { n: guarded.size, stream, leaf };
      guarded.set(key, known);
      return known.n;
    };
    const listed = commands.map(
      ({ events, stream, base, opening, occurredAt, recordedAt, ...command }, i) => {
        for (const { type, schema, body } of events) {
          owners.push(i);
          types.push(type);
          schemas.push(schema);
          bodies.push(body);
        }
        if (command.subjectKey) subjectKeys.push({ i, ...command.subjectKey });
        const guards = command.guards.map(guardOf);
        return { i, stream, base, count: events.length, opening, occurredAt, recordedAt, guards };
      },
    );
    this.transactions++;
    const { rows: answers } = await this.database.pool.query<{ answer: Answer }>({
      name: "holdpoint_append",
      // One parameter for each list of rows: as elements of an array every quote in them would be escaped.
      text: `SELECT append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
        ARRAY[$11::json, $12::json, $13::json, $14::json, $15::json, $16::json]) AS answer`,
      values: [
        this.workspace,
        this.rowsVersion,
        generation,
        JSON.stringify(listed),
        JSON.stringify([...guarded.values()]),
        owners,
        types,
        schemas,
        // Canonical JSON escapes every line feed, so the bodies can't hold one.
        bodies.join("\n"),
        subjectKeys.length > 0 ? JSON.stringify(subjectKeys) : null,
        ...rows,
      ],
    });
    return this.#verdicts(commands, generation, answers[0]!.answer);
  }

  #verdicts(commands: AppendCommand[], generation: number, answer: Answer): Verdict[] {
    this.#demandVersion(answer.rowsVersion);
    if (answer.generation !== generation) {
      this.#generation = answer.generation;
      return commands.map(() => ({ kind: "generation" }));
    }
    const lost = new Map(answer.commands.map((command) => [command.i, command]));
    let pos = answer.firstPos ?? 0;
    return commands.map(({ events }, i): Verdict => {
      const loser = lost.get(i);
      if (!loser) {
        const firstPos = pos;
        pos += events.length;
        return { kind: "written", firstPos };
      }
      const { verdict, mac, stream, firstVersion, count } = loser;
      return verdict === "known" ? { kind: "known", mac, stream, firstVersion, count } : { kind: verdict };
    });
  }

  async #afterFailure(
    commands: AppendCommand[],
    rowsOf: (part: AppendCommand[]) => (string | null)[],
    error: unknown,
  ): Promise<Verdict[]> {
    const found = await this.lookUp(commands, error);
    const missing = commands.filter((command) => !found.has(commandKey(command)));
    const verdicts = new Map<AppendCommand, Verdict>();
    if (missing.length === 1 && commands.length === 1) verdicts.set(missing[0]!, { kind: "failed", error });
    else if (missing.length > 0) {
      const half = missing.length === commands.length ? Math.ceil(missing.length / 2) : missing.length;
      for (const part of [missing.slice(0, half), missing.slice(half)]) {
        if (part.length === 0) continue;
        const settled = await this.append(part, rowsOf);
        for (const [n, command] of part.entries()) verdicts.set(command, settled[n]!);
      }
    }
    // A transaction given up for lost may have been written after that look, before the second try got the lock.
    const late = missing.filter((command) => verdicts.get(command)?.kind === "known");
    for (const [key, command] of late.length > 0 ? await this.lookUp(late, error) : [])
      found.set(key, command);
    return commands.map((command): Verdict => {
      const known = found.get(commandKey(command));
      // Only the bytes tell our own write from the same command's by another process at the same version.
      if (known?.leaf === leafOf(command.events[0]!.body)) return { kind: "written", firstPos: null };
      return known ? { kind: "known", ...known } : (verdicts.get(command) ?? { kind: "failed", error });
    });
  }

  /** What the log has under these command ids. While the database is away it asks again for some seconds, then gives up. */
  async lookUp(
    commands: readonly { source: string; id: string }[],
    cause?: unknown,
  ): Promise<Map<string, KnownCommand>> {
    for (let attempt = 1; ; attempt++) {
      try {
        const rows = await this.database.$queryRawUnsafe<
          {
            source: string;
            id: string;
            mac: string;
            stream: string;
            first_version: number;
            count: number;
            leaf: string;
          }[]
        >(
          `SELECT c.source, c.id, c.mac, c.stream, c.first_version, c.count, encode(e.leaf, 'hex') AS leaf
           FROM command c
           JOIN unnest($2::text[], $3::text[]) AS asked(source, id) ON c.source = asked.source AND c.id = asked.id
           JOIN event e ON e.workspace = c.workspace AND e.stream = c.stream AND e.version = c.first_version
           WHERE c.workspace = $1`,
          this.workspace,
          commands.map(({ source }) => source),
          commands.map(({ id }) => id),
        );
        return new Map(
          rows.map((row) => [
            commandKey(row),
            {
              mac: row.mac,
              stream: row.stream,
              firstVersion: row.first_version,
              count: row.count,
              leaf: row.leaf,
            },
          ]),
        );
      } catch (error) {
        if (attempt === lookUps_max) throw cause ?? error;
        await new Promise((resolve) => setTimeout(resolve, lookUpAgain_ms * attempt));
      }
    }
  }

  /** The leaf of each stream's last event; a stream without events is not among them. */
  async heads(streams: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.$queryRawUnsafe<{ stream: string; leaf: string }[]>(
      `SELECT stream, encode(leaf, 'hex') AS leaf FROM stream_head WHERE workspace = $1 AND stream = ANY ($2::text[])`,
      this.workspace,
      [...new Set(streams)],
    );
    return new Map(rows.map(({ stream, leaf }) => [stream, leaf]));
  }

  /**
   * Learns which generation is read, and the version of the workspace's own stream. Throws `RowsVersionError` when this
   * process may not write.
   */
  async readHead(): Promise<{ ownVersion: number }> {
    const [head] = await this.database.$queryRawUnsafe<
      { rows_version: number; generation: number; own_version: number }[]
    >(
      `SELECT rows_version, generation, coalesce((SELECT version FROM stream_head s
         WHERE s.workspace = h.workspace AND s.stream = 'workspace/' || h.workspace), 0) AS own_version
       FROM workspace_head h WHERE workspace = $1`,
      this.workspace,
    );
    if (!head)
      throw new Error(`There is no workspace ${this.workspace} in this database. npm start makes it.`);
    this.#demandVersion(head.rows_version);
    this.#generation = head.generation;
    return { ownVersion: head.own_version };
  }

  #demandVersion(rowsVersion: number): void {
    if (rowsVersion !== this.rowsVersion)
      throw new RowsVersionError(this.workspace, { process: this.rowsVersion, workspace: rowsVersion });
  }
}

const lookUps_max = 8;
const lookUpAgain_ms = 250;

export function commandKey({ source, id }: { source: string; id: string }): string {
  return `${source} ${id}`;
}
