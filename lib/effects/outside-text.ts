import { z } from "zod";

/**
 * The shapes of what the outside says in its own words, in answers and in callbacks.
 *
 * What a stranger sends ends in the log for ever, so a reference is short printable ASCII and a reason is one line
 * without control characters, lone surrogates or more than 300 characters.
 */
export const outsideReference = z
  .string()
  .regex(/^[\x21-\x7e]{1,100}$/, "must be 1 to 100 printable characters");

/** An instant with its offset, given in the log's form `YYYY-MM-DDTHH:MM:SS.sssZ`. */
export const outsideInstant = z.iso
  .datetime({ offset: true })
  .max(40)
  .transform((text) => new Date(text).toISOString());

const reason_characters_max = 300;

/** One clean line of somebody else's prose. */
export function oneLine(text: string): string {
  // \p{C} holds control, format, private and unassigned characters, and every lone surrogate.
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  const characters = Array.from(line);
  if (characters.length <= reason_characters_max) return line;
  return `${characters.slice(0, reason_characters_max - 1).join("")}…`;
}

/** Somebody else's prose of at most `characters_max`, made one clean line that still says something. */
export function outsideLine(characters_max: number) {
  return z.string().max(characters_max).transform(oneLine).pipe(z.string().min(1));
}

/** The first problems zod found, as one line. */
export function whatIsWrong(error: z.ZodError): string {
  return oneLine(
    error.issues
      .slice(0, 5)
      .map((issue) => `${issue.path.join(".") || "value"}: ${issue.message}`)
      .join("; "),
  );
}
