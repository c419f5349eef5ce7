import { z } from "zod";
import type { FrozenCall, Statuses } from "#lib/domain/http-call";
import type { Doubt, EffectAdapter, EffectInput, EffectOutcome, ProbeOutcome } from "./adapter";
import { readProblem, retryAfter } from "./answer";
import type { HttpConnection, HttpConnections } from "./connection";
import { within } from "./deadline";
import { type Exchange, exchange, type HttpRequest } from "./http-exchange";
import { oneLine, outsideReference, whatIsWrong } from "./outside-text";
import { type Resolve, systemResolve } from "./public-address";
import { webhookHeaders } from "./webhook-signature";

/*
 * The general effect over HTTP: sends what the intent froze, under the effect key, and reads the answer as the workflow
 * definition says. What the definition does not classify is in doubt, a redirect too; none is followed. Where the class of
 * a status needs nothing from the body, a body that is cut or cannot be read changes nothing; where the reference is in it,
 * it is in doubt.
 */

const statuses = z.array(z.union([z.int(), z.tuple([z.int(), z.int()])]));
const path = z.string().startsWith("/");
const frozenCall = z.strictObject({
  method: z.enum(["POST", "PUT", "PATCH", "DELETE"]),
  path,
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
  signature: z.enum(["none", "hmac", "ed25519"]),
  timeout_ms: z.int().positive(),
  answers: z.strictObject({
    confirmed: statuses,
    pending: statuses.optional(),
    rejected: statuses.optional(),
    retryable: statuses.optional(),
    inDoubt: statuses.optional(),
    reference: z.string().optional(),
  }),
  probe: z
    .strictObject({
      path,
      confirmed: statuses,
      pending: statuses.optional(),
      absent: statuses,
      reference: z.string().optional(),
    })
    .optional(),
}) satisfies z.ZodType<FrozenCall>;

