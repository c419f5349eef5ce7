import { createHash } from "node:crypto";
import { canonicalize, type Json } from "./canonical";

/**
 * The event body: the bytes that are the fact (format version 1).
 *
 * `encodeBody` gives the canonical text, `decodeBody` takes only a text that is its own canonical form and has just the
 * members named here, `leafOf` hashes it as RFC 6962 §2.1 hashes a leaf: SHA-256(0x00 ‖ body). Hashes are lower-case hex,
 * times `YYYY-MM-DDTHH:MM:SS.sssZ`, versions count from 1, a body is at most 60 KiB of UTF-8.
 *
 * Rejects with `BodyError`, which names the member.
 */
export const body_bytes_max = 60 * 1024;

export type ActorType = "person" | "apiKey" | "system";

export type EventActor = {
  type: ActorType;
  /** The person, the API key, or for a system actor its part: timer, dispatcher, import. */
  id: string;
  /** How that principal signed in: the issuer and subject of the sign-in, or absent for a system actor. */
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
  data: { [member: string]: Json | undefined };
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
  check(body);
  const text = canonicalize(body as unknown as Json);
  const bytes = Buffer.byteLength(text, "utf8");
  if (bytes > body_bytes_max)
    throw new BodyError("body", `is ${bytes} bytes; an event body is at most ${body_bytes_max}`);
  return text;
}

export function decodeBody(text: string): EventBody {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BodyError("body", "is not JSON");
  }
  check(value);
  if (canonicalize(value as unknown as Json) !== text)
    throw new BodyError("body", "is not in canonical form");
  return value;
}

export function leafOf(bodyText: string): string {
  return createHash("sha256").update("\u0000").update(bodyText, "utf8").digest("hex");
}

const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const hash = /^[0-9a-f]{64}$/;
const salt = /^[0-9a-f]{32}$/;
const members = new Set(
  "v workspace stream version prevHash salt type schema occurredAt recordedAt actor command cause data".split(
    " ",
  ),
);
const actorMembers = new Set(["type", "id", "account", "session", "onBehalfOf"]);
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

export function streamKind(stream: string): StreamKind {
  const kind = stream.slice(0, stream.indexOf("/")) as StreamKind;
  if (!streamKinds.includes(kind) || stream.length < kind.length + 2)
    throw new BodyError("stream", `must be <kind>/<id> with a known kind, not ${JSON.stringify(stream)}`);
  return kind;
}

function check(value: unknown): asserts value is EventBody {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BodyError("body", "must be an object");
  const body = value as EventBody;
  for (const member of Object.keys(body))
    if (!members.has(member)) throw new BodyError(member, "is not a member of an event body");
  if (body.v !== 1) throw new BodyError("v", "must be 1");
  textMember("workspace", body.workspace);
  textMember("stream", body.stream);
  streamKind(body.stream);
  if (!Number.isSafeInteger(body.version) || body.version < 1)
    throw new BodyError("version", "must count from 1");
  if (body.version === 1 ? body.prevHash !== null : !matches(hash, body.prevHash))
    throw new BodyError("prevHash", "must be null in version 1 and a leaf hash afterwards");
  if (!matches(salt, body.salt)) throw new BodyError("salt", "must be 32 lower-case hex digits");
  textMember("type", body.type);
  if (!Number.isSafeInteger(body.schema) || body.schema < 1)
    throw new BodyError("schema", "must count from 1");
  timeMember("occurredAt", body.occurredAt);
  timeMember("recordedAt", body.recordedAt);
  record("actor", body.actor, actorMembers);
  if (!["person", "apiKey", "system"].includes(body.actor.type))
    throw new BodyError("actor.type", "is not known");
  textMember("actor.id", body.actor.id);
  for (const member of ["account", "session", "onBehalfOf"] as const)
    if (body.actor[member] !== undefined) textMember(`actor.${member}`, body.actor[member]);
  record("command", body.command, commandMembers);
  textMember("command.source", body.command.source);
  textMember("command.id", body.command.id);
  if (!matches(hash, body.command.mac))
    throw new BodyError("command.mac", "must be 64 lower-case hex digits");
  if (body.cause !== undefined && !/^[a-z]+\/.+@[1-9]\d*$/.test(body.cause))
    throw new BodyError("cause", "must be stream@version");
  record("data", body.data);
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === "string" && pattern.test(value);
}

function textMember(member: string, value: unknown) {
  if (typeof value !== "string" || value.length === 0 || value.length > 512)
    throw new BodyError(member, "must be a text of 1 to 512 characters");
}

function timeMember(member: string, value: unknown) {
  if (!matches(time, value) || new Date(value as string).toISOString() !== value)
    throw new BodyError(member, "must be a time like 2026-01-31T09:30:00.000Z");
}

function record(member: string, value: unknown, known?: Set<string>) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new BodyError(member, "must be an object");
  if (!known) return;
  for (const name of Object.keys(value))
    if (!known.has(name)) throw new BodyError(`${member}.${name}`, "is not a known member");
}
