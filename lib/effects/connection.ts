import { z } from "zod";
import type { Doubt } from "./adapter";
import { whatIsWrong } from "./outside-text";
import { readSigningKey, type SigningKey } from "./webhook-signature";
import { readVerifyingKey, type VerifyingKey } from "./webhook-verification";

/**
 * The outside systems this installation may call with `http.call`, by the name workflow definitions use. What is not here
 * is not called: the list of connections is the list of allowed hosts. It holds secrets and comes from a file of the
 * installation, never from a definition or a request.
 */
export type HttpConnections = ReadonlyMap<string, HttpConnection>;

export type HttpConnection = {
  name: string;
  /** Scheme, host and port. */
  origin: URL;
  /** What every path begins with; "" or `/…` without a slash at its end. */
  base: string;
  /** Lower-case names; where the outside wants to know who calls. */
  headers: { readonly [name: string]: string };
  signingKeys: readonly SigningKey[];
  /** What proves that the outside signed a callback; the old and the new while it changes its key. Without one none is taken. */
  callbackKeys: readonly VerifyingKey[];
  /** How long a `pending` answer may take before it is in doubt; absent when it may take for ever. */
  answersWithin_ms?: number;
  concurrency_max: number;
  doubt: Exclude<Doubt, { kind: "probe" }> | { kind: "probe"; lag_ms: number };
  /** Only in the demo: this machine may be called, and without TLS. */
  demo: boolean;
};

const framing =
  /^(connection|content-(length|type|encoding)|expect|host|idempotency-key|keep-alive|te|trailer|transfer-encoding|upgrade|webhook-.*)$/i;
const callbackKeys_max = 4;
const keyOrList = `must be a key or a list of one to ${callbackKeys_max} keys`;
const duration_ms = z.int().positive();

const shape = z.record(
  z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "must be named in lower-case letters, digits and dashes"),
  z.strictObject({
    address: z.string(),
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9-]{1,60}$/),
        z.string().regex(/^[\x20-\x7e]{0,4000}$/, "must be printable ASCII"),
      )
      .default({}),
    signingKeys: z.array(z.string()).max(4).default([]),
    callbackSecret: z
      .union([z.string(), z.array(z.string())], keyOrList)
      .refine(
        (keys) => typeof keys === "string" || (keys.length > 0 && keys.length <= callbackKeys_max),
        keyOrList,
      )
      .optional(),
    answersWithin_ms: duration_ms.optional(),
    concurrency_max: z.int().min(1).max(256).default(8),
    doubt: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("honoursKey"), keyRetention_ms: duration_ms }),
        z.strictObject({ kind: z.literal("probe"), lag_ms: duration_ms }),
        z.strictObject({ kind: z.literal("neither") }),
      ])
      .default({ kind: "neither" }),
  }),
);

/**
 * Reads {name: {address, headers?, signingKeys?, callbackSecret?, answersWithin_ms?, concurrency_max?, doubt?}}. Throws an
 * Error with a sentence that names connection and member and repeats no value.
 */
export function readConnections(value: unknown, { demo }: { demo: boolean }): HttpConnections {
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new Error(`The connections of http.call: ${whatIsWrong(parsed.error)}`);
  return new Map(
    Object.entries(parsed.data).map(([name, { address, signingKeys, callbackSecret, headers, ...rest }]) => {
      const wrong = (problem: string) => new Error(`The connection ${name} of http.call: ${problem}`);
      if (!URL.canParse(address)) throw wrong("address is no URL");
      const { origin, pathname, protocol, username, password, search, hash } = new URL(address);
      if (protocol !== "https:" && !(demo && protocol === "http:")) throw wrong("address is not https");
      if (username || password) throw wrong("address holds credentials: they belong in headers");
      if (search || hash) throw wrong("address has more than a host and a path");
      const ours = Object.keys(headers).find((header) => framing.test(header));
      if (ours) throw wrong(`headers: ${ours} is not a connection's to set`);
      const keyIn = <Key>(read: (key: string) => Key, member: string, key: string): Key => {
        try {
          return read(key);
        } catch (error) {
          throw wrong(`${member}: ${error instanceof Error ? error.message : error}`);
        }
      };
      const keys =
        typeof callbackSecret === "string"
          ? [keyIn(readVerifyingKey, "callbackSecret", callbackSecret)]
          : callbackSecret?.map((key, index) => keyIn(readVerifyingKey, `callbackSecret.${index}`, key));
      return [
        name,
        {
          ...rest,
          name,
          origin: new URL(origin),
          base: pathname.replace(/\/+$/, ""),
          headers: Object.fromEntries(
            Object.entries(headers).map(([key, text]) => [key.toLowerCase(), text]),
          ),
          signingKeys: signingKeys.map((key, index) => keyIn(readSigningKey, `signingKeys.${index}`, key)),
          callbackKeys: keys ?? [],
          demo,
        },
      ];
    }),
  );
}
