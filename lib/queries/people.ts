import type { AuthorizedActor, Role } from "#lib/domain/authority";
import { lines_per_page } from "./page";
import { namesAt, type PersonVersion } from "./people-names";
import { demandReader } from "./permission";
import { currentGeneration, type Store } from "./store";

/** Sessions begun and used after these instants are open, unless somebody has ended them. */
export type OpenSince = { begunAfter: string; seenAfter: string };

/** Somebody who works here, or did. */
export type PersonLine = {
  person: string;
  name: string;
  roles: Role[];
  disabled: boolean;
  addedAt: string;
  /** When one of their browsers was last heard of, and in how many they are signed in. */
  lastSeenAt: string | null;
  openSessions: number;
};

/** Whom to look for; what is absent filters nothing. */
export type PeopleFilter = {
  /** A part of the name or of the id, in capitals or not. */
  name?: string;
  role?: Role;
  disabled?: boolean;
  /** How many of those who fit come before. */
  from?: number;
};

export type PeoplePage = {
  lines: PersonLine[];
  /** How many fit, and among how many was looked; `more` says that there are people beyond these. */
  fitting: number;
  looked: number;
  more: boolean;
};

/** Names are encrypted, so people are sorted and searched in memory: so many of them, and no more. */
export const people_max = 2_000;

type PersonRow = PersonVersion & { roles: Role[]; disabled: boolean };

/** The people of the workspace by name, a page of them. Throws for an actor who may not read about people. */
export async function peoplePage(
  actor: AuthorizedActor,
  store: Store,
  { name, role, disabled, from = 0 }: PeopleFilter,
  open: OpenSince,
): Promise<PeoplePage> {
  demandReader(actor, store.keys.workspace, "people");
  const rows = await store.database.$queryRawUnsafe<PersonRow[]>(
    `SELECT person_id, version, roles, disabled FROM person
     WHERE workspace = $1 AND generation = ${currentGeneration} ORDER BY person_id LIMIT $2`,
    store.keys.workspace,
    people_max + 1,
  );
  const looked = rows.slice(0, people_max);
  const names = await namesAt(store, looked);
  const wanted = name?.toLocaleLowerCase("en-GB");
  const fitting = looked
    .map((row) => ({ ...row, name: names.person(row.person_id) }))
    .filter((row) => role === undefined || row.roles.includes(role))
    .filter((row) => disabled === undefined || row.disabled === disabled)
    .filter((row) => !wanted || `${row.name}\n${row.person_id}`.toLocaleLowerCase("en-GB").includes(wanted))
    .sort((one, other) => one.name.localeCompare(other.name) || (one.person_id < other.person_id ? -1 : 1));
  const shown = fitting.slice(from, from + lines_per_page);
  const presence = await presenceOf(
    store,
    shown.map(({ person_id }) => person_id),
    open,
  );
  return {
    lines: shown.map(({ person_id, name, roles, disabled }) => {
      const { added_at, last_seen, open_sessions } = presence.get(person_id)!;
      return {
        person: person_id,
        name,
        roles,
        disabled,
        addedAt: added_at.toISOString(),
        lastSeenAt: last_seen?.toISOString() ?? null,
        openSessions: disabled ? 0 : Number(open_sessions),
      };
    }),
    fitting: fitting.length,
    looked: looked.length,
    more: rows.length > people_max,
  };
}

type PresenceRow = { person_id: string; added_at: Date; last_seen: Date | null; open_sessions: bigint };

async function presenceOf(
  { database, keys }: Store,
  people: readonly string[],
  { begunAfter, seenAfter }: OpenSince,
): Promise<ReadonlyMap<string, PresenceRow>> {
  if (people.length === 0) return new Map();
  const rows = await database.$queryRawUnsafe<PresenceRow[]>(
    `SELECT p.person_id, added.recorded_at AS added_at, s.last_seen, s.open_sessions
     FROM unnest($2::text[]) p (person_id)
     JOIN event added ON added.workspace = $1 AND added.stream = 'person/' || p.person_id AND added.version = 1
     CROSS JOIN LATERAL (
       SELECT max(seen_at) AS last_seen, count(*) FILTER (
         WHERE ended_at IS NULL AND created_at > $3::timestamptz AND seen_at > $4::timestamptz) AS open_sessions
       FROM session WHERE workspace = $1 AND person_id = p.person_id) s`,
    keys.workspace,
    [...people],
    begunAfter,
    seenAfter,
  );
  return new Map(rows.map((row) => [row.person_id, row]));
}

/**
 * Whether this is the only admin who may act: without this one nobody here could manage people. Throws for an actor who
 * may not read about people.
 */
export async function isOnlyAdmin(actor: AuthorizedActor, store: Store, person: string): Promise<boolean> {
  demandReader(actor, store.keys.workspace, "people");
  const admins = await store.database.$queryRawUnsafe<{ person_id: string }[]>(
    `SELECT person_id FROM person
     WHERE workspace = $1 AND generation = ${currentGeneration} AND NOT disabled AND roles @> '{admin}' LIMIT 2`,
    store.keys.workspace,
  );
  return admins.length === 1 && admins[0]?.person_id === person;
}
