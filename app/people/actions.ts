"use server";

import { randomBytes } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { forgetApiKey, keepApiKey, makeApiKey, type NewApiKey } from "#lib/auth/api-key";
import { authContext } from "#lib/auth/context";
import { givePassword, whoSignsInBy } from "#lib/auth/credential";
import { endSessionOf, endSessionsOf } from "#lib/auth/live-session";
import { roles } from "#lib/domain/authority";
import { reject } from "#lib/domain/rejection";
import { opensByPassword } from "#lib/env";
import { commandAction } from "#lib/web/action";
import type { CommandState } from "../../components/command-form";
import type { PersonFormState } from "../../components/person-form";
import type { SecretState } from "../../components/secret-form";
import { engine } from "../engine";
import { noPasswords } from "../no-passwords";
import { refusedCommand } from "../refused-command";
import { mayManagePeople } from "./may-manage";
import { personPath } from "./person-path";

const somebody = z.object({ person: z.string() });
const roleOfSomebody = somebody.extend({ role: z.enum(roles) });
type Somebody = z.infer<typeof somebody>;
type RoleOfSomebody = z.infer<typeof roleOfSomebody>;

const newPerson = z
  .record(z.string(), z.string())
  .transform(({ name = "", email = "", id = "", ...typed }) => ({
    name,
    email,
    person: id.trim() || `p-${randomBytes(6).toString("hex")}`,
    roles: roles.filter((role) => typed[`role.${role}`] !== undefined),
    password: makePassword(),
  }));
type NewPerson = z.infer<typeof newPerson>;

/** Adds somebody, and gives them a first password that is shown once. */
export const addPerson = commandAction<PersonFormState, NewPerson>({
  engine,
  fields: newPerson,
  async command({ person, name, email, roles }, actor) {
    // Asked before the log says that there is this person, of nobody who may not know: the engine refuses them.
    if (mayManagePeople(actor) && (await whoSignsInBy(authContext(), email)) !== null)
      return reject("invalid", "Somebody else signs in by this address already.", { field: "email" });
    return { type: "person.add", person, name, email, roles };
  },
  async done(_, { person, name, email, roles, password }) {
    const given = await givePassword(authContext(), person, password);
    drawAgain(person);
    if (given !== "given")
      return {
        status: "refused",
        message: `${name} was added, but somebody else has just begun to sign in by ${email}: there is no password.`,
        values: { name, email, id: person, roles },
      };
    return {
      status: "added",
      message: `${name} is added as ${roles.join(", ")}.`,
      // Kept all the same, for the day they sign in by passwords again: without it the address would be free.
      secret: opensByPassword() ? { name: "First password", text: password, hint: passwordHint } : undefined,
      page: personPath(person),
    };
  },
  refused({ message, fieldErrors }, typed) {
    const { person, ...others } = fieldErrors ?? {};
    return {
      status: "refused",
      message: fieldErrors ? "Something is missing or not right." : message,
      fieldErrors: fieldErrors && { ...others, ...(person && { id: person }) },
      values: {
        name: typed.name ?? "",
        email: typed.email ?? "",
        id: typed.id ?? "",
        roles: roles.filter((role) => typed[`role.${role}`] !== undefined),
      },
    };
  },
});

const passwordHint =
  "Shown this once: hand it over in a way you trust. They can choose their own under “Your account”.";

function makePassword(): string {
  return randomBytes(15).toString("base64url");
}

/** Gives somebody a role. */
export const grantRole = commandAction<CommandState, RoleOfSomebody>({
  engine,
  fields: roleOfSomebody,
  command: ({ person, role }) => ({ type: "person.grant", person, role }),
  done: (_, { person, role }) => changed(person, `The role ${role} is given.`),
  refused: refusedCommand,
});

/** Takes a role from somebody; not the role admin from the only one who may act. */
export const revokeRole = commandAction<CommandState, RoleOfSomebody>({
  engine,
  fields: roleOfSomebody,
  command: ({ person, role }) => ({ type: "person.revoke", person, role }),
  done: (_, { person, role }) => changed(person, `The role ${role} is taken away.`),
  refused: refusedCommand,
});

/** Disables somebody and signs them out everywhere; not the only admin who may act. */
export const disablePerson = commandAction<CommandState, Somebody>({
  engine,
  fields: somebody,
  command: ({ person }) => ({ type: "person.disable", person }),
  async done(_, { person }) {
    await endSessionsOf(authContext(), person);
    return changed(person, "The account is disabled, and signed out everywhere.");
  },
  refused: refusedCommand,
});

