/**
 * A process that tests kill: it opens a test workspace's engine as any process would, works, and says on standard output
 * what it was told is written. Takes one JSON argument, `DoomedWork`; it never ends by itself.
 */
import { openDatabase } from "#lib/db";
import { mintActor } from "#lib/domain/authority";
import { isRejection } from "#lib/domain/rejection";
import { workflows } from "#lib/domain/workflows/registry";
import { carrierAdapters } from "#lib/effects/carrier";
import { openRuntime } from "#lib/engine/runtime";

export type DoomedWork = {
  databaseUrl: string;
  /** The workspace's derived keys, in base64. */
  keys: { workspace: string; wrapping: string; command: string; identity: string; index: string };
  now: string;
} & (
  | { does: "tick"; carrierUrl: string }
  /** Hands in orders under the ids `<prefix>-0`, `<prefix>-1`, … and prints each id once it is acknowledged. */
  | { does: "receive"; prefix: string; inFlight: number }
);

const work: DoomedWork = JSON.parse(process.argv[2] ?? "");
const { workspace } = work.keys;
const bytes = (base64: string) => Buffer.from(base64, "base64");
const adapters = work.does === "tick" ? carrierAdapters({ url: work.carrierUrl }) : [];
const runtime = openRuntime({
  database: openDatabase(work.databaseUrl),
  keys: {
    workspace,
    wrapping: bytes(work.keys.wrapping),
    command: bytes(work.keys.command),
    identity: bytes(work.keys.identity),
    index: bytes(work.keys.index),
  },
  clock: { now: () => work.now },
  adapters: {
    byName: new Map(adapters.map((adapter) => [adapter.name, adapter])),
    missing: "not in this test",
  },
  definitions: workflows,
});

if (work.does === "tick") await runtime.tick();
else {
  let next = 0;
  const rita = mintActor({
    workspace,
    type: "person",
    id: "rita",
    person: "rita",
    account: "credentials:rita",
    session: "session-of-rita",
    roles: ["requester"],
  });
  const { prefix, inFlight } = work;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (;;) {
        const id = `${prefix}-${next++}`;
        const result = await runtime.engine.execute(
          {
            type: "order.receive",
            workflow: "order-fulfilment@1",
            source: "shop",
            businessKey: id,
            requestedBy: "rita",
            total: { amount: 150_000, currency: "GBP" },
            customer: { reference: id },
          },
          { actor: rita, source: "test", id },
        );
        if (!isRejection(result)) process.stdout.write(`${id}\n`);
      }
    }),
  );
}
setInterval(() => {}, 60_000);
