import { hash } from "node:crypto";
import { type EventDraft, type RecordedEvent, recordedOf, schemas } from "#lib/domain/events";
import { type BodyHead, BodyWriter, leafOf } from "#lib/log/body";
import { canonicalize, type Json } from "#lib/log/canonical";
import { type Envelope, openEnvelope, type SubjectKeys, sealEnvelope } from "#lib/log/envelope";

/**
 * From a decided draft to the bytes of a fact, and back. Sealing encrypts the personal part under the stream's own subject,
 * outside of any lock; reading brings old schemas up to date and leaves envelopes closed.
 */
export type SealedEvent = { body: string; recorded: RecordedEvent; personal: EventDraft["personal"] };

/** Seals the events of one command, one after the other. */
export class Sealer {
  readonly #head: BodyHead;
  readonly #writer: BodyWriter;
  readonly #randomBytes: (count: number) => Uint8Array;

  constructor(head: BodyHead, randomBytes: (count: number) => Uint8Array) {
    this.#head = head;
    this.#writer = new BodyWriter(head);
    this.#randomBytes = randomBytes;
  }

  /** What every body begins with, as a JSON object of `actor`, `cause` and `command`. */
  get opening(): string {
    return `${this.#writer.opening}}`;
  }

  /** `keys` are the subject's; a draft without a personal part needs none. */
  seal(draft: EventDraft, version: number, prevHash: string | null, keys: SubjectKeys | null): SealedEvent {
    const { workspace, stream, occurredAt, recordedAt, actor } = this.#head;
    const { type } = draft;
    const schema = schemas[type];
    const data: { [member: string]: Json | undefined; personal?: Envelope[] } = { ...draft.data } as never;
    if (draft.personal) {
      if (!keys) throw new Error(`${stream} has no key for what is personal in ${type}`);
      const place = { workspace, stream, type, schema };
      const envelope = sealEnvelope(keys, place, draft.personal, this.#randomBytes(12));
      sealedHere.set(envelope, draft.personal as { [member: string]: Json });
      data.personal = [envelope];
    }
    if (type === "effectIntended") data.inputHash = inputHash(data);
    const salt = Buffer.from(this.#randomBytes(16)).toString("hex");
    const body = this.#writer.write({ version, prevHash, salt, type, schema, data });
    return {
      body,
      recorded: { type, data, stream, version, leaf: leafOf(body), occurredAt, recordedAt, actor } as never,
      personal: draft.personal,
    };
  }
}

/** What an intent freezes, as one hash over plain members and ciphertext: no plaintext can be guessed from it. */
export function inputHash(data: { [member: string]: Json | undefined; personal?: Envelope[] }): string {
  const frozen = canonicalize([data.input ?? null, data.personal ?? []]);
  return hash("sha256", `holdpoint/effect-input/1\u0000${frozen}`, "hex");
}

/** A body as the log holds it, at its current schema. Throws `UnknownEventError`. */
export function readRecorded(bodyText: string, leaf: string): RecordedEvent {
  return recordedOf(JSON.parse(bodyText), leaf);
}

// What this process has sealed itself it need not decrypt again, as long as some state holds the envelope.
const sealedHere = new WeakMap<Envelope, { [member: string]: Json }>();

export function openPersonal(
  workspace: string,
  stream: string,
  held: { type: string; envelope: Envelope } | null,
  keys: SubjectKeys | null,
): { [member: string]: Json } {
  if (!held || !keys) return {};
  const known = sealedHere.get(held.envelope);
  if (known) return known;
  // Envelopes are bound to the schema they were written with; all of them have schema 1 so far.
  return openEnvelope(keys, { workspace, stream, type: held.type, schema: 1 }, held.envelope);
}
