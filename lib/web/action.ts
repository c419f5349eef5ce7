import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import { z } from "zod";
import { currentActor } from "#lib/auth/session";
import type { AuthorizedActor, Role } from "#lib/domain/authority";
import type { Command } from "#lib/domain/commands";
import { isRejection, type Rejection, reject } from "#lib/domain/rejection";
import type { Engine } from "#lib/engine/execute";
import type { Accepted } from "#lib/engine/job";
import { env } from "../env";
import { logFailure } from "./log-failure";
import { isOwnOrigin } from "./origin";
import { type FormRefusal, formRefusal } from "./refusal";

/**
 * A server action is a public endpoint: what stands here happens to every form before its command reaches the engine.
 * Origin → session → the form's fields → one command → the answer as the form's own state. Who may give the command is the
 * engine's to judge, by what is true when it decides, so that its refusal is written down. It never throws details: what
 * nobody foresaw is logged under a reference, and the form shows the reference.
 */
export type CommandActionOptions<State, Fields> = {
  /** The engine of this process: `async () => (await engineProcess()).runtime.engine`. */
  engine: () => Promise<Pick<Engine, "execute">>;
  /** Reads the form's texts, which come as a flat record; a name that occurs twice keeps its last value. */
  fields: z.ZodType<Fields, Record<string, string>>;
  /** The command, or a refusal that only the form can know of. */
  command(fields: Fields, actor: AuthorizedActor): Command | Rejection | Promise<Command | Rejection>;
  /** The state after it was done. May redirect or have pages drawn again. */
  done(accepted: Accepted, fields: Fields, actor: AuthorizedActor): State | Promise<State>;
  /** The state after it was not. `typed` is what the form held, so that nothing typed is lost. */
  refused(refusal: FormRefusal, typed: Readonly<Record<string, string>>): State;
};

const commandId = z.uuid();

/** Makes a server action, as forms take it, of one command. The form's `commandId` makes pressing twice doing once. */
export function commandAction<State, Fields>(
  options: CommandActionOptions<State, Fields>,
): (state: State, data: FormData) => Promise<State> {
  return async (_, data) => {
    const typed = textsOf(data);
    const refuseWith = (rejection: Rejection) => options.refused(formRefusal(rejection), typed);
    try {
      const actor = await admittedOn(typed.drawnFor);
      if (isRejection(actor)) return refuseWith(actor);
      const id = commandId.safeParse(typed.commandId);
      if (!id.success) return refuseWith(incompleteForm());
      const fields = options.fields.safeParse(typed);
      if (!fields.success) return options.refused(fieldRefusal(fields.error), typed);

      const command = await options.command(fields.data, actor);
      if (isRejection(command)) return refuseWith(command);
      const engine = await options.engine();
      const result = await engine.execute(command, { actor, source: "console", id: id.data });
      if (isRejection(result)) return refuseWith(result);
      return await options.done(result, fields.data, actor);
    } catch (error) {
      return refuseWith(unforeseen(error));
    }
  };
}

/**
 * Who may press: our own page, signed in. Roles are named by actions that are no command, which nothing else would refuse;
 * one of them is then needed.
 */
export async function admitted(roles: readonly Role[] = []): Promise<AuthorizedActor | Rejection> {
  if (!(await fromOwnPage())) return reject("refused", "This did not come from a page of this console.");
  const actor = await currentActor();
  if (!actor) return reject("refused", "You are no longer signed in. Sign in again; nothing was done.");
  if (roles.length > 0 && !roles.some((role) => actor.roles.includes(role)))
    return reject("refused", `For this you need the role ${roles.join(" or ")}.`);
  return actor;
}

/** A form without what the page puts into it by itself. */
export function incompleteForm(): Rejection {
  return reject("invalid", "This form is incomplete. Load the page again.");
}

/** Who may press on a page that was drawn for the person `drawnFor`: `admitted`, and they alone. */
export async function admittedOn(drawnFor: string | undefined): Promise<AuthorizedActor | Rejection> {
  const actor = await admitted();
  return isRejection(actor) ? actor : (drawnForAnother(actor, drawnFor) ?? actor);
}

/**
 * A browser has one session, and a page in one of its tabs stays when somebody else signs in in another: nothing is done in the
 * name of who has not seen it. Null where the page was theirs.
 */
export function drawnForAnother(actor: AuthorizedActor, drawnFor: string | undefined): Rejection | null {
  if (drawnFor === undefined) return incompleteForm();
  if (drawnFor === actor.id) return null;
  return reject(
    "refused",
    "Somebody else has signed in in this browser since this page was loaded. Nothing was done; load the page again.",
  );
}

/**
 * What an action answers to an error that nobody foresaw: it is logged, `during` what, and only its reference is told. What Next throws for
 * itself, such as a redirect, is thrown again.
 */
export function unforeseen(error: unknown, during = "an action"): Rejection {
  unstable_rethrow(error);
  const reference = logFailure(during, error);
  return reject(
    "unavailable",
    `That did not work, and it is not your fault. Try again; reference ${reference}.`,
  );
}

/** Whether the request under way comes from a page of ours. */
export async function fromOwnPage(): Promise<boolean> {
  const asked = await headers();
  return isOwnOrigin(asked.get("origin"), asked.get("host"), env("NEXTAUTH_URL"));
}

function textsOf(data: FormData): Record<string, string> {
  return Object.fromEntries(
    [...data].flatMap(([name, value]) =>
      // Names with a dollar sign are React's own.
      typeof value === "string" && !name.startsWith("$") ? [[name, value.replaceAll("\r\n", "\n")]] : [],
    ),
  );
}

function fieldRefusal(error: z.ZodError): FormRefusal {
  const fieldErrors: Record<string, string> = {};
  for (const { path, message } of error.issues) fieldErrors[path.join(".")] ??= message;
  return { message: "Something is missing or not right.", fieldErrors, code: "invalid" };
}
