import { z } from "zod";
import { oneLine } from "./outside-text";

/*
 * Reading what a stranger answers over HTTP: bounded, and never more believed than it says.
 */

const response_bytes_max = 64 * 1024;
const retryAfter_ms_max = 24 * 60 * 60 * 1000;

/** The JSON value of the body, or undefined when it is too large or not JSON. Throws when the connection is cut. */
export async function readJson(body: AsyncIterable<Uint8Array> | null): Promise<unknown> {
  if (body === null) return undefined;
  const chunks: Uint8Array[] = [];
  let size_bytes = 0;
  for await (const chunk of body) {
    size_bytes += chunk.byteLength;
    // Leaving the loop cancels the stream, so an outside that never stops talking cannot fill the memory.
    if (size_bytes > response_bytes_max) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

const problemBody = z.object({
  type: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
});

/** What an error's body says of itself (RFC 9457), its words on one line. */
export function readProblem(body: unknown): { type?: string; detail?: string } {
  const problem = problemBody.safeParse(body);
  if (!problem.success) return {};
  const words = problem.data.detail ?? problem.data.title;
  return { type: problem.data.type, detail: words === undefined ? undefined : oneLine(words) };
}

/** Retry-After in seconds, or as a date read against the answer's own Date header: our clock has no say in it. */
export function retryAfter(header: (name: string) => string | null): { retryAfter_ms?: number } {
  const text = header("retry-after")?.trim();
  if (!text) return {};
  const wait_ms = /^\d{1,9}$/.test(text)
    ? Number(text) * 1000
    : parseHttpDate(text) - parseHttpDate(header("date") ?? "");
  if (!Number.isFinite(wait_ms)) return {};
  return { retryAfter_ms: Math.min(Math.max(wait_ms, 0), retryAfter_ms_max) };
}

/** Date.parse takes much else for a date, "-5" among it. */
function parseHttpDate(text: string): number {
  return /^[A-Z][a-z]{2}, .{20} GMT$/.test(text) ? Date.parse(text) : Number.NaN;
}
