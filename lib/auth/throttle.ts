import { createHash } from "node:crypto";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import type { Database } from "../db";

/**
 * How often somebody may be wrong at signing in: per e-mail index, so that a password cannot be guessed from many
 * addresses, and per address, so that one machine cannot go through many people. Counted in the database, and counted
 * before the password is looked at, so that tries at the same time count too. A success gives back what it used.
 */
export const wrongPerEmail_max = 10;
export const wrongPerAddress_max = 60;
const window_s = 15 * 60;

export type Throttle = {
  /** Counts one try. Returns 0 when it may go on, otherwise the seconds until it may. */
  take(emailIndex: string, address: string): Promise<number>;
  /** The try was right: forgets the wrong ones before it. */
  giveBack(emailIndex: string, address: string): Promise<void>;
};

/** Makes the throttle over table `rate_limit`. */
export function openThrottle(database: Database, workspace: string): Throttle {
  const limiter = (keyPrefix: string, points: number) =>
    new RateLimiterPostgres({
      storeClient: queriesOf(database),
      storeType: "client",
      tableName: "rate_limit",
      tableCreated: true,
      keyPrefix: `${workspace}/${keyPrefix}`,
      points,
      duration: window_s,
    });
  const perEmail = limiter("sign-in-email", wrongPerEmail_max);
  const perAddress = limiter("sign-in-address", wrongPerAddress_max);
  return {
    async take(emailIndex, address) {
      const taken = await Promise.all([
        wait_s(perEmail.consume(emailIndex)),
        wait_s(perAddress.consume(addressKey(address))),
      ]);
      return Math.max(...taken);
    },
    async giveBack(emailIndex, address) {
      await Promise.all([perEmail.delete(emailIndex), perAddress.reward(addressKey(address))]);
    },
  };
}

async function wait_s(consumed: Promise<RateLimiterRes>): Promise<number> {
  try {
    await consumed;
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw refused;
  }
}

/** What a client says its address is has any length; the table's keys have not. */
function addressKey(address: string): string {
  return createHash("sha256").update(address).digest("base64url");
}

type Query = { text: string; values: unknown[] };
type Row = { points: number; expire: bigint | null };

/** The limiter speaks to a client of `pg`; the database we have is Prisma's, over the same pool as everything else. */
function queriesOf(database: Database) {
  return {
    async query({ text, values }: Query) {
      const rows = await database.$queryRawUnsafe<Row[]>(text, ...values);
      return {
        rows: rows.map(({ points, expire }) => ({ points, expire: expire === null ? null : Number(expire) })),
        rowCount: rows.length,
      };
    },
  };
}
