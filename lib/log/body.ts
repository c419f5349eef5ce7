import { hash as digest } from "node:crypto";
import { CanonicalError, canonicalize, type Json } from "./canonical";
import type { Envelope } from "./envelope";

/**
 * The event body: the bytes that are the fact (format version 1).
 *
 * `encodeBody` gives the canonical text, `decodeBody` takes only a text that is its own canonical form and has just the
 * members named here, `leafOf` hashes it as RFC 6962 §2.1 hashes a leaf: SHA-256(0x00 ‖ body). Hashes are lower-case hex,
 * times `YYYY-MM-DDTHH:MM:SS.sssZ` in the years 1900 to 9999, versions count from 1, a body is at most 60 KiB of UTF-8.
 * Personal parts stand in `data.personal` and nowhere else: one envelope per subject, ordered by subject.
 *
 * Rejects with `BodyError`, which names the member.
 */
export const body_bytes_max = 60 * 1024;

export type ActorType = "person" | "apiKey" | "system";

export type EventActor = {
  type: ActorType;
  /** The person, the API key, or for a system actor its part: timer, dispatcher, import. */
  id: string;
  /** How a person signed in, opaque: never an address or a name. */
  account?: string;
  session?: string;
  onBehalfOf?: string;
};

export type EventBody = {
  v: 1;
  workspace: string;
  stream: string;
  version: number;
  /** Leaf of the stream's previous version; null in version 1. */
  prevHash: string | null;
  /** 128 random bits, so that a leaf says nothing about a guessed body. */
  salt: string;
  type: string;
  schema: number;
  occurredAt: string;
  recordedAt: string;
  actor: EventActor;
  command: { source: string; id: string; mac: string };
  /** `stream@version` of the event that caused the command. */
  cause?: string;
  data: { [member: string]: Json | undefined; personal?: Envelope[] };
};

export class BodyError extends Error {
  constructor(
    readonly member: string,
    problem: string,
  ) {
    super(`${member} ${problem}`);
    this.name = "BodyError";
  }
}

export function encodeBody(body: EventBody): string {
  known(body);
  return new BodyWriter(body).write(body);
}

/** What all events of one command share. */
export type BodyHead = Pick<
  EventBody,
  "workspace" | "stream" | "occurredAt" | "recordedAt" | "actor" | "command" | "cause"
>;

/**
 * The bodies of one command's events: what they share is checked and written once. A body it writes is the one
 * `encodeBody` gives.
 */
export class BodyWriter {
  readonly #head: BodyHead;
  readonly #opening: string;

  constructor(head: BodyHead) {
    checkHead(head);
    const { actor, cause, command } = head;
    this.#head = head;
    this.#opening = canonical({ actor, cause, command }).slice(0, -1);
  }

  /** What every body begins with: a JSON object of `actor`, `cause` and `command`, without its last brace. */
  get opening(): string {
    return this.#opening;
  }

  write(event: Pick<EventBody, "version" | "prevHash" | "salt" | "type" | "schema" | "data">): string {
    checkEvent(event);
    const { occurredAt, recordedAt, stream, workspace } = this.#head;
    const { version, prevHash, salt, type, schema, data } = event;
    const previous = prevHash === null ? "null" : `"${prevHash}"`;
    // The members that follow hold nothing JSON would escape: their patterns say so.
    const text = `${this.#opening},"data":${canonical(data, "/data")},"occurredAt":"${occurredAt}","prevHash":${previous},"recordedAt":"${recordedAt}","salt":"${salt}","schema":${schema},"stream":"${stream}","type":"${type}","v":1,"version":${version},"workspace":"${workspace}"}`;
    const bytes = Buffer.byteLength(text, "utf8");
    if (bytes > body_bytes_max)
      throw new BodyError("body", `is ${bytes} bytes; an event body is at most ${body_bytes_max}`);
    return text;
  }
}

