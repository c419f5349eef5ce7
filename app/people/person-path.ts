import type { Route } from "next";

/** The page of a person. */
export function personPath(person: string): Route {
  return `/people/${encodeURIComponent(person)}` as Route;
}
