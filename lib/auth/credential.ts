import { emailIndex } from "#lib/log/keys";
import { Prisma } from "../../prisma/client/client";
import type { AuthContext } from "./context";
import { endSessionsOf } from "./live-session";
import { hashPassword } from "./password";

/**
 * Gives a person a password, the first or another, and ends all their sessions. The address they sign in by is the one
 * they were added with: the log knows its index, so that lost credentials can be given anew.
 *
 * Returns `unknown` when there is no such person, `taken` when somebody else signs in by the same address.
 */
export async function givePassword(
  context: AuthContext,
  person: string,
  password: string,
): Promise<"given" | "unknown" | "taken"> {
  const { database, keys, clock } = context;
  const { workspace } = keys;
  const index = await indexInLog(context, person);
  if (index === null) return "unknown";
  const kept = { emailIndex: index, passwordHash: await hashPassword(password), changedAt: clock.now() };
  try {
    await database.credential.upsert({
      where: { workspace_personId: { workspace, personId: person } },
      create: { workspace, personId: person, ...kept },
      update: kept,
    });
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002") return "taken";
    throw error;
  }
  await endSessionsOf(context, person);
  return "given";
}

/** Who signs in by this address, or null. */
export async function whoSignsInBy({ database, keys }: AuthContext, email: string): Promise<string | null> {
  const { workspace } = keys;
  const found = await database.credential.findUnique({
    where: { workspace_emailIndex: { workspace, emailIndex: emailIndex(keys, email) } },
    select: { personId: true },
  });
  return found?.personId ?? null;
}

async function indexInLog({ database, keys }: AuthContext, person: string): Promise<string | null> {
  const [row] = await database.$queryRawUnsafe<{ index: string | null }[]>(
    `SELECT convert_from(body, 'UTF8')::jsonb #>> '{data,emailIndex}' AS index
     FROM event WHERE workspace = $1 AND stream = $2 AND version = 1`,
    keys.workspace,
    `person/${person}`,
  );
  return row?.index ?? null;
}
