import { readersOf } from "#lib/queries/permission";
import { isProblem, problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { demandSession } from "#lib/web/session-route";
import { hitsNamed, hitsOf } from "../found";

/**
 * What the palette asks for, as JSON: `GET /search/hits?q=…` gives the orders a number names, `?orders=a,b` those of these
 * that one may see.
 */
export const GET = route(async (request) => {
  const actor = await demandSession();
  if (isProblem(actor)) return actor;
  if (!actor.roles.some((role) => readersOf("ownOrders").includes(role)))
    return problem(403, "refused", "To find orders you need a role. An admin can give you one.");
  const asked = new URL(request.url).searchParams;
  const orders = asked.get("orders");
  const body =
    orders === null
      ? await hitsOf(actor, asked.get("q") ?? "")
      : await hitsNamed(actor, orders.split(",").filter(Boolean));
  return { status: 200, body };
});
