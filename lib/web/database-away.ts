/**
 * Whether an error means that the database cannot be reached, or has fallen silent, at the moment: told by codes and by the
 * few sentences its driver has no code for. It says nothing of what was written before the connection was lost.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, message, cause, meta } = error as Error & {
    code?: unknown;
    meta?: { driverAdapterError?: unknown };
  };
  if (typeof code === "string" && awayCode.test(code)) return true;
  if (awaySentence.test(message)) return true;
  const inner: unknown[] = [cause, meta?.driverAdapterError];
  // Refused at each of a host's addresses comes as one error of several.
  if (error instanceof AggregateError) inner.push(...error.errors);
  return (
    inner.some(isDatabaseAway) || awayCode.test(`${(cause as { originalCode?: unknown })?.originalCode}`)
  );
}

/** Of sockets; of Prisma: not reachable, timed out, closed, no connection free; of PostgreSQL: 08 connection lost, 57P shut down. */
const awayCode =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|P1001|P1002|P1008|P1017|P2024|P2037|08[0-9A-Z]{3}|57P0[1-3]|53300)$/;

const awaySentence =
  /^(Connection terminated|Query read timeout$|timeout exceeded when trying to connect$|Client (was closed|has encountered a connection error) and is not queryable)/;
