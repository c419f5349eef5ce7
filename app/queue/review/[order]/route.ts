import { isProblem, problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { demandSession } from "#lib/web/session-route";
import { viewNow } from "../../../reading";
import { reviewOf } from "../../review";

/** `GET /queue/review/<order>`: what is decided beside the queue's list, and what this person may do with it now. */
export const GET = route<{ order: string }>(async (_, { params }) => {
  const actor = await demandSession();
  if (isProblem(actor)) return actor;
  const review = await reviewOf(actor, params.order, await viewNow());
  return review
    ? { status: 200, body: review }
    : problem(404, "notFound", "There is no such order, or none you may see.");
});
