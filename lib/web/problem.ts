import type { Rejection, RejectionCode } from "#lib/domain/rejection";

/**
 * A refusal as machines read it: RFC 9457. `code` becomes `type` as `urn:holdpoint:problem:<code>`; `errors` says what is
 * wrong with which member of the request.
 */
export type Problem = {
  problem: true;
  status: number;
  code: string;
  title: string;
  detail: string;
  errors?: { field: string; message: string }[];
  more?: Record<string, unknown>;
  headers?: Record<string, string>;
};

const titles: { readonly [status: number]: string } = {
  400: "The request cannot be read",
  401: "Not authenticated",
  403: "Not allowed",
  404: "Not found",
  409: "In conflict with what is there",
  413: "Too large",
  422: "The content is not right",
  429: "Too much at once",
  500: "An error of ours",
  503: "Not available",
};

/** Makes a problem; `code` names the kind for machines, `detail` says it to people. */
export function problem(status: number, code: string, detail: string, more: Partial<Problem> = {}): Problem {
  return { problem: true, status, code, title: titles[status] ?? "Refused", detail, ...more };
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && (value as Problem).problem === true;
}

const statuses: Record<RejectionCode, number> = {
  refused: 403,
  invalid: 422,
  notFound: 404,
  alreadyReceived: 409,
  contentDiffers: 422,
  stale: 409,
  heldByAnother: 409,
  wrongState: 409,
  notPossible: 409,
  tooLate: 409,
  inProgress: 409,
  backlog: 429,
  unavailable: 503,
};

/** When to ask again what could not be done for a reason that passes by itself. */
export const retryAfter_s_usual = 5;

/** The engine's refusal as a problem. */
export function problemOf(rejection: Rejection): Problem {
  const { code, message, whoCan, field, differs, order } = rejection;
  const passes = code === "unavailable" ? retryAfter_s_usual : undefined;
  const { retryAfter_s = passes } = rejection;
  const fields = differs ?? (field ? [field] : []);
  return problem(statuses[code], code, message, {
    errors: fields.length > 0 ? fields.map((name) => ({ field: name, message })) : undefined,
    more: { order, whoCan },
    headers: retryAfter_s ? { "Retry-After": `${retryAfter_s}` } : undefined,
  });
}

/** What a problem says, as RFC 9457 has it. */
export function problemBody(given: Problem, requestId: string): Record<string, unknown> {
  const { status, code, title, detail, errors, more } = given;
  return { type: `urn:holdpoint:problem:${code}`, title, status, detail, errors, ...more, requestId };
}

/** The answer itself, as `application/problem+json`. */
export function problemResponse(given: Problem, requestId: string): Response {
  const { status, headers } = given;
  return new Response(JSON.stringify(problemBody(given, requestId)), {
    status,
    headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store", ...headers },
  });
}
