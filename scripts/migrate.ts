/** `npm run migrate`: brings the database of DATABASE_OWNER_URL, or the embedded one, to the newest migration. */
import { startEmbedded } from "./application";
import { migrate } from "./migrations";
import { dataFolder, readEnvironmentFile } from "./places";
import { isTaken } from "./supervisor";

readEnvironmentFile();
const ownerUrl = process.env.DATABASE_OWNER_URL || process.env.DATABASE_URL;

async function migrateEmbedded(): Promise<string[]> {
  const { cluster, databaseOwnerUrl } = await startEmbedded(dataFolder, true);
  try {
    return await migrate(databaseOwnerUrl, console.log);
  } finally {
    if (!cluster.adopted && !isTaken(dataFolder)) await cluster.stop();
  }
}

try {
  const applied = ownerUrl ? await migrate(ownerUrl, console.log) : await migrateEmbedded();
  console.log(applied.length > 0 ? `${applied.length} applied.` : "The database is at the newest migration.");
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
