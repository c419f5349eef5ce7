import { z } from "zod";
import type { AuthorizedActor, Role } from "#lib/domain/authority";
import { isRejection } from "#lib/domain/rejection";
import { admitted, unforeseen } from "#lib/web/action";
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
      return { status: "refused", message: unforeseen(error).message };
    }
  };
}
