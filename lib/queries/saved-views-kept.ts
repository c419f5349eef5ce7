import { cutAsked, cutQuery, isOwn } from "./queue-cut";
import type { Surface } from "./saved-views";

/** A place in a list or that it is watched belongs to a moment, not to what is looked for. */
const ofTheMoment = ["upTo", "tail"];

/** What of an address's search part is kept; null when there is nothing worth keeping. */
export function searchKept(surface: Surface, query: string): string | null {
  const asked = new URLSearchParams(query);
  if (surface === "queue") {
    const cut = cutAsked(Object.fromEntries(asked));
    return isOwn(cut) ? cutQuery(cut) : null;
  }
  for (const name of ofTheMoment) asked.delete(name);
  for (const [name, value] of [...asked]) if (value === "") asked.delete(name);
  asked.sort();
  return `${asked}` || null;
}
