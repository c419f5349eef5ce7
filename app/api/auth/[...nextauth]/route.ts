import { randomUUID } from "node:crypto";
import { authHandler } from "#lib/auth/session";
import { isRejection } from "#lib/domain/rejection";
import { engine } from "../../../engine";

/** next-auth's own protocol: session, csrf, sign-in, sign-out, and the way back from the provider. */
const handler = authHandler(async (actor, linked) => {
  const command = { type: "person.linkIdentity", ...linked } as const;
  return !isRejection(await (await engine()).execute(command, { actor, source: "oidc", id: randomUUID() }));
});

export { handler as GET, handler as POST };
