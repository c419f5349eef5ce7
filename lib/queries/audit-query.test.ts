import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseQuery, printQuery, type QueryWord } from "./audit-query";

const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom('"', "\\", "-", ":", " ", "\t", "a", "S", "9", "…") }),
);
const words: fc.Arbitrary<QueryWord[]> = fc.array(
  fc.record({
    field: fc.option(fc.stringMatching(/^[a-z]{1,8}$/)),
    value,
    not: fc.boolean(),
  }),
);

describe("the words of a query", () => {
  test("are the same after they were printed and read again, whatever they say", () => {
    fc.assert(
      fc.property(words, (given) => {
        expect(parseQuery(printQuery(given))).toEqual(given);
      }),
      { numRuns: 2_000 },
    );
  });

  test("are all there, whatever somebody typed, and are the same when printed", () => {
    const typed = fc.string({ unit: fc.constantFrom('"', "\\", "-", ":", " ", "a", "B", "9") });
    fc.assert(
      fc.property(typed, (text) => {
        const read = parseQuery(text);
        expect(read.length > 0).toBe(text.trim() !== "");
        expect(parseQuery(printQuery(read))).toEqual(read);
        const letters = (of: string) => of.toLowerCase().replace(/[^ab9]/g, "");
        expect(letters(read.map((each) => `${each.field ?? ""}${each.value}`).join(""))).toBe(letters(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, QueryWord[]]>([
    ["", []],
    ["  SO-1001 ", [{ field: null, value: "SO-1001", not: false }]],
    [
      'actor:ana -Type:decisionMade order:"SO 1"',
      [
        { field: "actor", value: "ana", not: false },
        { field: "type", value: "decisionMade", not: true },
        { field: "order", value: "SO 1", not: false },
      ],
    ],
    ["pos:<100", [{ field: "pos", value: "<100", not: false }]],
    ["stream:person/ana", [{ field: "stream", value: "person/ana", not: false }]],
    ['"SO:1"', [{ field: null, value: "SO:1", not: false }]],
    ['actor:"Ana Nov', [{ field: "actor", value: "Ana Nov", not: false }]],
    [String.raw`"say \"when\" \\"`, [{ field: null, value: String.raw`say "when" \ `.trim(), not: false }]],
    [
      "actor: -",
      [
        { field: "actor", value: "", not: false },
        { field: null, value: "-", not: false },
      ],
    ],
  ])("of %j", (text, expected) => {
    expect(parseQuery(text)).toEqual(expected);
  });
});
