/** `npm run log:adopt`: takes a log that was put back or copied as it is, so that effects are sent again. */
import { parseArgs } from "node:util";
import { wallClock } from "#lib/clock";
import { database } from "#lib/db";
import { adoptLog } from "#lib/engine/adopt";
import { env, rootKeys } from "#lib/env";
import { workspaceKeys } from "#lib/log/keys";
import { withInstallation } from "./installation";
import { needed, run } from "./operator";

const usage = `npm run log:adopt -- --reason <why nothing is sent twice>
  Says that the log of this database is to be taken as it is, although it is not the one that was noted here: it was put
  back from an older backup, or it is a copy. What was sent after the backup, or is sent by the original, may be sent again.
  The reason stands in the log.`;

run(usage, async () => {
  const { values } = parseArgs({ options: { reason: { type: "string" } } });
  const reason = needed(values, "reason");
  await withInstallation(async () => {
    try {
      const { held, head } = await adoptLog({
        database: database(),
        keys: workspaceKeys(env("HOLDPOINT_WORKSPACE"), rootKeys()),
        clock: wallClock,
        path: env("HOLDPOINT_HEAD_FILE")!,
        reason,
      });
      console.error(`It was held because: ${held}`);
      console.error(
        `The log is adopted up to position ${head.pos}. A console that runs sends within a second.`,
      );
    } finally {
      await database().$disconnect();
    }
  });
});
