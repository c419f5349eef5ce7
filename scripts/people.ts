/** `npm run people`: who may work here. What it does stands in the log; passwords are kept beside it, hashed. */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { givePassword, whoSignsInBy } from "#lib/auth/credential";
import { endSessionsOf } from "#lib/auth/live-session";
import { passwordProblem } from "#lib/auth/password";
import { type Role, roles } from "#lib/domain/authority";
import { asOperator, needed, type Operator, run, UsageError } from "./operator";

const usage = `npm run people -- <what>
  add      --id <id> --name <name> --email <address> --roles <role,role> [--password <password>]
  roles    --id <id> [--grant <role>] … [--revoke <role>] …
  disable  --id <id>
  enable   --id <id>
  password --id <id> [--password <password>]

Roles: ${roles.join(", ")}. Without --password one is made and printed once.`;

type Values = { [name: string]: string | string[] | undefined };
const text = { type: "string" } as const;
const many = { type: "string", multiple: true } as const;

const commands: {
  [what: string]: { options: object; work(values: Values): (operator: Operator) => Promise<void> };
} = {
  add: { options: { id: text, name: text, email: text, roles: text, password: text }, work: add },
  roles: { options: { id: text, grant: many, revoke: many }, work: changeRoles },
  disable: { options: { id: text }, work: disable },
  enable: { options: { id: text }, work: enable },
  password: { options: { id: text, password: text }, work: changePassword },
};

run(usage, async () => {
  const [what, ...rest] = process.argv.slice(2);
  const command = what && Object.hasOwn(commands, what) ? commands[what] : undefined;
  if (!command) throw new UsageError(what ? `There is no command ${what}.` : "Say what to do.");
  const { values } = parseArgs({ args: rest, options: command.options as never });
  await asOperator(command.work(values));
});

function add(values: Values) {
  const id = needed(values, "id");
  const name = needed(values, "name");
  const email = needed(values, "email");
  const given = needed(values, "roles").split(",").map(role);
  const { password, made } = passwordOf(values);
  return async ({ context, ask }: Operator) => {
    // Asked before the log says that there is this person: somebody who can never sign in would be no use.
    if ((await whoSignsInBy(context, email)) !== null)
      throw new Error(`Somebody else signs in by ${email} already.`);
    await ask({ type: "person.add", person: id, name, email, roles: given });
    if ((await givePassword(context, id, password)) === "taken")
      throw new Error(`${id} was added, but somebody else signs in by ${email} already.`);
    console.error(`Added ${id} as ${given.join(", ")}.`);
    tell(made);
  };
}

function changeRoles(values: Values) {
  const person = needed(values, "id");
  const list = (name: string) =>
    ((values[name] ?? []) as string[]).flatMap((given) => given.split(",")).map(role);
  const grant = list("grant");
  const revoke = list("revoke");
  if (grant.length + revoke.length === 0) throw new UsageError("Say which role to --grant or to --revoke.");
  return async ({ ask }: Operator) => {
    for (const each of grant) {
      await ask({ type: "person.grant", person, role: each });
      console.error(`${person} is ${each} now.`);
    }
    for (const each of revoke) {
      await ask({ type: "person.revoke", person, role: each });
      console.error(`${person} is ${each} no longer.`);
    }
  };
}

function disable(values: Values) {
  const person = needed(values, "id");
  return async ({ context, ask }: Operator) => {
    await ask({ type: "person.disable", person });
    await endSessionsOf(context, person);
    console.error(`${person} is disabled, and signed out everywhere.`);
  };
}

function enable(values: Values) {
  const person = needed(values, "id");
  return async ({ ask }: Operator) => {
    await ask({ type: "person.enable", person });
    console.error(`${person} is enabled.`);
  };
}

function changePassword(values: Values) {
  const person = needed(values, "id");
  const { password, made } = passwordOf(values);
  return async ({ context, ask }: Operator) => {
    await ask({ type: "person.changePassword", person });
    if ((await givePassword(context, person, password)) === "taken")
      throw new Error("Somebody else signs in by this person's e-mail address.");
    console.error(`${person} has another password, and is signed out everywhere.`);
    tell(made);
  };
}

function role(given: string): Role {
  const found = roles.find((each) => each === given.trim());
  if (!found) throw new UsageError(`There is no role ${given}. Roles: ${roles.join(", ")}.`);
  return found;
}

function passwordOf(values: Values): { password: string; made: string | undefined } {
  if (values.password === undefined) {
    const made = randomBytes(15).toString("base64url");
    return { password: made, made };
  }
  const password = `${values.password}`;
  const problem = passwordProblem(password);
  if (problem) throw new UsageError(problem);
  return { password, made: undefined };
}

/** The password alone on the output, so that it can be piped on; it is shown this once. */
function tell(made: string | undefined): void {
  if (made === undefined) return;
  console.error("The password, shown this once:");
  console.log(made);
}
