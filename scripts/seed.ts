/**
 * `npm run seed -- --orders 1000000 [--workspace seeded]`: fills an empty workspace with open orders, for measuring lists.
 *
 * What it writes are rows without a log: they can be listed and counted, but no order page opens and no command is taken.
 * Such a workspace is for measuring only. One that has events or orders is refused. Needs the owner's address
 * (DATABASE_OWNER_URL; DATABASE_URL where one role does everything); without either it takes the embedded database. To
 * look at it, start a console with HOLDPOINT_WORKSPACE set to its name.
 */
import { parseArgs } from "node:util";
import { wallClock } from "#lib/clock";
import { env } from "#lib/env";
import { withInstallation } from "./installation";
import { run, UsageError } from "./operator";
import { seedOpenOrders } from "./seed/open-orders";

const usage = `npm run seed -- --orders <number> [--workspace <name>]
  Fills an empty workspace, "seeded" unless it is named, with so many open orders. They are rows without a log: good for
  measuring lists, and for nothing else.`;

const workspaceName = /^[a-z0-9][a-z0-9-]{0,62}$/;

run(usage, async () => {
  const { values } = parseArgs({
    options: { orders: { type: "string" }, workspace: { type: "string", default: "seeded" } },
  });
  const orders = Number(values.orders);
  if (!Number.isSafeInteger(orders) || orders < 1)
    throw new UsageError("Say how many --orders, a whole number above 0.");
  const { workspace } = values;
  if (!workspaceName.test(workspace)) throw new UsageError(`A workspace cannot be called ${workspace}.`);
  await withInstallation(async () => {
    const begun = performance.now();
    await seedOpenOrders({
      ownerUrl: env("DATABASE_OWNER_URL") ?? env("DATABASE_URL"),
      workspace,
      orders,
      now: wallClock.now(),
      report: console.error,
    });
    const took_s = ((performance.now() - begun) / 1_000).toFixed(1);
    console.error(`The workspace ${workspace} has ${orders} open orders, after ${took_s} s.`);
    console.error("They are rows without a log: for measuring lists only. No command is taken on them.");
  });
});
