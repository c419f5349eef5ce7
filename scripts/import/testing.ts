import { wallClock } from "#lib/clock";
import { openDatabase } from "#lib/db";
import { isRejection } from "#lib/domain/rejection";
import { workflows } from "#lib/domain/workflows/registry";
import { openRuntime } from "#lib/engine/runtime";
import { systemActor } from "#lib/engine/system-actor";
import { workspaceKeys } from "#lib/log/keys";
import type { TestDatabase } from "../testing/database";
import { ensureWorkspace } from "../workspace";

/** A real workspace `main`, on the wall clock, with a requester rita, under two root keys that are the same. */
export async function addPeople(urls: TestDatabase, key: string): Promise<void> {
  await ensureWorkspace(urls.databaseOwnerUrl, "main", { played: false });
  const database = openDatabase(urls.databaseUrl);
  const bytes = Buffer.from(key, "base64");
  const runtime = openRuntime({
    database,
    keys: workspaceKeys("main", { workspaceKey: bytes, identityKey: bytes }),
    clock: wallClock,
    adapters: { byName: new Map(), missing: "not in this test" },
    definitions: workflows,
  });
  await runtime.publish();
  const added = await runtime.engine.execute(
    { type: "person.add", person: "rita", name: "Rita", email: "rita@example.com", roles: ["requester"] },
    { actor: systemActor("main", "operator"), source: "test", id: "person/rita" },
  );
  if (isRejection(added)) throw new Error(added.message);
  await runtime.stop();
  await database.$disconnect();
}
