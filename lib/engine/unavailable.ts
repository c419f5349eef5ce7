import { type Rejection, reject } from "#lib/domain/rejection";
import { RowsVersionError } from "./append";

/**
 * What PostgreSQL answers when it certainly wrote nothing and goes on writing nothing for a while, as a refusal that says so
 * to who asked. Null for every other error: what is not understood is not explained.
 */
export function unavailability(error: unknown): Rejection | null {
  if (error instanceof RowsVersionError) return reject("unavailable", `${error.message} Nothing was done.`);
  const { code, message = "" } = (error ?? {}) as { code?: string; message?: string };
  if (code === readOnly)
    return reject(
      "unavailable",
      "The database takes no writes at the moment, so nothing was done. Try again later.",
    );
  if (code === diskFull)
    return reject("unavailable", "The database's disk is full, so nothing was done. Try again later.");
  if (code === refusedByAppend && clockRefused.test(message))
    return reject(
      "unavailable",
      "This server's clock does not agree with the database's, so nothing was done. It has to be set right.",
    );
  return null;
}

const readOnly = "25006";
const diskFull = "53100";
const refusedByAppend = "22000";
const clockRefused = /^append refused: recordedAt .* from the database clock$/;
