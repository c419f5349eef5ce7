/**
 * Whether a request that changes something comes from our own pages. A server action is a public endpoint, and Next lets
 * a request without an `Origin` header through, so a missing one is refused here.
 *
 * `host` is the request's own Host header, `address` the console's configured address, for those behind a proxy that
 * changes the host.
 */
export function isOwnOrigin(
  origin: string | null,
  host: string | null,
  address: string | undefined,
): boolean {
  if (!origin || !URL.canParse(origin)) return false;
  const from = new URL(origin);
  if (from.protocol !== "http:" && from.protocol !== "https:") return false;
  if (address && from.origin === new URL(address).origin) return true;
  return host !== null && from.host === host.toLowerCase();
}
