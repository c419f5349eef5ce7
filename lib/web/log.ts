import pino, { type Logger } from "pino";
import { env } from "../env";

/**
 * The one log of this process: a line of JSON for each thing worth knowing, on its standard output. It holds numbers, ids
 * and the names of things, and nothing that people typed, are called or may sign in with.
 */
let made: Logger | undefined;

export function log(): Logger {
  made ??= pino({
    level: env("LOG_LEVEL"),
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
  return made;
}

/** An error as it may be written down: what kind it is and where it came from. `message` only at level debug. */
export type LoggedError = { name: string; code?: string; at: string[]; message?: string };

const frames_max = 12;

/** An error's message may quote what was sent, a name or an address, so that it is left out unless somebody asks for it. */
export function loggedError(error: unknown, withMessage = log().isLevelEnabled("debug")): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const code = (error as { code?: unknown }).code;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  return {
    name: error.name,
    ...(typeof code === "string" && /^[\w-]{1,40}$/.test(code) && { code }),
    at: frames.slice(0, frames_max).map((line) => line.trim()),
    ...(withMessage && { message: error.message }),
  };
}
