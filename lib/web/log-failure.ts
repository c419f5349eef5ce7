import { randomUUID } from "node:crypto";

/** Writes what nobody foresaw to the process's error output, as one line of JSON, and returns its reference. */
export function logFailure(during: string, error: unknown, reference: string = randomUUID()): string {
  const { message, stack } = error instanceof Error ? error : { message: `${error}`, stack: undefined };
  console.error(JSON.stringify({ level: "error", reference, during, message, stack }));
  return reference;
}
