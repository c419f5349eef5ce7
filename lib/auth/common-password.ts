import { commonWords } from "./common-words";

/** A phrase of more common words than this is long enough to be its owner's. */
const words_max = 3;
/** What is repeated to fill the length counts once, and so few characters are none. */
const repeated_characters_min = 6;

const rows = [
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiop",
  "qwertzuiop",
  "azertyuiop",
  "asdfghjkl",
  "yxcvbnm",
  "zxcvbnm",
  "1q2w3e4r5t6y7u8i9o0p",
  "q1w2e3r4t5y6u7i8o9p0",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
  "qazwsxedcrfvtgbyhnujm",
  "qweasdzxc",
  "zaq12wsxcde34rfvbgt5",
];
const digits = [
  "01234567890123456789",
  "147258369",
  "789456123",
  "159357",
  "159753",
  "246810",
  "13579",
  "112233445566778899",
];
const reversed = (text: string) => [...text].reverse().join("");
const walks = [...rows, ...digits].flatMap((row) => [row, reversed(row)]);
const walk_characters_min = 3;
const word_characters_max = Math.max(...[...commonWords].map((word) => word.length));

/** Counted like a word: a date, and one character again and again. */
const asGoodAsAWord =
  /^(?:(?:19|20)\d\d[01]\d[0-3]\d|(?:[0-3]\d[01]\d|[01]\d[0-3]\d)(?:19|20)\d\d|(.)\1{2,})/u;
/** Between two words, before and behind them, so little adds nothing: a few signs, a number of up to four digits. */
const filling = /^[!-/:-@[-`{-~ ]{0,4}\d{0,4}[!-/:-@[-`{-~ ]{0,4}/;

/**
 * Whether a password is among the first that are guessed: made of at most three common words (also with digits and signs in
 * the place of letters), walks over the keyboard, numbers and repetitions, and of nothing else. There is no rule for which
 * kinds of characters a password must have.
 */
export function isCommonPassword(password: string): boolean {
  const once = withoutRepetition(password.normalize("NFKC").toLowerCase());
  if (once.length < repeated_characters_min) return true;
  const spellings = [once, withLetters(once, "i"), withLetters(once, "l")];
  // At each place: of how few words everything before it can be made, and the same with some filling behind them.
  const words: number[] = Array(once.length + 1).fill(Number.POSITIVE_INFINITY);
  const filled = [...words];
  words[0] = 0;
  const reach = (costs: number[], place: number, cost: number) => {
    costs[place] = Math.min(costs[place]!, cost);
  };
  for (let place = 0; place <= once.length; place++) {
    const rest = once.slice(place);
    const room = filling.exec(rest)![0].length;
    for (let length = 0; length <= room; length++) reach(filled, place + length, words[place]!);
    const before = filled[place]!;
    if (before >= words_max) continue;
    const date = asGoodAsAWord.exec(rest)?.[0].length;
    if (date) reach(words, place + date, before + 1);
    for (let length = walk_characters_min; length <= walkAt(once, place); length++)
      reach(words, place + length, before + 1);
    for (let length = 2; length <= Math.min(word_characters_max, rest.length); length++)
      if (spellings.some((spelling) => commonWords.has(spelling.slice(place, place + length))))
        reach(words, place + length, before + 1);
  }
  return filled[once.length]! <= words_max;
}

/** The shortest text that gives this one when it is repeated, the last time perhaps in part. */
function withoutRepetition(text: string): string {
  for (let length = 1; length <= text.length / 2; length++) {
    const unit = text.slice(0, length);
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return unit;
  }
  return text;
}

const lookalikes: { readonly [sign: string]: string } = {
  "0": "o",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "@": "a",
  $: "s",
  "€": "e",
};

function withLetters(text: string, one: "i" | "l"): string {
  return text.replace(/[0134578@$€!|]/g, (sign) => lookalikes[sign] ?? one);
}

/** How far the characters from here go along a row of the keyboard, the alphabet or the digits. */
function walkAt(text: string, place: number): number {
  let length = 0;
  while (
    place + length < text.length &&
    walks.some((walk) => walk.includes(text.slice(place, place + length + 1)))
  )
    length++;
  return length;
}
