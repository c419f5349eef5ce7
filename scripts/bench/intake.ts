import type { Pool } from "undici";

/** Sends orders to a console as a client does, over connections that stay open. Each answers what the request took, in milliseconds. */
export type Intake = {
  /** One order. */
  one(order: { businessKey: string }): Promise<{ order: string; taken_ms: number }>;
  /** As many as given, in one request; their ids in the same order. */
  many(orders: readonly { businessKey: string }[]): Promise<{ orders: string[]; taken_ms: number }>;
};

/** Intake with this API key; an order's number is its Idempotency-Key. Throws what was answered when it is not a receipt. */
export function intakeOver(pool: Pool, apiKey: string): Intake {
  const post = async (path: string, content: object, headers: Record<string, string>) => {
    const begun = performance.now();
    const { statusCode, body } = await pool.request({
      method: "POST",
      path,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(content),
    });
    const text = await body.text();
    return { status: statusCode, text, taken_ms: performance.now() - begun };
  };
  return {
    async one(order) {
      const { status, text, taken_ms } = await post("/api/orders", order, {
        "idempotency-key": order.businessKey,
      });
      if (status !== 201) throw new Error(`POST /api/orders answered ${status}: ${text}`);
      return { order: JSON.parse(text).order, taken_ms };
    },
    async many(orders) {
      const items = orders.map((order) => ({ idempotencyKey: order.businessKey, ...order }));
      const { status, text, taken_ms } = await post("/api/orders/batch", { orders: items }, {});
      if (status !== 207) throw new Error(`POST /api/orders/batch answered ${status}: ${text}`);
      const results: { status: number; received?: { order: string } }[] = JSON.parse(text).results;
      const refused = results.find((result) => result.status !== 201);
      if (refused) throw new Error(`POST /api/orders/batch refused an order: ${JSON.stringify(refused)}`);
      return { orders: results.map(({ received }) => received!.order), taken_ms };
    },
  };
}
