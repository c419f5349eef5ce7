const recent_max = 6;

const places = "holdpoint-recent/";
const placeOf = (person: string) => `${places}${person}`;

/** The orders this person looked at in this tab, the latest first: ids and nothing that is personal. */
export function recentOrders(person: string): string[] {
  return (sessionStorage.getItem(placeOf(person)) ?? "").split(",").filter(Boolean);
}

/** Remembers the order whose page this is, if it is one's page. */
export function rememberOrder(person: string, pathname: string): void {
  const id = /^\/orders\/([0-9a-f-]{36})$/.exec(pathname)?.[1];
  if (!id) return;
  const others = recentOrders(person).filter((each) => each !== id);
  sessionStorage.setItem(placeOf(person), [id, ...others].slice(0, recent_max).join());
}

/** Forgets what anybody looked at in this tab. */
export function forgetRecentOrders(): void {
  for (const place of Object.keys(sessionStorage))
    if (place.startsWith(places)) sessionStorage.removeItem(place);
}
