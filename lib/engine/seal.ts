import { createHash } from "node:crypto";
import { type EventDraft, type RecordedEvent, recordedOf, schemas } from "#lib/domain/events";
import { type EventActor, type EventBody, encodeBody, leafOf } from "#lib/log/body";
import { canonicalize, type Json } from "#lib/log/canonical";
import { type Envelope, openEnvelope, type SubjectKeys, sealEnvelope } from "#lib/log/envelope";

/**
 * From a decided draft to the bytes of a fact, and back. Sealing encrypts the personal part under the stream's own subject,
 * outside of any lock; reading brings old schemas up to date and leaves envelopes closed.
 */
export type SealingContext = {
  workspace: string;
  stream: string;
  version: number;
  prevHash: string | null;
  recordedAt: string;
  occurredAt: string;
  actor: EventActor;
  command: EventBody["command"];
  cause?: string;
  keys: SubjectKeys;
  randomBytes(count: number): Uint8Array;
};

export type SealedEvent = { body: string; recorded: RecordedEvent; personal: EventDraft["personal"] };

export function seal(draft: EventDraft, context: SealingContext): SealedEvent {
  const { workspace, stream, version, prevHash, recordedAt, occurredAt, actor, command, cause, keys } =
    context;
  const { type } = draft;
  const schema = schemas[type];
  const data: { [member: string]: Json | undefined; personal?: Envelope[] } = { ...draft.data } as never;
  if (draft.personal)
    data.personal = [
      sealEnvelope(keys, { workspace, stream, type, schema }, draft.personal, context.randomBytes(12)),
    ];
  if (type === "effectIntended") data.inputHash = inputHash(data);
  const body = encodeBody({
    v: 1,
    workspace,
    stream,
    version,
    prevHash,
    salt: Buffer.from(context.randomBytes(16)).toString("hex"),
    type,
    schema,
    occurredAt,
    recordedAt,
    actor,
    command,
    cause,
    data,
  });
  return {
    body,
    recorded: { type, data, stream, version, leaf: leafOf(body), occurredAt, recordedAt, actor } as never,
    personal: draft.personal,
  };
}

/** What an intent freezes, as one hash over plain members and ciphertext: no plaintext can be guessed from it. */
export function inputHash(data: { [member: string]: Json | undefined; personal?: Envelope[] }): string {
  return createHash("sha256")
    .update("holdpoint/effect-input/1\u0000")
    .update(canonicalize([data.input ?? null, data.personal ?? []]), "utf8")
    .digest("hex");
}

/** A body as the log holds it, at its current schema. Throws `UnknownEventError`. */
export function readRecorded(bodyText: string, leaf: string): RecordedEvent {
  return recordedOf(JSON.parse(bodyText), leaf);
}

export function openPersonal(
  workspace: string,
  stream: string,
  held: { type: string; envelope: Envelope } | null,
  keys: SubjectKeys | null,
): { [member: string]: Json } {
  if (!held || !keys) return {};
  // Envelopes are bound to the schema they were written with; all of them have schema 1 so far.
  return openEnvelope(keys, { workspace, stream, type: held.type, schema: 1 }, held.envelope);
}
