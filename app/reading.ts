import { authContext } from "#lib/auth/context";
import type { AuthorizedActor } from "#lib/domain/authority";
import type { Store } from "#lib/queries/store";
import type { ViewTime } from "../components/format";

/** What the pages read from: this process's database and workspace keys. */
export function store(): Store {
  return authContext();
}

/** From when and where a page is looked at. The zone is the server's, and every page says which it is. */
export function viewNow(): ViewTime {
  return { now: authContext().clock.now(), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

/** A search parameter as one text; given twice, the first counts, and empty is as good as absent. */
export function single(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value) || undefined;
}

/** The person behind an actor, for "is it mine". */
export function personOf(actor: AuthorizedActor): string {
  return actor.person ?? actor.id;
}
