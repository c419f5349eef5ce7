import { connection } from "next/server";
import { authContext } from "#lib/auth/context";
import { isRejection } from "#lib/domain/rejection";
import { mayRead } from "#lib/queries/permission";
import { admitted, drawnForAnother } from "#lib/web/action";
import { isProblem, problem, problemOf } from "#lib/web/problem";
import { type Answer, readJson, route } from "#lib/web/route";
import { bulkRequest, decideMany } from "../deciding-many";

const bytes_max = 256 * 1024;

/** `POST /queue/bulk`: one verdict on many orders. Answers a line of JSON for each as soon as it is known. */
export const POST = route(async (request): Promise<Answer | ReturnType<typeof problem>> => {
  await connection();
  const actor = await admitted();
  if (isRejection(actor)) return problemOf(actor);
  if (!mayRead(actor, "queue"))
    return problem(403, "refused", "To decide you need the role reviewer or supervisor.");
  const body = await readJson(request, bytes_max);
  if (isProblem(body)) return body;
  const asked = bulkRequest.safeParse(body.value);
  if (!asked.success)
    return problem(422, "invalid", "Something is missing or not right.", {
      errors: asked.error.issues.map(({ path, message }) => ({ field: path.join("."), message })),
    });
  const another = drawnForAnother(actor, asked.data.drawnFor);
  if (another) return problemOf(another);
  const { clock } = authContext();
  const results = decideMany(
    actor,
    asked.data,
    () => clock.now(),
    () => request.signal.aborted,
  );
  return { status: 200, headers: { "Content-Type": "application/x-ndjson" }, stream: linesOf(results) };
});

function linesOf(results: AsyncGenerator<object>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await results.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    async cancel() {
      await results.return(undefined);
    },
  });
}
