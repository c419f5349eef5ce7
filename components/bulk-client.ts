import { AnswerError, get, sentenceOf } from "./queue-client";

/**
 * What became of one task of many; `why` says it in a sentence when it was not decided, and `number` which order it is when the
 * page did not name it.
 */
export type BulkResult = { key: string } & ({ done: true } | { done: false; why: string; number?: string });

export type BulkJob = {
  job: string;
  /** Whom the page was drawn for. */
  drawnFor: string;
  step: string;
  verdict: string;
  note: string;
  asOf: string;
  tasks: readonly { order: string; visit: number }[] | { view: string };
};

/**
 * Has many decided, and calls back with the results as they come. Resolves when the last one is there or the signal stopped
 * it; rejects with `AnswerError` when nothing was begun.
 */
export async function decideMany(
  job: BulkJob,
  onResults: (results: BulkResult[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch("/queue/bulk", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/x-ndjson" },
    body: JSON.stringify(job),
    signal,
  });
  if (!response.ok || !response.body) throw new AnswerError(response.status, await sentenceOf(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) onResults(lines.map((line) => JSON.parse(line)));
  }
}

/** How many orders at one step a cut held when its list was shown; `more` says that counting stopped there. */
export type Matching = { count: number; more: boolean };

/** Rejects with `AnswerError`, or what `fetch` rejects with. */
export function fetchMatching(
  asked: { view: string; step: string; asOf: string },
  signal: AbortSignal,
): Promise<Matching> {
  return get(`/queue/matching?${new URLSearchParams(asked)}`, signal);
}
