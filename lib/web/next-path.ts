/** Where to go after signing in: a path of our own, or the start. Never another site, whatever the address says. */
export function ownPath(given: string | null | undefined): string {
  if (!given?.startsWith("/") || /[\\\p{Cc}]/u.test(given)) return "/";
  const base = "http://own.invalid";
  const url = URL.canParse(given, base) ? new URL(given, base) : undefined;
  if (url?.origin !== base || url.pathname.startsWith("//") || url.pathname.startsWith("/sign-in"))
    return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
