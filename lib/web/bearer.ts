import { createHash, timingSafeEqual } from "node:crypto";

/** Whether an `Authorization` header bears this secret; takes the same time wherever they differ. */
export function bearsSecret(authorization: string | null, secret: string): boolean {
  const given = authorization?.match(/^Bearer +(\S+)$/i)?.[1] ?? "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
