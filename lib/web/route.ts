import { randomUUID } from "node:crypto";
import { apiKeyActor } from "#lib/auth/api-key";
import { authContext } from "#lib/auth/context";
import type { AuthorizedActor } from "#lib/domain/authority";
import { count } from "./counters";
import { isDatabaseAway } from "./database-away";
import { log } from "./log";
import { logFailure } from "./log-failure";
import { isProblem, type Problem, problem, problemResponse, retryAfter_s_usual } from "./problem";

/**
 * What happens to every request of a machine: it gets a number that stands on the answer (`X-Request-Id`, also on
 * success) and in the log's line of a request that failed, a refusal is a problem (RFC 9457), and what nobody foresaw is
 * logged under the number and not told. A database that is away will be back: 503, when to try again, and no more. A body is
 * answered as JSON, a text, bytes and a stream as they are.
 */
export type Answer = { status: number; headers?: Record<string, string> } & (
  | { body: unknown }
  | { text: string }
  | { stream: ReadableStream<Uint8Array> }
  | { bytes: Uint8Array<ArrayBuffer> }
);

export type RouteContext<Params> = {
  requestId: string;
  params: Params;
  /** The problem that what nobody foresaw makes of a part of the request; one error is logged once, however many parts it hits. */
  failed(error: unknown): Problem;
};

export type RouteHandler<Params> = (
  request: Request,
  context: RouteContext<Params>,
) => Promise<Answer | Problem>;

/** Makes a route handler, as Next takes it. */
export function route<Params extends object = Record<never, string>>(
  handle: RouteHandler<Params>,
): (request: Request, context: { params: Promise<Params> }) => Promise<Response> {
  return async (request, context) => {
    const requestId = randomUUID();
    // A built console gives a path without parameters none at all, whatever its types say.
    const params = (await context.params) ?? ({} as Params);
    const response = await answer(handle, request, params, requestId);
    response.headers.set("X-Request-Id", requestId);
    return response;
  };
}

async function answer<Params extends object>(
  handle: RouteHandler<Params>,
  request: Request,
  params: Params,
  requestId: string,
): Promise<Response> {
  const failed = failing(routeOf(request, params), requestId);
  try {
    const answered = await handle(request, { requestId, params, failed });
    if (isProblem(answered)) {
      logRefusal(routeOf(request, params), answered, requestId);
      return problemResponse(answered, requestId);
    }
    const { status } = answered;
    const headers = { "Cache-Control": "no-store", ...answered.headers };
    if ("bytes" in answered) return new Response(answered.bytes, { status, headers });
    if ("stream" in answered) return new Response(answered.stream, { status, headers });
    if ("text" in answered) return new Response(answered.text, { status, headers });
    return Response.json(answered.body, { status, headers });
  } catch (error) {
    return problemResponse(failed(error), requestId);
  }
}

function failing(during: string, requestId: string): RouteContext<never>["failed"] {
  const logged = new Set<unknown>();
  return (error) => {
    if (!logged.has(error)) logFailure(during, error, requestId);
    logged.add(error);
    return isDatabaseAway(error)
      ? problem(
          503,
          "unavailable",
          "The database is away. What was asked for may have been done or not: ask again, the same way.",
          { headers: { "Retry-After": `${retryAfter_s_usual}` } },
        )
      : problem(500, "internal", "Something went wrong on our side. It is logged under this request's id.");
  };
}

/** Who sends no good key, or too much at once, is anonymous and many: a flood of them fills no log. */
function logRefusal(during: string, { status, code }: Problem, requestId: string): void {
  const level = status === 401 || status === 429 ? "debug" : "info";
  log()[level]({ requestId, during, status, code }, "refused");
}

/** Which route it was: what was asked for in a parameter or in the query may be anything, a name too. */
function routeOf(request: Request, params: object): string {
  const names = new Map(Object.entries(params).map(([name, value]) => [`${value}`, `[${name}]`]));
  const segments = new URL(request.url).pathname.split("/");
  return `${request.method} ${segments.map((segment) => names.get(decoded(segment)) ?? segment).join("/")}`;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export const body_bytes_max = 64 * 1024;

/** The body's bytes, or the problem that they are too many, where reading stops, or broke off: then nobody hears of it. */
export async function readBytes(request: Request, bytes_max = body_bytes_max): Promise<Uint8Array | Problem> {
  const tooLarge = problem(413, "tooLarge", `A request's body is at most ${bytes_max} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > bytes_max) return tooLarge;
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of request.body ?? []) {
      length += part.byteLength;
      if (length > bytes_max) return tooLarge;
      parts.push(part);
    }
  } catch {
    return problem(400, "brokenOff", "The request's body broke off.");
  }
  return Buffer.concat(parts);
}

/** The body as JSON in UTF-8, or the problem with it. */
export async function readJson(
  request: Request,
  bytes_max = body_bytes_max,
): Promise<{ value: unknown } | Problem> {
  const bytes = await readBytes(request, bytes_max);
  if (isProblem(bytes)) return bytes;
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    return problem(400, "malformed", "The body is not JSON in UTF-8.");
  }
}

/** Whose API key the request carries, or the problem that it carries none that is good. */
export async function demandApiKey(request: Request): Promise<AuthorizedActor | Problem> {
  const actor = await apiKeyActor(authContext(), request.headers.get("authorization"));
  if (actor) return actor;
  count("apiKeysRefused");
  return problem(401, "unauthenticated", "Send a valid API key as Authorization: Bearer hp_….", {
    headers: { "WWW-Authenticate": 'Bearer realm="holdpoint"' },
  });
}
