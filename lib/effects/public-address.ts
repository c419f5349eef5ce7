import { lookup } from "node:dns/promises";
import ipaddr from "ipaddr.js";

/**
 * Where a host name leads, checked: a name that anybody may set must not lead into this installation's own network, to
 * the metadata service of a cloud or back to this machine.
 *
 * A call resolves once, checks every address and connects to one of those: a name that answers otherwise a moment later
 * changes nothing.
 */
export type Address = { address: string; family: 4 | 6 };

/** All addresses of a host name, as the system's resolver gives them. Rejects when there is none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/** `hostname` as a URL has it. Rejects when any of its addresses may not be called, and with the resolver's error. */
export async function addressesOf(
  hostname: string,
  resolve: Resolve,
  mayCall: (address: string) => boolean,
): Promise<Address[]> {
  const bare = withoutBrackets(hostname);
  // A connection to a literal address asks no resolver, so it is checked here with the rest.
  const addresses = ipaddr.isValid(bare) ? [bare] : await resolve(bare);
  if (addresses.length === 0) throw new Error(`${hostname} has no address`);
  return addresses.map((address) => {
    if (!mayCall(address)) throw new Error(`${hostname} leads to ${address}, which may not be called`);
    return { address, family: ipaddr.parse(address).kind() === "ipv6" ? 6 : 4 };
  });
}

/** A URL writes a literal IPv6 address in brackets; nothing else does. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** Of the public internet: not private, shared (100.64.0.0/10), link-local, loopback, reserved or a way around in IPv6. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const processed = ipaddr.process(address);
  if (processed.range() !== "unicast") return false;
  // Only 2000::/3 is given out; among the rest are forms such as ::127.0.0.1 that some systems take for the IPv4 address.
  return processed.kind() === "ipv4" || (processed as ipaddr.IPv6).match(givenOut, 3);
}

const givenOut = ipaddr.IPv6.parse("2000::");

export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "loopback";
}
