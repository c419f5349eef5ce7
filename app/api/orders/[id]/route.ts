import { z } from "zod";
import { authContext } from "#lib/auth/context";
import { intakeStanding } from "#lib/queries/intake-standing";
import { isProblem, problem } from "#lib/web/problem";
import { demandApiKey, route } from "#lib/web/route";

/** How an order stands, for who handed it in. */
export const GET = route<{ id: string }>(async (request, { params }) => {
  const actor = await demandApiKey(request);
  if (isProblem(actor)) return actor;
  const order = z.uuid().safeParse(params.id);
  const standing = order.success ? await intakeStanding(actor, authContext(), order.data) : null;
  return standing
    ? { status: 200, body: standing }
    : problem(404, "notFound", "There is no such order among those this key may see.");
});