export type HttpCallOptions = {
  /** What the workflow definitions call: an adapter is made for each whose connection is known. */
  calls: readonly { effect: string; connection: string; timeout_ms: number }[];
  connections: HttpConnections;
  /** The time of a signature, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  now: () => string;
  resolve?: Resolve;
};

/** One adapter per effect, named as the effect, with the connection's concurrency and what it can do about doubt. */
export function httpCallAdapters({ calls, connections, now, resolve }: HttpCallOptions): EffectAdapter[] {
  return calls.flatMap(({ effect, connection: name, timeout_ms }) => {
    const connection = connections.get(name);
    return connection ? [adapter(effect, timeout_ms, connection, now, resolve ?? systemResolve)] : [];
  });
}

/** Why effects stay INTENDED: the connections they need and this installation does not have. Null when it has all. */
export function connectionsMissing({
  calls,
  connections,
}: Pick<HttpCallOptions, "calls" | "connections">): string | null {
  const missing = calls.filter(({ connection }) => !connections.has(connection));
  if (missing.length === 0) return null;
  const names = [...new Set(missing.map(({ connection }) => connection))].join(", ");
  const effects = missing.map(({ effect }) => effect).join(", ");
  return `HTTP_CALL_CONNECTIONS_FILE has no connection ${names}: ${effects} stay INTENDED until it has.`;
}

function adapter(
  effect: string,
  timeout_ms: number,
  connection: HttpConnection,
  now: () => string,
  resolve: Resolve,
): EffectAdapter {
  const { name, concurrency_max, answersWithin_ms } = connection;

  /** Null when the connection has no key for the signature the definition asks for. */
  async function send(
    call: FrozenCall,
    request: HttpRequest,
    effectKey: string,
    signal: AbortSignal,
  ): Promise<Exchange> {
    const signed =
      call.signature === "none"
        ? {}
        : webhookHeaders(call.signature, connection.signingKeys, {
            id: effectKey,
            at: now(),
            body: request.body ?? "",
          });
    if (!signed) return { kind: "notSent", reason: `The connection ${name} has no ${call.signature} key` };
    const headers = { accept: "application/json", ...request.headers, ...connection.headers, ...signed };
    const path = `${connection.base}${request.path}`;
    return within(
      call.timeout_ms,
      (deadline) => exchange(connection, { ...request, path, headers }, deadline, resolve),
      signal,
    );
  }

  async function probe(input: EffectInput, effectKey: string, signal: AbortSignal): Promise<ProbeOutcome> {
    const call = frozenCall.safeParse(input);
    if (!call.success || !call.data.probe)
      return { kind: "unknown", reason: `The call does not say how ${name} is asked` };
    const { path, reference, ...classes } = call.data.probe;
    const answer = await send(call.data, { method: "GET", path, headers: {} }, effectKey, signal);
    if (answer.kind !== "answer") return { kind: "unknown", reason: answer.reason };
    const kind = classOf(classes, answer.status);
    if (kind === "absent") return { kind };
    const found = kind ? referenceIn(answer, reference, effectKey) : null;
    if (kind === "confirmed" && found) return { kind, receipt: { reference: found } };
    if (kind === "pending" && found) return { kind, reference: found };
    return { kind: "unknown", reason: whatItSaid(name, answer) };
  }

  const doubt: Doubt = connection.doubt.kind === "probe" ? { ...connection.doubt, probe } : connection.doubt;
  return {
    name: effect,
    timeout_ms,
    doubt,
    concurrency_max,
    answersWithin_ms,
    async perform(input: EffectInput, effectKey: string, signal: AbortSignal): Promise<EffectOutcome> {
      if (typeof input.problem === "string")
        return { kind: "rejected", reason: `Not sent: ${input.problem}` };
      const parsed = frozenCall.safeParse(input);
      if (!parsed.success) return { kind: "rejected", reason: `Not sent: ${whatIsWrong(parsed.error)}` };
      const { method, path, body, headers, answers } = parsed.data;
      const own = {
        ...headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        "idempotency-key": effectKey,
      };
      const answer = await send(parsed.data, { method, path, headers: own, body }, effectKey, signal);
      if (answer.kind === "notSent") return { kind: "retryable", reason: answer.reason };
      if (answer.kind === "noAnswer") return { kind: "inDoubt", reason: answer.reason };

      const { reference, ...classes } = answers;
      const reason = whatItSaid(name, answer);
      const kind = classOf(classes, answer.status) ?? "inDoubt";
      switch (kind) {
        case "confirmed":
        case "pending": {
          const found = referenceIn(answer, reference, effectKey);
          if (!found) return { kind: "inDoubt", reason };
          return kind === "pending" ? { kind, reference: found } : { kind, receipt: { reference: found } };
        }
        case "retryable":
          return { kind, reason, ...retryAfter(answer.header) };
        case "rejected":
        case "inDoubt":
          return { kind, reason };
      }
    },
  };
}

function classOf<Class extends string>(
  classes: { readonly [name in Class]?: Statuses },
  status: number,
): Class | undefined {
  return (Object.keys(classes) as Class[]).find((name) =>
    classes[name]?.some((held) => {
      const [from, to] = typeof held === "number" ? [held, held] : held;
      return status >= from && status <= to;
    }),
  );
}

type Answer = Extract<Exchange, { kind: "answer" }>;

/** The outside's own number, or our key where the definition names none; null when it should be there and is not. */
function referenceIn(answer: Answer, pointer: string | undefined, effectKey: string): string | null {
  if (pointer === undefined) return effectKey;
  let found = answer.json;
  for (const token of pointer.slice(1).split("/")) {
    const member = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (found === null || typeof found !== "object" || !Object.hasOwn(found, member)) return null;
    found = (found as { [member: string]: unknown })[member];
  }
  const reference = outsideReference.safeParse(Number.isSafeInteger(found) ? String(found) : found);
  return reference.success ? reference.data : null;
}

function whatItSaid(name: string, answer: Answer): string {
  const { detail } = readProblem(answer.json);
  const also = detail ? `: ${detail}` : answer.status < 300 ? ` with ${answer.unread ?? "no reference"}` : "";
  return oneLine(`${name} answered ${answer.status}${also}`);
}
