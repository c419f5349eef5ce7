/**
 * A refusal with a reason: an ordinary answer, never an exception.
 *
 * `authority` names the rule when the principal lacked the right (the engine then records it in `access/<principal>`);
 * without it the refusal is about the state of things and leaves no event. `message` is a sentence for the person who
 * asked; `whoCan` says who could; `field` names the input at fault and `differs` the fields that disagree.
 */
export type AuthorityRule = "role" | "own request" | "exclusion" | "disabled" | "owner";

export type RejectionCode =
  | "refused"
  | "invalid"
  | "notFound"
  | "alreadyReceived"
  | "contentDiffers"
  | "stale"
  | "heldByAnother"
  | "wrongState"
  | "notPossible"
  | "tooLate"
  | "inProgress"
  | "backlog"
  | "unavailable";

export type Rejection = {
  rejected: true;
  code: RejectionCode;
  message: string;
  authority?: AuthorityRule;
  whoCan?: string;
  field?: string;
  differs?: string[];
  order?: string;
  retryAfter_s?: number;
};

export function reject(code: RejectionCode, message: string, more: Partial<Rejection> = {}): Rejection {
  return { rejected: true, code, message, ...more };
}

export function refuse(authority: AuthorityRule, message: string, whoCan?: string): Rejection {
  return { rejected: true, code: "refused", authority, message, whoCan };
}

export function isRejection(value: unknown): value is Rejection {
  return typeof value === "object" && value !== null && (value as Rejection).rejected === true;
}
