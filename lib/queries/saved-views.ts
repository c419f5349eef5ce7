import { type AuthorizedActor, demandActor, type Role } from "#lib/domain/authority";
import { type Rejection, reject } from "#lib/domain/rejection";
import { turnsWriting } from "#lib/domain/text-direction";
import { demandReader, mayRead, type Reading } from "./permission";
import type { Store } from "./store";

/** The pages whose searches can be saved, and what one has to be allowed to read to use them. */
const surfaces = { queue: "queue", audit: "auditLog" } as const satisfies { [surface: string]: Reading };
export type Surface = keyof typeof surfaces;

export function isSurface(text: string | undefined): text is Surface {
  return text !== undefined && Object.hasOwn(surfaces, text);
}

/** Who may save a search for everybody who reads that page. */
const sharers: { readonly [surface in Surface]: readonly Role[] } = {
  queue: ["supervisor", "admin"],
  audit: ["supervisor", "admin", "auditor"],
};

/** A search with a name. `query` is the search part of the page's address, without the question mark. */
export type SavedView = {
  id: string;
  surface: Surface;
  name: string;
  query: string;
  /** Everybody's, or this person's alone. */
  shared: boolean;
  /** Who saved it. */
  by: string;
  /** Whether this actor may rename and remove it. */
  mayChange: boolean;
};

export const views_max = 50;
export const name_characters_max = 60;
const query_characters_max = 1_000;
/** What everybody has together is more than anybody looks through. */
const shown_max = 200;

/** Whether this actor may save a search of this page for everybody. */
export function mayShare(actor: AuthorizedActor, surface: Surface): boolean {
  return mayRead(actor, surfaces[surface]) && actor.roles.some((role) => sharers[surface].includes(role));
}

/** A view is changed by whose it is; one that is shared by who saved it, and by admins. */
const mayChange = "(owner = $2 OR (owner IS NULL AND (created_by = $2 OR $3::boolean)))";

type Row = {
  view_id: string;
  surface: Surface;
  name: string;
  query: string;
  owner: string | null;
  created_by: string;
  may_change: boolean;
};

const columns = `view_id, surface, name, query, owner, created_by, ${mayChange} AS may_change`;

/**
 * The saved searches of a page, the own ones first, each kind by name. Throws for an actor who may not read what the page
 * shows.
 */
export async function savedViews(
  actor: AuthorizedActor,
  store: Store,
  surface: Surface,
): Promise<SavedView[]> {
  demandReader(actor, store.keys.workspace, surfaces[surface]);
  return viewsWhere(actor, store, "surface = $4 AND (owner = $2 OR owner IS NULL)", surface);
}

/** Every view this actor may rename or remove, whatever page it is of. */
export async function changeableViews(actor: AuthorizedActor, store: Store): Promise<SavedView[]> {
  demandActor(actor, store.keys.workspace);
  return viewsWhere(actor, store, mayChange);
}

async function viewsWhere(
  actor: AuthorizedActor,
  { database, keys }: Store,
  condition: string,
  ...parameters: string[]
): Promise<SavedView[]> {
  const rows = await database.$queryRawUnsafe<Row[]>(
    `SELECT ${columns} FROM saved_view WHERE workspace = $1 AND ${condition}
     ORDER BY surface, owner IS NULL, lower(name), view_id LIMIT ${shown_max}`,
    keys.workspace,
    actor.person ?? "",
    isAdmin(actor),
    ...parameters,
  );
  return rows.map((row) => ({
    id: row.view_id,
    surface: row.surface,
    name: row.name,
    query: row.query,
    shared: row.owner === null,
    by: row.created_by,
    mayChange: row.may_change,
  }));
}

export type NewView = { id: string; surface: Surface; name: string; query: string; shared: boolean };

/**
 * Saves a search, for the person or for everybody; null when it is saved. Refused for who may not, for a name that is missing,
 * too long, turns the writing or is taken by another of the person's, and for more than `views_max` of one person.
 */