export function decodeBody(bytes: Uint8Array): EventBody {
  if (bytes.length > body_bytes_max) throw new BodyError("body", `is over ${body_bytes_max} bytes`);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw new BodyError("body", "is not JSON in UTF-8");
  }
  check(value);
  if (canonical(value) !== text) throw new BodyError("body", "is not in canonical form");
  return value;
}

/** Lower-case hex of SHA-256(0x00 ‖ body); a text is hashed as its UTF-8. */
export function leafOf(body: string | Uint8Array): string {
  return typeof body === "string"
    ? digest("sha256", `\u0000${body}`, "hex")
    : digest("sha256", Buffer.concat([leafPrefix, body]), "hex");
}

const leafPrefix = Buffer.of(0);

function canonical(value: unknown, pointer = ""): string {
  try {
    return canonicalize(value as Json);
  } catch (error) {
    if (error instanceof CanonicalError) throw new BodyError(`${pointer}${error.pointer}`, error.problem);
    throw error;
  }
}

const time = /^(?:19|[2-9]\d)\d{2}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const hash = /^[0-9a-f]{64}$/;
const salt = /^[0-9a-f]{32}$/;
const nonce = /^[\w-]{16}$/;
const ciphertext = /^[\w-]{22,}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters it looks for
const control = /[\u0000-\u001f\u007f-\u009f]/;
const members = new Set(
  "v workspace stream version prevHash salt type schema occurredAt recordedAt actor command cause data".split(
    " ",
  ),
);
const actorMembers = new Set(["type", "id", "account", "session", "onBehalfOf"]);
const envelopeMembers = new Set(["enc", "subject", "nonce", "ct", "commit"]);
const commandMembers = new Set(["source", "id", "mac"]);

export const streamKinds = [
  "order",
  "person",
  "access",
  "subject",
  "calendar",
  "policy",
  "workflow",
  "import",
  "workspace",
] as const;
export type StreamKind = (typeof streamKinds)[number];

/** The kind of a stream `<kind>/<id>`. Rejects an unknown kind or an id that could be misread, with `BodyError`. */
export function streamKind(stream: string): StreamKind {
  const [, kind] = streamPattern.exec(stream) ?? [];
  if (!kind)
    throw new BodyError("stream", `must be <kind>/<id> with a known kind, not ${JSON.stringify(stream)}`);
  return kind as StreamKind;
}

// An id holds neither "/" nor "@" nor whitespace, so that stream@version reads one way.
const streamPattern = new RegExp(`^(${streamKinds.join("|")})/[A-Za-z0-9._:~-]{1,200}$`);
const causePattern = /^(.+)@([1-9]\d{0,14})$/;
const names = {
  workspace: /^[a-z0-9][a-z0-9-]{0,62}$/,
  type: /^[a-z][A-Za-z0-9]{0,63}$/,
  source: /^[a-z][a-z0-9.-]{0,63}$/,
};

function check(value: unknown): asserts value is EventBody {
  known(value);
  checkHead(value);
  checkEvent(value);
}

function known(value: unknown): asserts value is EventBody {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BodyError("body", "must be an object");
  for (const member of Object.keys(value))
    if (!members.has(member)) throw new BodyError(member, "is not a member of an event body");
  if ((value as EventBody).v !== 1) throw new BodyError("v", "must be 1");
}

function checkHead(head: BodyHead): void {
  named("workspace", names.workspace, head.workspace);
  if (typeof head.stream !== "string") throw new BodyError("stream", "must be a text");
  streamKind(head.stream);
  timeMember("occurredAt", head.occurredAt);
  timeMember("recordedAt", head.recordedAt);
  actor(head.actor);
  record("command", head.command, commandMembers);
  named("command.source", names.source, head.command.source);
  textMember("command.id", head.command.id);
  if (!matches(hash, head.command.mac))
    throw new BodyError("command.mac", "must be 64 lower-case hex digits");
  if (head.cause !== undefined) {
    const [, stream] = (typeof head.cause === "string" && causePattern.exec(head.cause)) || [];
    if (!stream) throw new BodyError("cause", "must be stream@version");
    streamKind(stream);
  }
}

