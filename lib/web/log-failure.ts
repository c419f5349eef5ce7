import { randomUUID } from "node:crypto";
import { log, loggedError } from "./log";

/** Writes what nobody foresaw to the log and returns its reference. `during` names a route or an action, and no person. */
export function logFailure(during: string, error: unknown, reference: string = randomUUID()): string {
  log().error({ requestId: reference, during, error: loggedError(error) }, "failed");
  return reference;
}
