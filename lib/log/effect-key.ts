import { createHash } from "node:crypto";
import { canonicalize } from "./canonical";

/**
 * The key an effect carries for life: base64url(SHA-256(`holdpoint/effect/1` ‖ 0x00 ‖ JCS([workspace, order, step,
 * visit, effect, item, issue]))).
 *
 * Retries and doubt keep the issue, so every attempt shows the provider the same key. `item` names one of a fan-out or
 * is "". `visit` and `issue` count from 1.
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
  return createHash("sha256")
    .update("holdpoint/effect/1\u0000")
    .update(canonicalize([workspace, order, step, visit, effect, item, issue]), "utf8")
    .digest("base64url");
}
