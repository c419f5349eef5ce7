/**
 * What an auditor types to search the log: words with a space between them, each `field:value` or a value alone. A minus in
 * front excludes what fits. A value with a space, or one that would be taken for something else, stands in quotation marks,
 * in which `\"` and `\\` are the mark and the backslash themselves.
 *
 * Nothing that is typed is wrong here, and nothing is lost: what the words mean, and whether there is such a field at all, is
 * told by `audit-meaning.ts`.
 */
export type QueryWord = {
  /** In small letters; null for a value alone. */
  field: string | null;
  value: string;
  /** Set when what fits is to be left out. */
  not: boolean;
};

const word = /(-?)(?:([A-Za-z]+):)?(?:"((?:[^"\\]|\\[\s\S]?)*)"?|(\S*))/y;

/** The words of a text, in their order. A quotation mark that is not closed is closed at the end. */
export function parseQuery(text: string): QueryWord[] {
  const words: QueryWord[] = [];
  for (let at = nextWord(text, 0); at < text.length; at = nextWord(text, word.lastIndex)) {
    word.lastIndex = at;
    // It matches at any place, and more than nothing where there is no space.
    const [whole, minus, field, quoted, bare] = word.exec(text)!;
    if (whole === "-") words.push({ field: null, value: "-", not: false });
    else
      words.push({
        field: field?.toLowerCase() ?? null,
        value: quoted === undefined ? bare! : quoted.replace(/\\([\s\S]?)/g, "$1"),
        not: minus !== "",
      });
  }
  return words;
}

/** The words as a text that is read as the same words again. */
export function printQuery(words: readonly QueryWord[]): string {
  return words.map(printWord).join(" ");
}

/** One word as it is typed. */
export function printWord({ field, value, not }: QueryWord): string {
  const plain = /^[^\s"]+$/.test(value) && (field !== null || !/^(?:-|[A-Za-z]+:)/.test(value));
  const empty = field !== null && value === "";
  const written = plain || empty ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
  return `${not ? "-" : ""}${field === null ? "" : `${field}:`}${written}`;
}

function nextWord(text: string, from: number): number {
  const found = text.slice(from).search(/\S/);
  return found < 0 ? text.length : from + found;
}
