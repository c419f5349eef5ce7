/** Who did something, within a sentence: "The operator" begins one, people's names stay as they are. */
export function inSentence(by: string): string {
  return by.replace(/^The (?=operator$|import$|carrier$)/, "the ");
}
