import type { Role } from "#lib/domain/authority";
import { keysOf, personalOf, textOf } from "./personal";
import { currentGeneration, type EventRow, eventColumns, readStored, type Store } from "./store";

/**
 * What people are called. Names are personal and stand encrypted in each person's own stream; a name once opened is kept
 * in memory by the version of that stream, so a page with a hundred lines opens none twice.
 */
export type Names = { readonly person: (id: string) => string };

const names_max = 10_000;
const known = new Map<string, { version: number; name: string }>();

/** Somebody, and the version of their stream that the projection stands at: how a kept name is known to be the present one. */
export type PersonVersion = { person_id: string; version: number };

/** The names of these people. Somebody erased, or of another workspace, is called by the id. */
export async function namesOf(store: Store, people: readonly string[]): Promise<Names> {
  const wanted = [...new Set(people)];
  if (wanted.length > 0) {
    const versions = await store.database.$queryRawUnsafe<PersonVersion[]>(
      `SELECT person_id, version FROM person
       WHERE workspace = $1 AND generation = ${currentGeneration} AND person_id = ANY ($2::text[])`,
      store.keys.workspace,
      wanted,
    );
    await open(store, versions);
  }
  return namesHeld(store);
}

/** The names of people whose versions another statement has read already. */
export async function namesAt(store: Store, people: readonly PersonVersion[]): Promise<Names> {
  await open(store, people);
  return namesHeld(store);
}

function namesHeld(store: Store): Names {
  return { person: (id) => known.get(place(store, id))?.name ?? id };
}

/**
 * The people who have one of these roles, may act and are none of `excluded`, by name; at most `people_max` of them, and
 * how many there are in all.
 */
export async function holdersOf(
  store: Store,
  roles: readonly Role[],
  excluded: readonly string[],
  people_max: number,
): Promise<{ people: { id: string; name: string }[]; total: number }> {
  const holders = await store.database.$queryRawUnsafe<(PersonVersion & { total: bigint })[]>(
    `SELECT person_id, version, count(*) OVER () AS total FROM person
     WHERE workspace = $1 AND generation = ${currentGeneration} AND NOT disabled
       AND roles && $2::text[] AND NOT (person_id = ANY ($3::text[]))
     ORDER BY person_id LIMIT $4`,
    store.keys.workspace,
    [...roles],
    [...excluded],
    people_max,
  );
  await open(store, holders);
  const people = holders.map(({ person_id: id }) => ({ id, name: known.get(place(store, id))?.name ?? id }));
  return {
    people: people.sort((one, other) => one.name.localeCompare(other.name)),
    total: Number(holders[0]?.total ?? 0),
  };
}

/** Everybody of the workspace, by name, at most `people_max`. */
export async function everybody(store: Store, people_max: number): Promise<{ id: string; name: string }[]> {
  const people = await store.database.$queryRawUnsafe<PersonVersion[]>(
    `SELECT person_id, version FROM person WHERE workspace = $1 AND generation = ${currentGeneration}
     ORDER BY person_id LIMIT $2`,
    store.keys.workspace,
    people_max,
  );
  await open(store, people);
  return people
    .map(({ person_id }) => ({ id: person_id, name: known.get(place(store, person_id))?.name ?? person_id }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

async function open(store: Store, people: readonly PersonVersion[]): Promise<void> {
  const stale = people.filter(
    ({ person_id, version }) => known.get(place(store, person_id))?.version !== version,
  );
  if (stale.length === 0) return;
  const streams = [...new Set(stale.map(({ person_id }) => `person/${person_id}`))];
  const [rows, held] = await Promise.all([
    store.database.$queryRawUnsafe<EventRow[]>(
      `SELECT DISTINCT ON (stream) ${eventColumns} FROM event
       WHERE workspace = $1 AND stream = ANY ($2::text[]) AND type = 'personAdded'
       ORDER BY stream, version DESC`,
      store.keys.workspace,
      streams,
    ),
    keysOf(store, streams),
  ]);
  if (known.size + stale.length > names_max) known.clear();
  const bodies = new Map(rows.map(readStored).map(({ body }) => [body.stream, body]));
  for (const { person_id, version } of stale) {
    const body = bodies.get(`person/${person_id}`);
    const name = body && textOf(personalOf(body, held), "name");
    known.set(place(store, person_id), { version, name: name ?? person_id });
  }
}

function place({ keys }: Store, person: string): string {
  return `${keys.workspace}/${person}`;
}
