import type { AuthContext } from "./context";
import { passwordFits } from "./password";
import type { Throttle } from "./throttle";

/**
 * Whether this is the password a person has now, for who wants another one: a browser that was left open is not enough to
 * lock its owner out. Guessing is throttled as at the sign-in, under a name that no e-mail index has.
 */
export async function hasPassword(
  { database, keys }: AuthContext,
  throttle: Throttle,
  person: string,
  password: string,
): Promise<"right" | "wrong" | { retryAfter_s: number }> {
  const place = `person/${person}`;
  const retryAfter_s = await throttle.take(place, place);
  if (retryAfter_s > 0) return { retryAfter_s };
  const credential = await database.credential.findUnique({
    where: { workspace_personId: { workspace: keys.workspace, personId: person } },
    select: { passwordHash: true },
  });
  if (!(await passwordFits(credential?.passwordHash ?? null, password))) return "wrong";
  await throttle.giveBack(place, place);
  return "right";
}
