import type { EventBody } from "#lib/log/body";
import type { Json } from "#lib/log/canonical";
import { openEnvelope, type SubjectKeys, subjectKeys, unwrapDataKey } from "#lib/log/envelope";
import { type EventRow, eventColumns, readStored, type Store, type StoredEvent } from "./store";

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

/** What people call the customers of these orders: name, else reference. An order that names none is missing. */
export async function customersOf(
  store: Store,
  orders: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const streams = [...new Set(orders)].map((order) => `order/${order}`);
  if (streams.length === 0) return new Map();
  const [rows, held] = await Promise.all([
    store.database.$queryRawUnsafe<EventRow[]>(
      `SELECT DISTINCT ON (stream) ${eventColumns} FROM event
       WHERE workspace = $1 AND stream = ANY ($2::text[]) AND type IN ('orderReceived', 'orderAmended')
       ORDER BY stream, version DESC`,
      store.keys.workspace,
      streams,
    ),
    keysOf(store, streams),
  ]);
  const named = new Map<string, string>();
  for (const { body } of rows.map(readStored)) {
    const personal = personalOf(body, held);
    const customer = personal && personal !== "erased" ? personal.customer : undefined;
    const name = customerName(customer);
    if (name) named.set(body.stream.slice("order/".length), name);
  }
  return named;
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
