/** What can be typed into a query bar: a field, and which values it is known to have. */
export type QueryBarField = {
  name: string;
  /** What is typed after it, and an example. */
  says: string;
  values?: readonly { value: string; label: string }[];
};

/** Something that could stand where the caret is. */
export type Suggestion = {
  /** What the word becomes. */
  word: string;
  says: string;
  /** Set when the word is whole with it, so that the next one begins. */
  whole: boolean;
};

/** Where a word stands in a text. */
export type Place = { start: number; end: number };

const suggestions_max = 8;
const word = /-?(?:[A-Za-z]+:)?(?:"(?:[^"\\]|\\[\s\S]?)*"?|\S*)/y;

/** The word the caret stands in or behind; an empty place where it stands in none. */
export function wordAt(text: string, caret: number): Place {
  for (let at = 0; at < text.length; ) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    word.lastIndex = at;
    word.exec(text);
    const end = word.lastIndex;
    if (caret < at) break;
    if (caret <= end) return { start: at, end };
    at = end;
  }
  return { start: caret, end: caret };
}

/** What the word at the caret could be: a field that begins so, or a value of its field that holds what is typed. */
export function suggestionsFor(
  fields: readonly QueryBarField[],
  text: string,
  caret: number,
): readonly Suggestion[] {
  const typed = text.slice(wordAt(text, caret).start, caret);
  const [, minus = "", field, value = ""] = /^(-?)(?:([A-Za-z]+):)?"?(.*)$/s.exec(typed) ?? [];
  const wanted = value.toLowerCase();
  if (field === undefined)
    return fields
      .filter(({ name }) => name.startsWith(wanted))
      .map(({ name, says }) => ({ word: `${minus}${name}:`, says, whole: false }));
  const known = fields.find(({ name }) => name === field.toLowerCase());
  return (known?.values ?? [])
    .filter((each) => `${each.value}\n${each.label}`.toLowerCase().includes(wanted))
    .sort((one, other) => rank(one, wanted) - rank(other, wanted))
    .slice(0, suggestions_max)
    .map((each) => ({
      word: `${minus}${known!.name}:${quoted(each.value)}`,
      says: each.label === each.value ? "" : each.label,
      whole: true,
    }));
}

/** What begins with what was typed comes first. */
function rank({ value, label }: { value: string; label: string }, wanted: string): number {
  return [value, label].some((each) => each.toLowerCase().startsWith(wanted)) ? 0 : 1;
}

/** The text with a suggestion in the place of the word at the caret, and where the caret is then. */
export function accept(
  text: string,
  caret: number,
  { word: wanted, whole }: Suggestion,
): { text: string; caret: number } {
  const { start, end } = wordAt(text, caret);
  const rest = text.slice(end);
  const space = whole && !/^\s/.test(rest) ? " " : "";
  const before = `${text.slice(0, start)}${wanted}${space}`;
  return { text: before + rest, caret: before.length + (whole && space === "" ? 1 : 0) };
}

function quoted(value: string): string {
  return /^[^\s"]+$/.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}
