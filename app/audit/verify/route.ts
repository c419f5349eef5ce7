import { connection } from "next/server";
import { currentActor } from "#lib/auth/session";
import { mayRead } from "#lib/queries/permission";
import { problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { latestVerification } from "../verification";

/** How far a verification is: `GET /audit/verify?job=<id>`, for those who may read the log. */
export const GET = route(async (request) => {
  await connection();
  const actor = await currentActor();
  if (!actor) return problem(401, "unauthenticated", "Sign in to follow a verification.");
  if (!mayRead(actor, "auditLog"))
    return problem(403, "refused", "To follow a verification you need the role auditor or admin.");
  const job = latestVerification();
  if (!job || job.id !== new URL(request.url).searchParams.get("job"))
    return problem(404, "notFound", "This process knows of no such verification. Start another.");
  return { status: 200, body: job };
});
