import { emailIndex } from "#lib/log/keys";
import type { AuthContext } from "./context";
import { beginSession } from "./live-session";
import { passwordFits } from "./password";
import type { Throttle } from "./throttle";

export type SignIn =
  | { kind: "signedIn"; person: string; sessionId: string }
  /** Unknown, wrong or disabled: which of them is nobody's business. */
  | { kind: "refused" }
  | { kind: "throttled"; retryAfter_s: number };

export type Claim = { email: string; password: string; address: string };

/** Signs somebody in by e-mail and password and begins a session. Takes the same time whatever is wrong. */
export async function signIn(
  context: AuthContext,
  throttle: Throttle,
  { email, password, address }: Claim,
): Promise<SignIn> {
  const { database, keys } = context;
  const index = emailIndex(keys, email);
  const retryAfter_s = await throttle.take(index, address);
  if (retryAfter_s > 0) return { kind: "throttled", retryAfter_s };

  const [credential] = await database.$queryRawUnsafe<{ person_id: string; password_hash: string }[]>(
    `SELECT c.person_id, c.password_hash FROM credential c
     JOIN workspace_head h ON h.workspace = c.workspace
     JOIN person p ON p.workspace = c.workspace AND p.generation = h.generation AND p.person_id = c.person_id
     WHERE c.workspace = $1 AND c.email_index = $2 AND NOT p.disabled`,
    keys.workspace,
    index,
  );
  if (!(await passwordFits(credential?.password_hash ?? null, password))) return { kind: "refused" };
  await throttle.giveBack(index, address);
  const person = credential!.person_id;
  return { kind: "signedIn", person, sessionId: await beginSession(context, person) };
}
