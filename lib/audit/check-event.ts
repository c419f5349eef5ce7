import { inputHash } from "#lib/engine/seal";
import { BodyError, decodeBody, type EventBody, leafOf } from "#lib/log/body";
import { effectKey } from "#lib/log/effect-key";
import type { CheckName, Finding, Findings } from "./findings";

/**
 * What each event must be by itself and after the one before it in its stream. Rows come in the order of streams and
 * versions; everything is worked out from the raw bytes, nothing is taken from the columns but to be compared.
 */
export type LogRow = {
  pos: number;
  stream: string;
  version: number;
  body: Uint8Array;
  /** Lower-case hex, as the column says. */
  leaf: string;
  type: string;
  actor: string;
  occurredAt: string;
  recordedAt: string;
};

type Before = { stream: string; version: number; leaf: string; recordedAt: string };

export class EventChecks {
  #before: Before | null = null;

  constructor(
    readonly workspace: string,
    readonly findings: Findings,
  ) {}

  /** Gives the body for the fold, or why what follows in this stream can't be folded. */
  check(row: LogRow): EventBody | string {
    const { findings } = this;
    const before = this.#before?.stream === row.stream ? this.#before : null;
    const leaf = leafOf(row.body);
    const found = (check: CheckName, what: string, member?: string) =>
      findings.found(check, { ...place(row), what, member });

    for (const check of ["leaf", "body", "versions", "chain", "columns", "time"] as const)
      findings.examined(check);
    if (row.leaf !== leaf) found("leaf", `The leaf is ${row.leaf}, and the body hashes to ${leaf}.`, "leaf");
    const expected = (before?.version ?? 0) + 1;
    const gap = row.version !== expected;
    if (gap) found("versions", gapSentence(row, before), "version");

    let body: EventBody;
    try {
      body = decodeBody(row.body);
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      found("body", `The body cannot be read: ${error.message}.`, error.member);
      this.#before = { stream: row.stream, version: row.version, leaf, recordedAt: before?.recordedAt ?? "" };
      return "an event's body cannot be read";
    }
    // After a gap there is nothing to compare with: the gap itself is the finding.
    if (!gap && body.prevHash !== (before?.leaf ?? null))
      found(
        "chain",
        before
          ? `prevHash is not the leaf of version ${before.version}: that event or this one was changed.`
          : "prevHash is not null in the first version.",
        "prevHash",
      );
    this.#columns(row, body, found);
    if (before && body.recordedAt < before.recordedAt)
      found("time", `Recorded at ${body.recordedAt}, before the version before it.`, "recordedAt");
    if (body.type === "effectIntended") this.#intent(body, found);
    this.#before = { stream: row.stream, version: row.version, leaf, recordedAt: body.recordedAt };
    return gap ? "a version is missing" : body;
  }

  #columns(row: LogRow, body: EventBody, found: (check: CheckName, what: string, member?: string) => void) {
    const said: [column: string, column_says: unknown, body_says: unknown][] = [
      ["workspace", this.workspace, body.workspace],
      ["stream", row.stream, body.stream],
      ["version", row.version, body.version],
      ["type", row.type, body.type],
      ["actor", row.actor, body.actor.id],
      ["occurred_at", row.occurredAt, body.occurredAt],
      ["recorded_at", row.recordedAt, body.recordedAt],
    ];
    for (const [column, held, fact] of said)
      if (held !== fact) found("columns", `The column ${column} says ${held}, the body ${fact}.`, column);
  }

  #intent(
    { workspace, stream, data }: EventBody,
    found: (check: CheckName, what: string, member?: string) => void,
  ) {
    this.findings.examined("intents");
    if (data.inputHash !== inputHash(data))
      found("intents", "inputHash is not the hash of the input and its envelopes.", "data.inputHash");
    const { step, visit, effect, item, issue } = data as never;
    try {
      const order = stream.slice("order/".length);
      if (data.key !== effectKey({ workspace, order, step, visit, effect, item, issue }))
        found("intents", "The effect key is not that of this step, visit and issue.", "data.key");
    } catch (error) {
      found("intents", `The effect key cannot be worked out: ${(error as Error).message}.`, "data.key");
    }
  }
}

function gapSentence(row: LogRow, before: Before | null): string {
  const expected = (before?.version ?? 0) + 1;
  if (row.version < expected) return `Version ${row.version} stands there more than once.`;
  const last = row.version - 1;
  return last === expected
    ? `Version ${expected} of this stream is missing.`
    : `Versions ${expected} to ${last} of this stream are missing.`;
}

function place({ pos, stream, version }: LogRow): Pick<Finding, "pos" | "stream" | "version"> {
  return { pos, stream, version };
}
