import { authContext } from "#lib/auth/context";
import { countMatching } from "#lib/queries/queue";
import { cutNamed } from "#lib/queries/queue-cut";
import { isProblem, problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { demandReaderSession } from "../../reader-session";
import { store } from "../../reading";
import { bulkRequest } from "../deciding-many";

const asOfAsked = bulkRequest.pick({ step: true, asOf: true });

/**
 * `GET /queue/matching?view=…&step=…&asOf=…`: how many orders `POST /queue/bulk` would be about when asked for all of the cut, as
 * `{count, more}`.
 */
export const GET = route(async (request) => {
  const actor = await demandReaderSession(
    "queue",
    "To read the queue you need the role reviewer or supervisor.",
  );
  if (isProblem(actor)) return actor;
  const { view = "", ...rest } = Object.fromEntries(new URL(request.url).searchParams);
  const cut = cutNamed(view);
  const asked = asOfAsked.safeParse(rest);
  if (!cut || !asked.success)
    return problem(422, "invalid", "Say a cut of the queue, a step and an instant.");
  const body = await countMatching(actor, store(), authContext().clock.now(), { ...cut, ...asked.data });
  return { status: 200, body };
});
