/**
 * Does `work` with a deadline that comes when its time is up, or when `outer` says so. The timer ends with the work: thousands
 * of calls a second must not leave one each behind for as long as a call may take. It is a timer of our own, because signals
 * that are only part of another may be collected before they fire, and the call would never end.
 */
export async function within<Value>(
  most_ms: number,
  work: (deadline: AbortSignal) => Promise<Value>,
  outer?: AbortSignal,
): Promise<Value> {
  const ending = new AbortController();
  const stop = () => ending.abort(outer?.reason);
  if (outer?.aborted) stop();
  outer?.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(() => ending.abort(new DOMException("The time was up.", "TimeoutError")), most_ms);
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", stop);
  }
}
