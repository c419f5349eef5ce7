import { describe, expect, test } from "vitest";
import { accept, type QueryBarField, suggestionsFor, wordAt } from "./query-bar-words";

const fields: QueryBarField[] = [
  {
    name: "actor",
    says: "who did it",
    values: [
      { value: "p-1", label: "Joanna" },
      { value: "ana", label: "Ana Novak" },
      { value: "two words", label: "two words" },
    ],
  },
  { name: "type", says: "what happened", values: [{ value: "taskOpened", label: "taskOpened" }] },
  { name: "from", says: "a day" },
];
const words = (text: string, caret = text.length) =>
  suggestionsFor(fields, text, caret).map((suggestion) => suggestion.word);

describe("suggestions", () => {
  test("are all fields at first, then those that begin as what is typed", () => {
    expect(words("")).toEqual(["actor:", "type:", "from:"]);
    expect(words("SO-1 ")).toEqual(["actor:", "type:", "from:"]);
    expect(words("-t")).toEqual(["-type:"]);
    expect(words("SO-1")).toEqual([]);
  });

  test("are the values of a field by what they are and are called, those that begin so first", () => {
    expect(words("actor:an")).toEqual(["actor:ana", "actor:p-1"]);
    expect(words("actor:two")).toEqual(['actor:"two words"']);
    expect(words('actor:"two w')).toEqual(['actor:"two words"']);
    expect(words("Type:OPEN")).toEqual(["type:taskOpened"]);
    expect(words("from:2026")).toEqual([]);
    expect(words("actr:")).toEqual([]);
  });

  test("are about the word at the caret", () => {
    const text = 'actor:an type:x "a b"';
    expect(words(text, 8)).toEqual(["actor:ana", "actor:p-1"]);
    expect(wordAt(text, 18)).toEqual({ start: 16, end: 21 });
    expect(wordAt("a  b", 2)).toEqual({ start: 2, end: 2 });
  });

  test("take the word's place, with the caret behind it", () => {
    const first = suggestionsFor(fields, "ac type:x", 2)[0]!;
    expect(accept("ac type:x", 2, first)).toEqual({ text: "actor: type:x", caret: 6 });
    const second = suggestionsFor(fields, "actor:an type:x", 8)[0]!;
    expect(accept("actor:an type:x", 8, second)).toEqual({ text: "actor:ana type:x", caret: 10 });
    const last = suggestionsFor(fields, "type:", 5)[0]!;
    expect(accept("type:", 5, last)).toEqual({ text: "type:taskOpened ", caret: 16 });
  });
});
