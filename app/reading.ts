import { cookies, headers } from "next/headers";
import { cache } from "react";
import { authContext } from "#lib/auth/context";
import type { AuthorizedActor } from "#lib/domain/authority";
import { env } from "#lib/env";
import { type Operations, operations } from "#lib/queries/operations";
import type { Counted } from "#lib/queries/page";
import type { Store } from "#lib/queries/store";
import { type Waiting, waitingFor } from "#lib/queries/waiting";
import { formatNumber, type ViewTime } from "../components/format";
import { localeOf } from "../components/reader-locale";
import { timeZoneCookie, timeZoneOf } from "../components/time-zone-cookie";
import { liveHub } from "./live/hub";

/**
 * Up to where the log was known here before this request first read anything: what came later, its page may lack. Null when
 * this process has not heard of the log yet. Asked once a request.
 */
export const readFrom: () => number | null = cache(() => liveHub().position);

/** What the pages read from: this process's database and workspace keys. */
export function store(): Store {
  readFrom();
  return authContext();
}

/**
 * What waits for this person, asked once a request. The frame of every page wants to know; a page that asks for it together
 * with what it shows itself saves the wait for a second answer.
 */
export const waiting: (actor: AuthorizedActor) => Promise<Waiting> = cache((actor) =>
  waitingFor(actor, store()),
);

/** How much waits for machines and people, and since when; asked once a request, by every part of the page that tells of it. */
export const measures: (actor: AuthorizedActor) => Promise<Operations> = cache((actor) =>
  operations(actor, store(), { now: authContext().clock.now(), backlog_max: env("INTAKE_BACKLOG_MAX") }),
);

/**
 * From when and where a page is looked at: the zone is the one the reader's browser keeps in a cookie, UTC until it has, and
 * dates are written as the region does whose language it asks for.
 */
export async function viewNow(): Promise<ViewTime> {
  const timeZone = timeZoneOf((await cookies()).get(timeZoneCookie)?.value);
  const locale = localeOf((await headers()).get("accept-language"));
  return { now: authContext().clock.now(), timeZone, locale };
}

/** A search parameter as one text; given twice, the first counts, and empty is as good as absent. */
export function single(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value) || undefined;
}

/** A number of waiting things in words; where counting stopped, `andMore` says so: `1,000+`. */
export function counted({ count, more }: Counted, andMore = "+"): string {
  return `${formatNumber(count)}${more ? andMore : ""}`;
}
