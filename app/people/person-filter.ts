import type { Route } from "next";
import { roles } from "#lib/domain/authority";
import { lines_per_page } from "#lib/queries/page";
import type { PeopleFilter } from "#lib/queries/people";
import { single } from "../reading";

/** The filters of the list of people as they stand in its address. */
export type FilterTexts = { name?: string; role?: string; standing?: string };

const names = ["name", "role", "standing"] as const;

/** The filters of an address, each once. */
export function filterTexts(asked: { [name: string]: string | string[] | undefined }): FilterTexts {
  return Object.fromEntries(names.map((name) => [name, single(asked[name])?.trim() || undefined]));
}

/** What the filters mean; what is no role or standing filters nothing. */
export function filterOf({ name, role, standing }: FilterTexts, from: number): PeopleFilter {
  return {
    name,
    role: roles.find((each) => each === role),
    disabled: standing === "disabled" ? true : standing === "enabled" ? false : undefined,
    from,
  };
}

/** How many come before the page that an address means. */
export function fromOf(text: string | undefined): number {
  return /^\d{1,6}$/.test(text ?? "") ? Math.floor(Number(text) / lines_per_page) * lines_per_page : 0;
}

/** The same filters from another place on. */
export function peopleFrom(texts: FilterTexts, from: number): Route {
  const query = new URLSearchParams();
  for (const name of names) if (texts[name]) query.set(name, texts[name]);
  if (from > 0) query.set("from", `${from}`);
  return `/people${query.size > 0 ? `?${query}` : ""}` as Route;
}
