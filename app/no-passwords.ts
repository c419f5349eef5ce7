import { type Rejection, reject } from "#lib/domain/rejection";

/** What a form for a password answers where nobody signs in by one. */
export function noPasswords(): Rejection {
  return reject("notPossible", "Nobody signs in by a password here: the organisation's provider has them.");
}