/** Lets somebody work again. */
export const enablePerson = commandAction<CommandState, Somebody>({
  engine,
  fields: somebody,
  command: ({ person }) => ({ type: "person.enable", person }),
  done: (_, { person }) => changed(person, "The account is enabled."),
  refused: refusedCommand,
});

const anotherPassword = somebody.transform((typed) => ({ ...typed, password: makePassword() }));

/** Gives somebody else another password, shown once, and signs them out everywhere. */
export const resetPassword = commandAction<SecretState, z.infer<typeof anotherPassword>>({
  engine,
  fields: anotherPassword,
  command: ({ person }, actor) =>
    !opensByPassword()
      ? noPasswords()
      : // Signed out by it, one would never see the password.
        person === actor.person
        ? reject("notPossible", "Change your own password under “Your account”.")
        : { type: "person.changePassword", person },
  async done(_, { person, password }) {
    const given = await givePassword(authContext(), person, password);
    if (given !== "given") throw new Error(`the password of ${person} was not given: ${given}`);
    drawAgain(person);
    return {
      status: "done",
      message: "There is a new password, and the old one opens nothing any more.",
      secret: { name: "New password", text: password, hint: passwordHint },
    };
  },
  refused: ({ message }) => ({ status: "refused", message }),
});

const newKey = somebody.transform((typed): Somebody & { made: NewApiKey } => ({
  ...typed,
  made: makeApiKey(),
}));

/** Makes an API key that acts for somebody; its secret is shown once. */
export const createApiKey = commandAction<SecretState, z.infer<typeof newKey>>({
  engine,
  fields: newKey,
  command: ({ person, made }) => ({ type: "apiKey.create", person, apiKey: made.apiKey }),
  async done(_, { person, made }) {
    await keepApiKey(authContext(), made);
    drawAgain(person);
    return {
      status: "done",
      message: `The key ${made.apiKey} is made.`,
      secret: {
        name: "API key",
        text: made.key,
        hint: "Shown this once: keep it where secrets are kept. Who has it acts for this person.",
      },
    };
  },
  refused: ({ message }) => ({ status: "refused", message }),
});

const key = somebody.extend({ apiKey: z.string() });

/** Revokes an API key: nothing is let in by it any more. */
export const revokeApiKey = commandAction<CommandState, z.infer<typeof key>>({
  engine,
  fields: key,
  command: ({ person, apiKey }) => ({ type: "apiKey.revoke", person, apiKey }),
  async done(_, { person, apiKey }) {
    await forgetApiKey(authContext(), apiKey);
    return changed(person, `The key ${apiKey} is revoked.`);
  },
  refused: refusedCommand,
});

const linked = somebody.extend({ identity: z.string() });

/** Takes an account elsewhere off somebody, oneself too: it opens nothing any more. */
export const unlinkIdentity = commandAction<CommandState, z.infer<typeof linked>>({
  engine,
  fields: linked,
  command: ({ person, identity }) => ({ type: "person.unlinkIdentity", person, identity }),
  done: (_, { person }) => changed(person, "That account opens nothing here any more."),
  refused: refusedCommand,
});

const browser = somebody.extend({ session: z.string() });

/** Ends one session of somebody. */
export const endSession = commandAction<CommandState, z.infer<typeof browser>>({
  engine,
  fields: browser,
  command: ({ person, session }) => ({ type: "person.endSessions", person, session }),
  async done(_, { person, session }) {
    await endSessionOf(authContext(), person, session);
    return changed(person, "That browser is signed out.");
  },
  refused: refusedCommand,
});

/** Ends every session of somebody. */
export const endSessions = commandAction<CommandState, Somebody>({
  engine,
  fields: somebody,
  command: ({ person }) => ({ type: "person.endSessions", person }),
  async done(_, { person }) {
    await endSessionsOf(authContext(), person);
    return changed(person, "Signed out everywhere.");
  },
  refused: refusedCommand,
});

function changed(person: string, message: string): CommandState {
  drawAgain(person);
  return { status: "done", message };
}

function drawAgain(person: string): void {
  revalidatePath(personPath(person));
  revalidatePath("/people");
  revalidatePath("/account");
}
