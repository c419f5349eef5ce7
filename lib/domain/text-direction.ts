/**
 * Characters that are not seen and turn what stands around them: the embeddings, overrides and isolates of Unicode's
 * bidirectional algorithm with what ends them (U+202A–U+202E, U+2066–U+2069).
 */
const controls = /[\u202A-\u202E\u2066-\u2069]/g;

/** The blocks of letters written from right to left, and the mark U+200F, which counts as one. */
const rightToLeft = /[\u0590-\u08FF\u200F\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Whether a text holds characters that change the direction of writing. Letters written from right to left are none. */
export function turnsWriting(text: string): boolean {
  return withoutTurns(text) !== text;
}

/** A text without the characters that change the direction of writing. */
export function withoutTurns(text: string): string {
  return text.replace(controls, "");
}

/**
 * A text as part of a line with others: one that would turn its neighbours is shut in between U+2068 and U+2069, any other is
 * returned as it is. What changes the direction of writing is left out, because an end of it inside would open the isolate.
 */
export function isolated(text: string): string {
  const plain = withoutTurns(text);
  return plain !== text || rightToLeft.test(plain) ? `\u2068${plain}\u2069` : text;
}
