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
import { opensByPassword } from "#lib/env";
import { commandAction } from "#lib/web/action";
import type { CommandState } from "../../components/command-form";
import type { PasswordState } from "../../components/password-form";
import { engine } from "../engine";
import { noPasswords } from "../no-passwords";
import { refusedCommand } from "../refused-command";

const browser = z.object({ session: z.string() });

/** Ends one of one's own sessions. */
export const endOwnSession = commandAction<CommandState, z.infer<typeof browser>>({
  engine,
  fields: browser,
  command: ({ session }, { person = "" }) => ({ type: "person.endSessions", person, session }),
  async done(_, { session }, { person = "" }) {
    await endSessionOf(authContext(), person, session);
    return signedOut("That browser is signed out.");
  },
  refused: refusedCommand,
});

/** Ends all of one's own sessions but this one. */
export const signOutElsewhere = commandAction<CommandState, object>({
  engine,
  fields: z.object({}),
  command: (_, { person = "", session }) => ({ type: "person.endSessions", person, except: session }),
  async done(_, __, { person = "", session = "" }) {
    await endOtherSessionsOf(authContext(), person, session);
    return signedOut("Signed out everywhere else.");
  },
  refused: refusedCommand,
});

function signedOut(message: string): CommandState {
  revalidatePath("/account");
  return { status: "done", message };
}

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
    if (!opensByPassword()) return noPasswords();
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
