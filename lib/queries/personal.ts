import type { EventBody } from "#lib/log/body";
import type { Json } from "#lib/log/canonical";
import { openEnvelope, type SubjectKeys, subjectKeys, unwrapDataKey } from "#lib/log/envelope";
import type { Store, StoredEvent } from "./store";

/**
 * Opens what is personal, for queries that have asked the table of permissions first. A subject whose key is gone stays
 * closed: that is what erasing somebody means, so it is an answer and not an error.
 */
export type Personal = { readonly [member: string]: Json };

/** The keys of these subjects; one whose key was deleted is missing. Throws `EnvelopeError` under a wrong workspace key. */
export async function keysOf(
  { database, keys }: Store,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, SubjectKeys>> {
  if (subjects.length === 0) return new Map();
  const rows = await database.subjectKey.findMany({
    where: { workspace: keys.workspace, subject: { in: [...new Set(subjects)] } },
  });
  return new Map(
    rows.map(({ subject, wrapped }) => [
      subject,
      subjectKeys(keys.workspace, subject, unwrapDataKey(keys, subject, wrapped)),
    ]),
  );
}

/** What is personal in an event; null when it has nothing personal, "erased" when its key is gone. */
export function personalOf(
  body: EventBody,
  held: ReadonlyMap<string, SubjectKeys>,
): Personal | "erased" | null {
  if (!body.data.personal) return null;
  const { workspace, stream, type, schema } = body;
  let opened: Personal = {};
  for (const envelope of body.data.personal) {
    const subject = held.get(envelope.subject);
    if (!subject) return "erased";
    opened = { ...opened, ...openEnvelope(subject, { workspace, stream, type, schema }, envelope) };
  }
  return opened;
}

/** A member of something personal when it is a text. */
export function textOf(personal: Personal | "erased" | null, member: string): string | undefined {
  const value = personal && personal !== "erased" ? personal[member] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** What somebody wrote with an event: a note, the reason for it, or what the outside said. */
export function noteOf(body: EventBody, held: ReadonlyMap<string, SubjectKeys>): string | undefined {
  const personal = personalOf(body, held);
  if (personal === "erased") return "What was written here has been erased.";
  return textOf(personal, "note") ?? textOf(personal, "reason") ?? textOf(personal, "detail");
}

/**
 * What a statement over `orders o` (or a row of `orders` called `o`) selects and joins for `customerIn`; `$1` is the
 * workspace. What an order says stands in its newest amendment, else in its first event: two rows of an index, however much
 * has happened to it.
 */
export const customerColumns = "coalesce(amended.body, received.body) AS content, content_key.wrapped";
export const joinCustomer = `LEFT JOIN LATERAL (
    SELECT convert_from(body, 'UTF8') AS body FROM event
    WHERE workspace = $1 AND stream = 'order/' || o.order_id AND type = 'orderAmended'
    ORDER BY version DESC LIMIT 1) amended ON true
  LEFT JOIN LATERAL (
    SELECT convert_from(body, 'UTF8') AS body FROM event
    WHERE workspace = $1 AND stream = 'order/' || o.order_id AND version = 1 LIMIT 1) received ON true
  LEFT JOIN LATERAL (
    SELECT wrapped FROM subject_key WHERE workspace = $1 AND subject = 'order/' || o.order_id LIMIT 1) content_key ON true`;

/** The latest event that says what an order is about, and its key, wrapped; null when it was erased. */
export type CustomerRow = { content: string | null; wrapped: Uint8Array | null };

/** What people call an order's customer: name, else reference. Undefined when none is named, or was erased. */
export function customerIn({ keys }: Store, { content, wrapped }: CustomerRow): string | undefined {
  if (content === null || wrapped === null) return undefined;
  const body: EventBody = JSON.parse(content);
  const subject = body.stream;
  const key = subjectKeys(keys.workspace, subject, unwrapDataKey(keys, subject, wrapped));
  const personal = personalOf(body, new Map([[subject, key]]));
  return personal && personal !== "erased" ? customerName(personal.customer) : undefined;
}

/** What people call a customer: by name, else by reference. */
export function customerName(customer: Json | undefined): string | undefined {
  if (typeof customer !== "object" || customer === null || Array.isArray(customer)) return undefined;
  const { name, reference } = customer as { name?: string; reference?: string };
  return name ?? (reference === undefined ? undefined : `Customer ${reference}`);
}

/** The envelopes' subjects of these events, for `keysOf`. */
export function subjectsOf(events: readonly StoredEvent[]): string[] {
  return [...new Set(events.flatMap(({ body }) => (body.data.personal ?? []).map(({ subject }) => subject)))];
}
