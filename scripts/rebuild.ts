/**
 * `npm run rebuild`: makes the opinions of the workspace anew from its log. Needs the owner's address
 * (DATABASE_OWNER_URL; DATABASE_URL where one role does everything); without either it takes the embedded database.
 * The console may go on running. Exits with 1 when a stream could not be folded or the log lacks something.
 */

import { rebuildProjections } from "#lib/engine/rebuild";
import { env } from "#lib/env";
import { withInstallation } from "./installation";
import { progressBar } from "./progress-bar";

/** PostgreSQL's code for a role that may not do this. */
const insufficientPrivilege = "42501";

async function main(): Promise<number> {
  const bar = progressBar("rebuild", "events");
  const workspace = env("HOLDPOINT_WORKSPACE");
  const rebuilt = await rebuildProjections({
    ownerUrl: env("DATABASE_OWNER_URL") ?? env("DATABASE_URL"),
    workspace,
    onProgress: bar,
  }).finally(bar.end);
  const { events, rows, generation, events_per_s, carriedOver, repaired, contradictions } = rebuilt;
  console.log(
    `${workspace}: ${rows} rows from ${events} events, ${events_per_s} events/s; generation ${generation} is read now.`,
  );
  if (repaired.head) console.log("Corrected the head of the workspace.");
  if (repaired.streamHeads > 0) console.log(`Corrected ${repaired.streamHeads} heads of streams.`);
  if (repaired.commands > 0) console.log(`Corrected ${repaired.commands} commands.`);
  for (const { stream, why } of carriedOver) console.log(`${stream} keeps the rows it had: ${why}.`);
  for (const sentence of contradictions) console.log(`Left as it is: ${sentence}. npm run verify says more.`);
  return carriedOver.length + contradictions.length > 0 ? 1 : 0;
}

withInstallation(main).then(
  (code) => process.exit(code),
  (error: Error & { code?: string }) => {
    const refused = error.code === insufficientPrivilege;
    console.error(
      refused ? `${error.message}: set DATABASE_OWNER_URL to the role that owns the tables.` : error.message,
    );
    process.exit(1);
  },
);
