import { logFailure } from "./log-failure";

/**
 * Batches as the bytes of one text, for an answer that may be long: each is asked for when the one before was taken, so that
 * no more than one is held. `textOf` is told which part is the first, for a header; without any batch it is asked for one of
 * nothing, so that such a file has its header all the same. What fails on the way is logged, `during` this route and under
 * the number of the request, and breaks the stream off, so that nobody takes a part for the whole. Who takes no more of it
 * ends the batches too.
 */
export function batchStream<Line>(
  batches: AsyncGenerator<Line[]>,
  textOf: (batch: Line[], first: boolean) => string,
  { during, requestId }: { during: string; requestId: string },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let first = true;
  let wanted = true;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await batches.next();
        if (!wanted) return;
        if (value || first) controller.enqueue(encoder.encode(textOf(value ?? [], first)));
        first = false;
        if (done) controller.close();
      } catch (error) {
        logFailure(during, error, requestId);
        controller.error(error);
      }
    },
    async cancel() {
      wanted = false;
      await batches.return(undefined);
    },
  });
}
