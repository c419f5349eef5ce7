import type { AuthContext } from "./context";
import { emailIndex } from "./email-index";
import { endSessionsOf } from "./live-session";
import { hashPassword } from "./password";

/**
 * Gives a person a first password with the e-mail address to sign in by. Throws when another person of the workspace
 * signs in by the same address.
 */
export async function addCredential(
  context: AuthContext,
  person: string,
  email: string,
  password: string,
): Promise<void> {
  const { database, keys, clock } = context;
  await database.credential.create({
    data: {
      workspace: keys.workspace,
      personId: person,
      emailIndex: emailIndex(keys, email),
      passwordHash: await hashPassword(password),
      changedAt: clock.now(),
    },
  });
}

/** Gives a person another password and ends all their sessions. False when the person has no sign-in at all. */
export async function changePassword(
  context: AuthContext,
  person: string,
  password: string,
): Promise<boolean> {
  const { database, keys, clock } = context;
  const { count } = await database.credential.updateMany({
    where: { workspace: keys.workspace, personId: person },
    data: { passwordHash: await hashPassword(password), changedAt: clock.now() },
  });
  if (count > 0) await endSessionsOf(context, person);
  return count > 0;
}

/** Whether somebody signs in by this address already. */
export async function isTaken({ database, keys }: AuthContext, email: string): Promise<boolean> {
  const found = await database.credential.findUnique({
    where: {
      workspace_emailIndex: { workspace: keys.workspace, emailIndex: emailIndex(keys, email) },
    },
    select: { personId: true },
  });
  return found !== null;
}
