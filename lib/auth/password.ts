import { hash, verify } from "@node-rs/argon2";
import { isCommonPassword } from "./common-password";

/**
 * Passwords are kept as argon2id with 19 MiB, two passes and one lane (OWASP's first recommendation): some 30 ms of one
 * core, so that a guess costs as much.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const password_characters_min = 12;
export const password_characters_max = 200;

/** Returns what is wrong with a new password, as a sentence, or null. */
export function passwordProblem(password: string): string | null {
  if (password.length < password_characters_min)
    return `A password has at least ${password_characters_min} characters.`;
  if (password.length > password_characters_max)
    return `A password has at most ${password_characters_max} characters.`;
  if (isCommonPassword(password))
    return "This password is among the first that are guessed: common words, rows of keys, numbers. Take another, such as four words that have nothing to do with each other.";
  return null;
}

/** Returns the PHC string to keep. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

let nobodysHash: Promise<string> | undefined;

/**
 * Whether a password fits. Without a kept hash (nobody has this e-mail address) the work is done all the same and the
 * answer is no, so that the time taken tells nothing. A hash that cannot be read fits nothing.
 */
export async function passwordFits(kept: string | null, password: string): Promise<boolean> {
  nobodysHash ??= hashPassword("nobody's password, which fits nobody");
  const given = password.length > password_characters_max ? "" : password;
  const fits = await verify(kept ?? (await nobodysHash), given).catch(() => false);
  return fits && kept !== null;
}
