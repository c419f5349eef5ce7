import { hash } from "node:crypto";
import { canonicalize } from "./canonical";

/**
 * What a person saw when deciding, as one hash: SHA-256(`holdpoint/evidence/1` ‖ 0x00 ‖ JCS([leaves, form, policy])),
 * lower-case hex. `leaves` are those of the events shown, by version; `form` names the form with its version; a leaf is salted, so the hash tells an
 * outsider nothing. Stored in the decision and compared again before the effect.
 */
export function evidenceHash(shown: { leaves: readonly string[]; form: string; policy: string }): string {
  const text = canonicalize([shown.leaves, shown.form, shown.policy]);
  return hash("sha256", `holdpoint/evidence/1\u0000${text}`, "hex");
}

/** Fingerprint of a workflow definition: SHA-256(`holdpoint/definition/1` ‖ 0x00 ‖ JCS(definition)), lower-case hex. */
export function definitionHash(definition: import("./canonical").Json): string {
  return hash("sha256", `holdpoint/definition/1\u0000${canonicalize(definition)}`, "hex");
}
