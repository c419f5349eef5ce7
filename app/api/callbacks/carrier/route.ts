import { readCarrierCallback } from "#lib/effects/callback";
import { readVerifyingKey } from "#lib/effects/webhook-verification";
import { env } from "#lib/env";
import { problem } from "#lib/web/problem";
import { route } from "#lib/web/route";
import { takeCallback } from "../take";

/** Where the carrier reports deliveries. */
export const POST = route(async (request) => {
  const keys = env("CARRIER_WEBHOOK_SECRET");
  if (keys.length === 0)
    return problem(503, "notConfigured", "CARRIER_WEBHOOK_SECRET is not set, so no callback is taken.");
  return takeCallback(request, (...message) => readCarrierCallback(keys.map(readVerifyingKey), ...message));
});
