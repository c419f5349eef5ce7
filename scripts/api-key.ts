/** `npm run api-key`: keys with which machines act for a person. */
import { parseArgs } from "node:util";
import { forgetApiKey, keepApiKey, makeApiKey, personOfApiKey } from "#lib/auth/api-key";
import { asOperator, needed, type Operator, run, UsageError } from "./operator";

const usage = `npm run api-key -- <what>
  create --person <id>    makes a key that acts for this person, and prints it once
  revoke --id <key id>    the part between hp_ and the next underscore`;

run(usage, async () => {
  const [what, ...rest] = process.argv.slice(2);
  const options = { person: { type: "string" }, id: { type: "string" } } as const;
  if (what !== "create" && what !== "revoke")
    throw new UsageError(what ? `There is no command ${what}.` : "Say what to do.");
  const { values } = parseArgs({ args: rest, options });
  const work = what === "create" ? create(needed(values, "person")) : revoke(needed(values, "id"));
  await asOperator(work);
});

function create(person: string) {
  return async ({ context, ask }: Operator) => {
    const made = makeApiKey();
    await ask({ type: "apiKey.create", person, apiKey: made.apiKey });
    await keepApiKey(context, made);
    console.error(`Key ${made.apiKey} acts for ${person}. Here it is, shown this once:`);
    console.log(made.key);
  };
}

function revoke(apiKey: string) {
  return async ({ context, ask }: Operator) => {
    const person = await personOfApiKey(context, apiKey);
    if (person === null) throw new Error(`There is no API key ${apiKey}.`);
    await ask({ type: "apiKey.revoke", person, apiKey });
    await forgetApiKey(context, apiKey);
    console.error(`Key ${apiKey} of ${person} is revoked.`);
  };
}