export async function saveView(
  actor: AuthorizedActor,
  store: Store,
  { id, surface, name, query, shared }: NewView,
  now: string,
): Promise<Rejection | null> {
  const { database, keys } = store;
  demandActor(actor, keys.workspace);
  if (!actor.person || !mayRead(actor, surfaces[surface]))
    return reject("refused", "You may not read this page.");
  if (shared && !mayShare(actor, surface))
    return reject(
      "refused",
      `To save a view for everybody you need the role ${sharers[surface].join(" or ")}.`,
    );
  const called = nameOf(name);
  if (typeof called !== "string") return called;
  if (query.length > query_characters_max) return reject("invalid", "This search is too long to be saved.");
  // One after the other for each person, so that two at once are not one too many.
  const [, rows] = await database.$transaction([
    database.$queryRawUnsafe(
      "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text",
      `${keys.workspace}/${actor.person}`,
    ),
    database.$queryRawUnsafe<{ count: bigint; taken: boolean | null }[]>(
      `WITH own AS (SELECT count(*) AS count, bool_or(surface = $4 AND lower(name) = lower($5)) AS taken
         FROM saved_view WHERE workspace = $1 AND created_by = $2),
       saved AS (INSERT INTO saved_view (workspace, view_id, surface, name, owner, query, created_at, created_by)
         SELECT $1, $3, $4, $5, CASE WHEN $6::boolean THEN NULL ELSE $2 END, $7, $8::timestamptz, $2 FROM own
         WHERE count < ${views_max} AND taken IS NOT TRUE ON CONFLICT DO NOTHING RETURNING view_id)
       SELECT count, taken FROM own WHERE NOT EXISTS (SELECT FROM saved)`,
      keys.workspace,
      actor.person,
      id,
      surface,
      called,
      shared,
      query,
      now,
    ),
  ]);
  const [refused] = rows;
  if (!refused) return null;
  if (refused.taken) return reject("invalid", "You have a view of this name.", { field: "name" });
  if (refused.count >= views_max)
    return reject("notPossible", `You have ${views_max} views. Remove one to save another.`);
  // The same form twice: it is saved.
  return null;
}

/** Gives a view another name; null when it has it. Refused for who may not, and for a name that is none. */
export async function renameView(
  actor: AuthorizedActor,
  store: Store,
  { id, name }: { id: string; name: string },
): Promise<Rejection | null> {
  const called = nameOf(name);
  if (typeof called !== "string") return called;
  return change(
    actor,
    store,
    `UPDATE saved_view SET name = $5 WHERE workspace = $1 AND view_id = $4 AND ${mayChange}`,
    [id, called],
  );
}

/** Removes a view; null when it is gone. Refused for who may not. */
export async function removeView(
  actor: AuthorizedActor,
  store: Store,
  id: string,
): Promise<Rejection | null> {
  return change(
    actor,
    store,
    `DELETE FROM saved_view WHERE workspace = $1 AND view_id = $4 AND ${mayChange}`,
    [id],
  );
}

async function change(
  actor: AuthorizedActor,
  { database, keys }: Store,
  statement: string,
  parameters: readonly string[],
): Promise<Rejection | null> {
  demandActor(actor, keys.workspace);
  const changed = await database.$executeRawUnsafe(
    statement,
    keys.workspace,
    actor.person ?? "",
    isAdmin(actor),
    ...parameters,
  );
  return changed > 0
    ? null
    : reject("refused", "This view is gone, or somebody else’s: who saved it or an admin can change it.");
}

function isAdmin({ roles }: AuthorizedActor): boolean {
  return roles.includes("admin");
}

/** A name as it is kept: one line, without spaces around it. */
function nameOf(typed: string): string | Rejection {
  if (turnsWriting(typed))
    return reject("invalid", "The name holds characters that change the direction of writing.", {
      field: "name",
    });
  const name = typed.replace(/[\p{C}\s]+/gu, " ").trim();
  if (name === "") return reject("invalid", "Give the view a name.", { field: "name" });
  if ([...name].length > name_characters_max)
    return reject("invalid", `A name has at most ${name_characters_max} characters.`, { field: "name" });
  return name;
}