function checkEvent(event: Pick<EventBody, "version" | "prevHash" | "salt" | "type" | "schema" | "data">) {
  if (!Number.isSafeInteger(event.version) || event.version < 1)
    throw new BodyError("version", "must count from 1");
  if (event.version === 1 ? event.prevHash !== null : !matches(hash, event.prevHash))
    throw new BodyError("prevHash", "must be null in version 1 and a leaf hash afterwards");
  if (!matches(salt, event.salt)) throw new BodyError("salt", "must be 32 lower-case hex digits");
  named("type", names.type, event.type);
  if (!Number.isSafeInteger(event.schema) || event.schema < 1)
    throw new BodyError("schema", "must count from 1");
  record("data", event.data);
  envelopes(event.data);
}

function actor(value: EventActor) {
  record("actor", value, actorMembers);
  textMember("actor.id", value.id);
  // A decision without a recorded person must be impossible, so what each type of actor says of itself is fixed.
  const [needs, mayNot] = actorRules[value.type] ?? [];
  if (!needs || !mayNot) throw new BodyError("actor.type", "must be person, apiKey or system");
  for (const member of needs) textMember(`actor.${member}`, value[member]);
  for (const member of mayNot)
    if (value[member] !== undefined) throw new BodyError(`actor.${member}`, `is not said of a ${value.type}`);
}

type ActorMember = "account" | "session" | "onBehalfOf";
const actorRules: Record<ActorType, [needs: ActorMember[], mayNot: ActorMember[]]> = {
  person: [["account", "session"], []],
  apiKey: [["onBehalfOf"], ["session", "account"]],
  system: [[], ["account", "session", "onBehalfOf"]],
};

function envelopes(data: EventBody["data"]) {
  const { personal } = data;
  if (personal === undefined) return;
  if (!Array.isArray(personal) || personal.length === 0)
    throw new BodyError("data.personal", "must be a list of envelopes");
  let last = "";
  for (const envelope of personal) {
    record("data.personal", envelope, envelopeMembers);
    if (envelope.enc !== 1) throw new BodyError("data.personal.enc", "must be 1");
    textMember("data.personal.subject", envelope.subject);
    if (envelope.subject <= last) throw new BodyError("data.personal.subject", "must be ordered, each once");
    last = envelope.subject;
    if (!matches(nonce, envelope.nonce)) throw new BodyError("data.personal.nonce", "must be 12 bytes");
    if (
      !matches(ciphertext, envelope.ct) ||
      Buffer.from(envelope.ct, "base64url").toString("base64url") !== envelope.ct
    )
      throw new BodyError("data.personal.ct", "must be base64url of at least 16 bytes");
    if (!matches(hash, envelope.commit))
      throw new BodyError("data.personal.commit", "must be 64 lower-case hex digits");
  }
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === "string" && pattern.test(value);
}

function named(member: string, pattern: RegExp, value: unknown) {
  if (!matches(pattern, value)) throw new BodyError(member, `must match ${pattern.source}`);
}

function textMember(member: string, value: unknown) {
  if (
    typeof value !== "string" ||
    value === "" ||
    Buffer.byteLength(value, "utf8") > 512 ||
    control.test(value)
  )
    throw new BodyError(member, "must be a text of 1 to 512 bytes without control characters");
}

function timeMember(member: string, value: unknown) {
  const instant = matches(time, value) ? Date.parse(value as string) : Number.NaN;
  if (Number.isNaN(instant) || new Date(instant).toISOString() !== value)
    throw new BodyError(member, "must be a time like 2026-01-31T09:30:00.000Z");
}

function record(member: string, value: unknown, known?: Set<string>) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BodyError(member, "must be an object");
  if (!known) return;
  for (const name of Object.keys(value))
    if (!known.has(name)) throw new BodyError(`${member}.${name}`, "is not a known member");
}
