import { connection } from "next/server";
import { z } from "zod";
import { authContext } from "#lib/auth/context";
import { currentActor } from "#lib/auth/session";
import { renewClaims } from "#lib/engine/claim-lease";
import { mayReadOrder, viewersOf } from "#lib/queries/presence";
import { drawnForAnother, fromOwnPage } from "#lib/web/action";
import { isProblem, problem } from "#lib/web/problem";
import { readJson, route } from "#lib/web/route";
import { aboutToEnd, liveHub } from "../hub";
import { see } from "../presence";

const body_bytes_max = 500;
const told = z.strictObject({
  /** A number the tab has given itself. */
  viewer: z.string().regex(/^[\w-]{1,40}$/),
  order: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .nullable(),
  /** Whom the page was drawn for. */
  drawnFor: z.string(),
});

/** A page says which order it shows, again and again while it does, and is answered who else looks at it. */
export const POST = route(async (request) => {
  await connection();
  if (liveHub().closed) return aboutToEnd();
  if (!(await fromOwnPage()))
    return problem(403, "refused", "This did not come from a page of this console.");
  const actor = await currentActor();
  if (!actor) return problem(401, "unauthenticated", "Sign in to say what you look at.");
  const read = await readJson(request, body_bytes_max);
  if (isProblem(read)) return read;
  const body = told.safeParse(read.value);
  if (!body.success) return problem(422, "invalid", "Say a viewer, an order or null for none, and for whom.");
  if (drawnForAnother(actor, body.data.drawnFor))
    return problem(401, "unauthenticated", "Somebody else is signed in in this browser by now.");

  const { viewer, order } = body.data;
  const store = authContext();
  if (order !== null && !(await mayReadOrder(actor, store, order)))
    return problem(404, "notFound", "There is no such order, or none you may see.");
  // Who looks at what they have claimed is at it.
  if (order !== null)
    await renewClaims(
      actor,
      { database: store.database, workspace: store.keys.workspace },
      order,
      store.clock.now(),
    );
  const here = await see({ viewer, person: actor.person ?? actor.id, order });
  const people = order === null ? [] : await viewersOf(store, here.people(order));
  return { status: 200, body: { people } };
});
