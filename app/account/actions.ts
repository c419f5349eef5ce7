"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { authContext } from "#lib/auth/context";
import { givePassword } from "#lib/auth/credential";
import { endOtherSessionsOf, endSessionOf } from "#lib/auth/live-session";
import { hasPassword } from "#lib/auth/own-password";
import { passwordProblem } from "#lib/auth/password";
import { openThrottle, type Throttle } from "#lib/auth/throttle";
import { reject } from "#lib/domain/rejection";
import { commandAction } from "#lib/web/action";
import type { PasswordState } from "../../components/password-form";
import { engine } from "../engine";
import { sessionAction } from "../session-action";

/** Ends one of one's own sessions. */
export const endOwnSession = sessionAction([], async ({ session = "" }, actor) => {
  await endSessionOf(authContext(), actor.person ?? "", session);
  revalidatePath("/account");
  return "That browser is signed out.";
});

/** Ends all of one's own sessions but this one. */
export const signOutElsewhere = sessionAction([], async (_, actor) => {
  await endOtherSessionsOf(authContext(), actor.person ?? "", actor.session ?? "");
  revalidatePath("/account");
  return "Signed out everywhere else.";
});

const passwords = z.object({
  current: z.string().min(1, "Give the password you have now."),
  password: z.string().superRefine((password, context) => {
    const problem = passwordProblem(password);
    if (problem) context.addIssue({ code: "custom", message: problem });
  }),
  again: z.string(),
});

/** Changes one's own password, signs out everywhere and leads to the sign-in. */
export const changePassword = commandAction<PasswordState, z.infer<typeof passwords>>({
  engine,
  fields: passwords,
  async command({ current, password, again }, actor) {
    const person = actor.person ?? "";
    if (password !== again) return reject("invalid", "The two are not the same.", { field: "again" });
    const found = await hasPassword(authContext(), throttle(), person, current);
    if (found === "wrong") return reject("invalid", "This is not your password.", { field: "current" });
    if (found !== "right")
      return reject(
        "notPossible",
        `Too many attempts. Try again in ${Math.ceil(found.retryAfter_s / 60)} min.`,
      );
    return { type: "person.changePassword", person };
  },
  async done(_, { password }, { person = "" }) {
    const given = await givePassword(authContext(), person, password);
    if (given !== "given") throw new Error(`the password of ${person} was not given: ${given}`);
    redirect("/sign-in?next=/account");
  },
  refused: ({ message, fieldErrors }) => ({ status: "refused", message, fieldErrors }),
});

let opened: Throttle | undefined;

/** One for the process: it tidies its table by a timer. */
function throttle(): Throttle {
  const { database, keys } = authContext();
  opened ??= openThrottle(database, keys.workspace);
  return opened;
}
