import { hash } from "node:crypto";
import { canonicalize } from "./canonical";

/**
 * The key an effect carries for life: base64url(SHA-256(`holdpoint/effect/1` ‖ 0x00 ‖ JCS([workspace, order, step,
 * visit, effect, item, issue]))).
 *
 * Retries and doubt keep the issue, so every attempt shows the provider the same key. `item` names one of a fan-out or
 * is "". `order` is the id without `order/`; `visit` and `issue` count from 1. Throws for anything else: a key made from
 * another type of the same value would be a second effect.
 */
export type EffectIdentity = {
  workspace: string;
  order: string;
  step: string;
  visit: number;
  effect: string;
  item: string;
  issue: number;
};

export function effectKey(identity: EffectIdentity): string {
  const { workspace, order, step, visit, effect, item, issue } = identity;
  for (const counted of [visit, issue])
    if (!Number.isSafeInteger(counted) || counted < 1) throw new TypeError("visit and issue count from 1");
  for (const named of [workspace, order, step, effect])
    if (typeof named !== "string" || named === "" || named.includes("/"))
      throw new TypeError("workspace, order, step and effect are names without a slash");
  if (typeof item !== "string") throw new TypeError("item is a text, empty where there is no fan-out");
  const identified = canonicalize([workspace, order, step, visit, effect, item, issue]);
  return hash("sha256", `holdpoint/effect/1\u0000${identified}`, "base64url");
}
