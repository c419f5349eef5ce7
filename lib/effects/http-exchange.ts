import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { Client } from "undici";
import { readJson } from "./answer";
import type { HttpConnection } from "./connection";
import {
  type Address,
  addressesOf,
  isLoopback,
  isPublic,
  type Resolve,
  withoutBrackets,
} from "./public-address";

/**
 * One request and what came of it, as far as can be known.
 *
 * Every exchange has a connection of its own. That costs a handshake, and buys the one thing that matters here: until the
 * connection stood nothing can have been sent, whatever went wrong and however it is called; from then on nothing is known
 * but what the answer says. A connection kept from before may be closed by the other side in the very moment it is used.
 */
export type Exchange =
  /** No byte of the request has left. */
  | { kind: "notSent"; reason: string }
  /** It may have arrived, and no status came back. */
  | { kind: "noAnswer"; reason: string }
  | {
      kind: "answer";
      status: number;
      header(name: string): string | null;
      /** The body, when it is JSON that came whole and not too large. */
      json: unknown;
      /** Why `json` is undefined. */
      unread: string | null;
    };

export type HttpRequest = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  headers: { [name: string]: string };
  body?: string;
};

const header_bytes_max = 16 * 1024;

/** `deadline` ends all of it, also an answer that never stops or comes drop by drop. Redirects are answers like others. */
export async function exchange(
  connection: HttpConnection,
  request: HttpRequest,
  deadline: AbortSignal,
  resolve: Resolve,
): Promise<Exchange> {
  const { name, origin, demo } = connection;
  const why = (what: string, error: unknown) =>
    deadline.aborted ? `${name} ${what} in time` : `${name} ${what} (${codeOf(error)})`;

  let socket: Socket;
  try {
    const mayCall = (address: string) => isPublic(address) || (demo && isLoopback(address));
    const addresses = await before(deadline, addressesOf(origin.hostname, resolve, mayCall));
    socket = await connected(origin, addresses, deadline);
  } catch (error) {
    return { kind: "notSent", reason: why("could not be reached", error) };
  }

  const client = new Client(origin, {
    connect: (_options, callback) => queueMicrotask(() => callback(null, socket)),
    maxHeaderSize: header_bytes_max,
    // The deadline is the only clock: it counts from the beginning and a drop does not wind it up again.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    const response = await before(deadline, client.request({ ...request, signal: deadline }));
    const header = (wanted: string) => textOf(response.headers[wanted]);
    const body = await readBody(response.body, header("content-type"), deadline);
    return { kind: "answer", status: response.statusCode, header, ...body };
  } catch (error) {
    return { kind: "noAnswer", reason: why("did not answer", error) };
  } finally {
    // Also what is still coming in: nobody reads it any more.
    socket.destroy();
    void client.destroy();
  }
}

/** A connection to one of the checked addresses and no other, with the certificate of the host's name where there is TLS. */
function connected(origin: URL, addresses: readonly Address[], deadline: AbortSignal): Promise<Socket> {
  const secure = origin.protocol === "https:";
  const host = withoutBrackets(origin.hostname);
  const port = Number(origin.port) || (secure ? 443 : 80);
  // The only resolver this connection knows: what was checked.
  const lookup: LookupFunction = (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first!.address, first!.family);
  };
  return new Promise((resolve, reject) => {
    const socket = secure
      ? connectSecurely({ host, port, lookup, servername: isIP(host) ? undefined : host })
      : connect({ host, port, lookup });
    const stop = () => socket.destroy(deadline.reason);
    if (deadline.aborted) stop();
    deadline.addEventListener("abort", stop, { once: true });
    socket.on("error", reject).on("close", () => deadline.removeEventListener("abort", stop));
    socket.once(secure ? "secureConnect" : "connect", () => resolve(socket));
  });
}

async function readBody(body: AsyncIterable<Uint8Array>, type: string | null, deadline: AbortSignal) {
  try {
    const json = await readJson(body);
    if (!/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type ?? ""))
      return { json: undefined, unread: `a body of the type ${type ?? "unknown"}` };
    return { json, unread: json === undefined ? "a body that cannot be read" : null };
  } catch (error) {
    const unread = deadline.aborted ? "a body that did not end in time" : `half a body (${codeOf(error)})`;
    return { json: undefined, unread };
  }
}

/** The promise, or the deadline's error when that comes first: not everything can be stopped. */
function before<Value>(deadline: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return new Promise<Value>((resolve, reject) => {
    const stop = () => reject(deadline.reason);
    if (deadline.aborted) stop();
    deadline.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => deadline.removeEventListener("abort", stop));
  });
}

function textOf(header: string | string[] | undefined): string | null {
  return Array.isArray(header) ? (header[0] ?? null) : (header ?? null);
}

function codeOf(error: unknown): string {
  if (error !== null && typeof error === "object" && "code" in error) return String(error.code);
  return error instanceof Error ? error.message : "unknown";
}
