import type { QueueLine } from "./queue-lines";
import type { QueueViewLink } from "./queue-views";
import type { ReviewData } from "./review-data";

/** What `GET /queue/list` answers. */
export type QueueAnswer = {
  lines: QueueLine[];
  next: string | null;
  /** How many are sorted, the first by time to breach; null when all are. */
  sortedOf: number | null;
  views: QueueViewLink[];
  now: string;
};

/** The console answered, and not with what was asked for. */
export class AnswerError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "AnswerError";
  }
}

/** The answer of a path of this console as JSON. Rejects with `AnswerError`, or what `fetch` rejects with. */
export async function get<Body>(path: string, signal?: AbortSignal): Promise<Body> {
  const response = await fetch(path, { headers: { Accept: "application/json" }, signal });
  if (response.ok) return response.json();
  throw new AnswerError(response.status, await sentenceOf(response));
}

/** What a refusal says to people (RFC 9457), or a sentence of ours when it says nothing. */
export async function sentenceOf(response: Response): Promise<string> {
  const problem: { detail?: string } = await response.json().catch(() => ({}));
  return problem.detail ?? `The console answered with ${response.status}.`;
}

const orders_per_request = 100;

/** A page of a cut of the queue. Rejects with `AnswerError`, or what `fetch` rejects with. */
export function fetchPage(view: string, after: string | null): Promise<QueueAnswer> {
  return get(`/queue/list?${new URLSearchParams({ view, ...(after && { after }) })}`);
}

/** Those of these orders that are in the cut now; of very many at once nothing is asked, and null says so. */
export async function fetchChanged(view: string, orders: readonly string[]): Promise<QueueAnswer | null> {
  if (orders.length > orders_per_request) return null;
  return get(`/queue/list?${new URLSearchParams({ view, orders: orders.join(",") })}`);
}

/** What one order is decided by. */
export function fetchReview(order: string, signal?: AbortSignal): Promise<ReviewData> {
  return get(`/queue/review/${encodeURIComponent(order)}`, signal);
}
