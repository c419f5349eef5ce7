/** The numbers on the paper that seeded orders are searched by, which their rows alone do not have. */
import { createHash } from "node:crypto";
import { customerIndex, type WorkspaceKeys } from "#lib/log/keys";
import { withClient } from "../embedded-postgres";

/**
 * One order by each of its numbers, and a customer of twenty orders: the same in a workspace of a thousand orders and of a
 * million. Its dispatch failed, and `seeded.greatRequester` asked for it.
 */
export const findable = {
  orderNumber: "S-00000200",
  trackingNumber: "T-S-00000200",
  customerReference: "C-7",
  orderId(workspace: string): string {
    const digest = createHash("md5").update(`${workspace}/200`).digest("hex");
    return digest.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  },
};

/**
 * Gives every seeded order a number from the outside, which the search reads in the log, and the orders of one customer the
 * index of `findable.customerReference` under these keys. No signature covers such a log: it is for measuring alone.
 */
export async function seedFindableNumbers(ownerUrl: string, workspace: string, keys: WorkspaceKeys) {
  await withClient(ownerUrl, async (client) => {
    await client.query(
      `INSERT INTO event (workspace, pos, stream, version, body, type, actor, occurred_at, recorded_at)
       SELECT o.workspace, before.pos + row_number() OVER (), 'order/' || o.order_id, 1000,
         convert_to('{"actor":{"type":"system","id":"nobody"},"data":{"key":"' || coalesce(f.effect_key, 'none')
           || '","receipt":{"reference":"T-' || o.business_key || '"}}}', 'UTF8'),
         'effectConfirmed', 'nobody', o.received_at, o.received_at
       FROM (SELECT coalesce(max(pos), 0) AS pos FROM event WHERE workspace = $1) before,
         orders o LEFT JOIN effect f USING (workspace, generation, order_id)
       WHERE o.workspace = $1`,
      [workspace],
    );
    await client.query(
      "UPDATE orders SET customer_index = $2 WHERE workspace = $1 AND customer_index = md5('customer 7')",
      [workspace, customerIndex(keys, findable.customerReference)],
    );
    await client.query("VACUUM (ANALYZE) event, orders");
  });
}
