import { type AuthorizedActor, demandActor, type Role } from "#lib/domain/authority";
import type { RecordedEvent } from "#lib/domain/events";
import { evolvePerson, type PersonState } from "#lib/domain/person";
import { factsOf } from "./event-facts";
import type { HistoryLine } from "./order-history";
import { actorKindOf } from "./order-reading";
import type { OpenSince } from "./people";
import { namesOf } from "./people-names";
import { demandReader, mayRead } from "./permission";
import { keysOf, personalOf, textOf } from "./personal";
import { sentenceOf } from "./sentences";
import { readStreams, type Store, type StoredEvent } from "./store";
import { actorWords } from "./words";

/** Who did something, in words, and when. */
export type Deed = { by: string; at: string };

/** An account elsewhere by which somebody signs in. */
export type IdentityLine = { issuer: string; identity: string; linkedAt: string };

export type ApiKeyLine = { apiKey: string; made: Deed; revoked: Deed | null };

/** A browser in which somebody is signed in. */
export type SessionLine = { session: string; begunAt: string; seenAt: string };

/** Somebody who works here, as their own events leave them. */
export type PersonRecord = {
  person: string;
  name: string;
  /** Null for who may not read addresses, and of somebody who was erased. */
  email: string | null;
  added: Deed;
  disabled: Deed | null;
  roles: { role: Role; given: Deed }[];
  identities: IdentityLine[];
  /** Newest first. */
  apiKeys: ApiKeyLine[];
  /** Open ones, the last used first, at most `sessions_max`. */
  sessions: SessionLine[];
  /** Oldest first. */
  history: HistoryLine[];
};

export const sessions_max = 50;

/** What is known of somebody; null when there is nobody of this id. Throws for an actor who may not read about people. */
export async function personRecord(
  actor: AuthorizedActor,
  store: Store,
  person: string,
  open: OpenSince,
): Promise<PersonRecord | null> {
  demandReader(actor, store.keys.workspace, "people");
  return recordOf(store, person, open, mayRead(actor, "emailAddresses"));
}

/** What is known of the actor: everybody may read it of themselves. Null for an actor who is no person. */
export async function ownRecord(
  actor: AuthorizedActor,
  store: Store,
  open: OpenSince,
): Promise<PersonRecord | null> {
  demandActor(actor, store.keys.workspace);
  return actor.type === "person" && actor.person ? recordOf(store, actor.person, open, true) : null;
}

async function recordOf(
  store: Store,
  person: string,
  open: OpenSince,
  withEmail: boolean,
): Promise<PersonRecord | null> {
  const stream = `person/${person}`;
  const [streams, held, sessions] = await Promise.all([
    readStreams(store, [stream]),
    keysOf(store, [stream]),
    openSessionsOf(store, person, open),
  ]);
  const stored = streams.get(stream) ?? [];
  const added = stored[0];
  if (!added) return null;
  const state = stored.reduce<PersonState | null>(
    (before, { event }) => (event ? evolvePerson(before, event) : before),
    null,
  );
  const names = await namesOf(store, [person, ...stored.flatMap(({ body }) => actorsOf(body.actor))]);
  const deed = ({ body }: StoredEvent): Deed => ({
    by: actorWords(body.actor, names.person).name,
    at: body.recordedAt,
  });
  const at = (reference: string) =>
    stored.find(({ body }) => `${body.stream}@${body.version}` === reference) ?? added;
  const disabling = stored.findLast(({ event }) => event?.type === "personDisabled");
  const newestFirst = stored.toReversed();
  return {
    person,
    name: names.person(person),
    email: withEmail ? (textOf(personalOf(added.body, held), "email") ?? null) : null,
    added: deed(added),
    disabled: state?.disabled && disabling ? deed(disabling) : null,
    roles: (state?.grants ?? []).map(({ role, grantedBy }) => ({ role, given: deed(at(grantedBy)) })),
    identities: (state?.identities ?? []).map(({ issuer, identity }) => ({
      issuer,
      identity,
      linkedAt: (newestFirst.find(links(identity)) ?? added).body.recordedAt,
    })),
    apiKeys: newestFirst.flatMap((made) =>
      made.event?.type === "apiKeyCreated"
        ? [keyLine(made.event.data.apiKey, deed(made), stored.find(revokes(made.event.data.apiKey)), deed)]
        : [],
    ),
    sessions,
    history: stored.map((each) => historyLine(each, names.person)),
  };
}

function keyLine(
  apiKey: string,
  made: Deed,
  revoked: StoredEvent | undefined,
  deed: (stored: StoredEvent) => Deed,
): ApiKeyLine {
  return { apiKey, made, revoked: revoked ? deed(revoked) : null };
}

function revokes(apiKey: string): (stored: StoredEvent) => boolean {
  return ({ event }) => event?.type === "apiKeyRevoked" && event.data.apiKey === apiKey;
}

function links(identity: string): (stored: StoredEvent) => boolean {
  return ({ event }) => event?.type === "identityLinked" && event.data.identity === identity;
}

function actorsOf({ id, onBehalfOf }: RecordedEvent["actor"]): string[] {
  return onBehalfOf ? [id, onBehalfOf] : [id];
}

type SessionRow = { session_id: string; created_at: Date; seen_at: Date };

/** A disabled person has none: whatever their rows say, nobody is let in by them. */
async function openSessionsOf(
  { database, keys }: Store,
  person: string,
  { begunAfter, seenAfter }: OpenSince,
): Promise<SessionLine[]> {
  const rows = await database.$queryRawUnsafe<SessionRow[]>(
    `SELECT s.session_id, s.created_at, s.seen_at FROM session s
     JOIN workspace_head h ON h.workspace = s.workspace
     JOIN person p ON p.workspace = s.workspace AND p.generation = h.generation AND p.person_id = s.person_id
     WHERE s.workspace = $1 AND s.person_id = $2 AND NOT p.disabled
       AND s.ended_at IS NULL AND s.created_at > $3::timestamptz AND s.seen_at > $4::timestamptz
     ORDER BY s.seen_at DESC, s.session_id LIMIT ${sessions_max}`,
    keys.workspace,
    person,
    begunAfter,
    seenAfter,
  );
  return rows.map(({ session_id, created_at, seen_at }) => ({
    session: session_id,
    begunAt: created_at.toISOString(),
    seenAt: seen_at.toISOString(),
  }));
}

function historyLine(stored: StoredEvent, person: (id: string) => string): HistoryLine {
  const { body, event, leaf } = stored;
  const said = event
    ? sentenceOf(event, { person })
    : { sentence: `${body.type} happened, which this version of Holdpoint cannot read.`, technical: false };
  return {
    id: `${body.stream}@${body.version}`,
    version: body.version,
    type: body.type,
    at: body.recordedAt,
    actor: { name: actorWords(body.actor, person).name, kind: actorKindOf(stored) },
    ...said,
    facts: event ? factsOf(event) : [],
    detail: JSON.stringify(body.data, null, 2),
    leaf,
  };
}
