/**
 * Plays the demo into a workspace of its own: people of every role, and a day of orders that ends now. Run by `npm start`
 * and by the browser tests. Played once; the sign-ins are what it prints on its standard output.
 */
import { openDatabase } from "#lib/db";
import { env, rootKeys } from "#lib/env";
import { workspaceKeys } from "#lib/log/keys";
import { play } from "./demo/play";
import { demoPassword, emailOf, people } from "./demo/story";
import { withInstallation } from "./installation";
import { ensureWorkspace, keepRealTime } from "./workspace";

async function main(): Promise<void> {
  const begun = performance.now();
  const workspace = env("HOLDPOINT_WORKSPACE");
  const ownerUrl = env("DATABASE_OWNER_URL") ?? env("DATABASE_URL");
  const database = openDatabase(env("DATABASE_URL"));
  try {
    const { played: isBeingPlayed } = await ensureWorkspace(ownerUrl, workspace, { played: true });
    if (!isBeingPlayed) {
      const known = await database.$queryRawUnsafe<object[]>(
        "SELECT FROM command WHERE workspace = $1 AND source = 'demo' LIMIT 1",
        workspace,
      );
      if (known.length === 0)
        throw new Error(
          `The workspace ${workspace} keeps real time, and the demo is played in the past. ` +
            "Name another one for it: HOLDPOINT_WORKSPACE=demo.",
        );
      console.error(`The demo has been played into the workspace ${workspace} before: nothing to do.`);
      console.log(signIns());
      return;
    }
    const { acts } = await play({
      database,
      keys: workspaceKeys(workspace, rootKeys()),
      now: new Date().toISOString(),
    });
    await keepRealTime(ownerUrl, workspace);
    console.error(`Played ${acts} moments of a day in ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
    console.log(signIns());
  } finally {
    await database.$disconnect();
  }
}

function signIns(): string {
  const rows = people.map(({ id, name, roles }) => [name, roles.join(", "), emailOf(id)]);
  const all = [["Demo sign-ins", "role", "e-mail"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  return [...lines, `Everybody's password: ${demoPassword}`].join("\n");
}

withInstallation(main).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
