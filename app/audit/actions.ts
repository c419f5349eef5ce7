"use server";

import { isRejection } from "#lib/domain/rejection";
import { readersOf } from "#lib/queries/permission";
import { admitted } from "#lib/web/action";
import type { VerifyStart } from "../../components/verify-panel";
import { startVerification } from "./verification";

/** Starts a verification of the log, or joins the one that runs. */
export async function startVerify(): Promise<VerifyStart> {
  const actor = await admitted(readersOf("auditLog"));
  if (isRejection(actor)) return { status: "refused", message: actor.message };
  // A copy: the job goes on changing while it is sent.
  return { status: "started", job: { ...startVerification() } };
}
