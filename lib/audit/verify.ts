import pg from "pg";
import { type Folded, LogFold } from "#lib/engine/log-fold";
import { EventChecks, type LogRow } from "./check-event";
import { OpinionChecks } from "./check-opinions";
import { type Check, type Finding, Findings } from "./findings";

/**
 * Checks a workspace's log against itself, and every opinion against the log.
 *
 * Everything is read in one snapshot, so the workspace may go on working; the log stream by stream and in pages, so that
 * memory does not grow with it. Nothing is written and nothing decrypted: the runtime role may run it. What is wrong comes
 * back as findings, the first `findings_max` of them and how many there are.
 *
 * A subject without a key is not a finding: its key was erased, on purpose or not, and what it covered can't be read.
 * Throws when there is no such workspace, and what `signal` was aborted with.
 */
export type VerifyOptions = {
  databaseUrl: string;
  workspace: string;
  /** Called after each page with the events checked so far. */
  onProgress?(done: number, total: number): void;
  signal?: AbortSignal;
  findings_max?: number;
};

export type Verification = {
  workspace: string;
  events: number;
  streams: number;
  /** The last position of the snapshot, null for an empty log. */
  lastPos: number | null;
  findings: Finding[];
  findingsTotal: number;
  checks: Check[];
  /** Subjects whose envelopes nobody can read any more: how many, and the first. */
  unreadable: { subjects: number; first: string[] };
  /** Plain sentences: what no check of this kind can show. */
  cannotSee: string[];
};

export const cannotSee = [
  "An end of the log that was cut off together with its heads, before the first checkpoint was kept outside.",
  "A log rewritten as a whole, with its leaves and heads, by somebody with the owner's rights.",
  "What was never recorded.",
  "What stands in encrypted envelopes: their bytes are checked, their content is not opened.",
];

const page_events = 2_000;
const streams_per_comparison = 500;
const unreadable_max = 20;

export async function verifyWorkspace(options: VerifyOptions): Promise<Verification> {
  const client = new pg.Client({ connectionString: options.databaseUrl });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    return await new Verify(options, client).run();
  } finally {
    await client.end();
  }
}

class Verify {
  readonly #findings: Findings;
  readonly #unreadable = { subjects: 0, first: [] as string[] };
  #subjects = new Set<string>();
  #streams = 0;

  constructor(
    readonly options: VerifyOptions,
    readonly client: pg.Client,
  ) {
    this.#findings = new Findings(options.findings_max ?? 200);
  }

