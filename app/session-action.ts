import { unstable_rethrow } from "next/navigation";
import { z } from "zod";
import type { AuthorizedActor, Role } from "#lib/domain/authority";
import { isRejection } from "#lib/domain/rejection";
import { admitted } from "#lib/web/action";
import { logFailure } from "#lib/web/log-failure";
import type { CommandState } from "../components/command-form";

const fields = z.record(z.string(), z.string());

/**
 * Makes a server action that ends sessions. Sessions are rows beside the log and no event, so what `commandAction` leaves to
 * the engine is asked here: with `roles`, one of them is needed. `end` answers with what to say.
 */
export function sessionAction(
  roles: readonly Role[],
  end: (typed: Readonly<Record<string, string>>, actor: AuthorizedActor) => Promise<string>,
): (state: CommandState, data: FormData) => Promise<CommandState> {
  return async (_, data) => {
    try {
      const actor = await admitted(roles);
      if (isRejection(actor)) return { status: "refused", message: actor.message };
      const typed = fields.safeParse(
        Object.fromEntries(
          [...data].filter(([name, value]) => typeof value === "string" && !name.startsWith("$")),
        ),
      );
      return { status: "done", message: await end(typed.data ?? {}, actor) };
    } catch (error) {
      unstable_rethrow(error);
      const reference = logFailure("an action", error);
      return {
        status: "refused",
        message: `That did not work, and it is not your fault. Try again; reference ${reference}.`,
      };
    }
  };
}
