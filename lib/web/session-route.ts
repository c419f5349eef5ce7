import { connection } from "next/server";
import { currentActor } from "#lib/auth/session";
import type { AuthorizedActor } from "#lib/domain/authority";
import { type Problem, problem } from "./problem";

/** Who asks from a page of the console, or the problem that nobody is signed in: what a page fetches is gated like itself. */
export async function demandSession(): Promise<AuthorizedActor | Problem> {
  await connection();
  return (
    (await currentActor()) ??
    problem(401, "unauthenticated", "You are no longer signed in. Sign in again; nothing you typed is lost.")
  );
}
