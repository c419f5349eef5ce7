import type { Route } from "next";
import type { Surface } from "#lib/queries/saved-views";

/** Where the pages are whose searches can be saved, and what they are called. */
export const viewPages: { readonly [surface in Surface]: { path: Route; label: string } } = {
  queue: { path: "/queue", label: "Queue" },
  audit: { path: "/audit", label: "Audit" },
};

/** Where a saved view leads. */
export function viewHref(surface: Surface, query: string): Route {
  return `${viewPages[surface].path}?${query}` as Route;
}