  async run(): Promise<Verification> {
    const { workspace } = this.options;
    const { total, lastPos, generation } = await this.#positions();
    const opinions = new OpinionChecks(this.client, workspace, generation, this.#findings);
    const events = await this.#events(opinions, total);
    await opinions.surplus();
    return {
      workspace,
      events,
      streams: this.#streams,
      lastPos,
      findings: this.#findings.kept,
      findingsTotal: this.#findings.total,
      checks: this.#findings.checks,
      unreadable: this.#unreadable,
      cannotSee,
    };
  }

  async #positions(): Promise<{ total: number; lastPos: number | null; generation: number | null }> {
    const { workspace } = this.options;
    const { rows: counted } = await this.client.query<{ total: string; last: string | null }>(
      "SELECT count(*) AS total, max(pos) AS last FROM event WHERE workspace = $1",
      [workspace],
    );
    const { rows: heads } = await this.client.query<{ next_pos: string; generation: number }>(
      "SELECT next_pos, generation FROM workspace_head WHERE workspace = $1",
      [workspace],
    );
    const total = Number(counted[0]!.total);
    const lastPos = counted[0]!.last === null ? null : Number(counted[0]!.last);
    const head = heads[0];
    if (!head && total === 0) throw new Error(`There is no workspace ${workspace} in this database.`);
    this.#findings.examined("positions", total);
    const next = (lastPos ?? -1) + 1;
    if (!head)
      this.#findings.found("positions", {
        what: "The workspace has no head, so its rows were not compared.",
        member: "workspace_head",
      });
    else if (Number(head.next_pos) !== next)
      this.#findings.found("positions", {
        pos: next,
        what:
          Number(head.next_pos) > next
            ? `The head of the workspace says there were ${head.next_pos} events, and the log ends before ${next}: events at its end are missing.`
            : `The head of the workspace says there were ${head.next_pos} events, and the log goes on to ${next}.`,
        member: "workspace_head.next_pos",
      });
    await this.#gaps();
    return { total, lastPos, generation: head?.generation ?? null };
  }

  async #gaps(): Promise<void> {
    const { rows } = await this.client.query<{ pos: string; before: string | null }>(
      `SELECT pos, before FROM (
         SELECT pos, lag(pos) OVER (ORDER BY pos) AS before FROM event WHERE workspace = $1
       ) placed WHERE pos <> coalesce(before + 1, 0) ORDER BY pos LIMIT 1000`,
      [this.options.workspace],
    );
    for (const { pos, before } of rows) {
      const first = before === null ? 0 : Number(before) + 1;
      const last = Number(pos) - 1;
      const what =
        last < first
          ? `Position ${pos} stands there more than once.`
          : first === last
            ? `Position ${first} is missing.`
            : `Positions ${first} to ${last} are missing.`;
      this.#findings.found("positions", { pos: last < first ? Number(pos) : first, what, member: "pos" });
    }
  }

  async #events(opinions: OpinionChecks, total: number): Promise<number> {
    const { workspace, onProgress, signal } = this.options;
    const checks = new EventChecks(workspace, this.#findings);
    let finished: Folded[] = [];
    const fold = new LogFold(0, (folded) => finished.push(folded));
    await this.client.query(
      `DECLARE log NO SCROLL CURSOR FOR
       SELECT stream, pos, version, body, encode(leaf, 'hex'), type, actor, occurred_at, recorded_at FROM event
       WHERE workspace = ${this.client.escapeLiteral(workspace)} ORDER BY stream, version`,
    );
    let done = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { rows } = await this.client.query<Columns>({
        text: `FETCH ${page_events} FROM log`,
        rowMode: "array",
      } as pg.QueryArrayConfig);
      for (const columns of rows) {
        const row = rowOf(columns);
        const body = checks.check(row);
        fold.add(row.stream, row.pos, row.version, row.leaf, body);
        if (typeof body === "object")
          for (const { subject } of body.data.personal ?? []) this.#subjects.add(subject);
      }
      done += rows.length;
      if (rows.length === 0) fold.end();
      if (finished.length >= streams_per_comparison || rows.length === 0) {
        await this.#compare(opinions, finished);
        finished = [];
      }
      if (rows.length === 0) break;
      onProgress?.(done, total);
    }
    await this.client.query("CLOSE log");
    return done;
  }

  async #compare(opinions: OpinionChecks, streams: readonly Folded[]): Promise<void> {
    this.#streams += streams.length;
    this.#findings.examined("fold", streams.length);
    // What can't be read is a finding already.
    for (const { stream, broken } of streams)
      if (broken && !broken.unread)
        this.#findings.found("fold", {
          pos: broken.pos,
          stream,
          version: broken.version,
          what: `The stream cannot be folded from here, so its rows were not compared: ${broken.why}.`,
        });
    await opinions.compare(streams);
    await this.#keys();
  }

  async #keys(): Promise<void> {
    const subjects = [...this.#subjects];
    this.#subjects = new Set();
    if (subjects.length === 0) return;
    const { rows } = await this.client.query<{ subject: string }>(
      `SELECT subject FROM unnest($2::text[]) AS asked(subject)
       WHERE NOT EXISTS (SELECT FROM subject_key k WHERE k.workspace = $1 AND k.subject = asked.subject)`,
      [this.options.workspace, subjects],
    );
    this.#unreadable.subjects += rows.length;
    for (const { subject } of rows)
      if (this.#unreadable.first.length < unreadable_max) this.#unreadable.first.push(subject);
  }
}

type Columns = [string, string, number, Buffer, string, string, string, Date, Date];

function rowOf([stream, pos, version, body, leaf, type, actor, occurredAt, recordedAt]: Columns): LogRow {
  return {
    stream,
    pos: Number(pos),
    version,
    body,
    leaf,
    type,
    actor,
    occurredAt: instant(occurredAt),
    recordedAt: instant(recordedAt),
  };
}

/** A tampered column may hold an instant that no ISO text has. */
function instant(value: Date): string {
  return Number.isNaN(value.valueOf()) || !(value instanceof Date) ? String(value) : value.toISOString();
}
