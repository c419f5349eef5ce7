import { describe, expect, test } from "vitest";
import { meaningOf, queryFields } from "./audit-meaning";
import { parseQuery } from "./audit-query";

const people = [
  { id: "ana", name: "Ana Novak" },
  { id: "p-17", name: "Ben" },
  { id: "p-18", name: "ben" },
];
const read = (text: string) => meaningOf(parseQuery(text), people);
const one = (...only: string[]) => ({ only, not: [] });

describe("the words of a query", () => {
  test.each([
    ["actor:ana", { actors: one("ana") }],
    ['actor:"ana novak"', { actors: one("ana") }],
    ["actor:BEN", { actors: one("p-17", "p-18") }],
    ["actor:key-of-nobody-here", { actors: one("key-of-nobody-here") }],
    ["actor:ana -actor:timer", { actors: { only: ["ana"], not: ["timer"] } }],
    ["kind:person kind:API", { kinds: one("person", "api") }],
    ["type:DECISIONmade", { types: one("decisionMade") }],
    ["type:decision*", { types: one("decisionMade", "decisionSettled", "decisionWithdrawn") }],
    ["-type:taskopened", { types: { only: [], not: ["taskOpened"] } }],
    ['SO-1 order:"SO 2"', { numbers: one("SO-1", "SO 2") }],
    ["stream:person/ana", { streams: one("person/ana") }],
    ["refused:yes", { refused: true }],
    ["-refused:yes", { refused: false }],
    ["from:2026-02-28", { from: "2026-02-28T00:00:00.000Z" }],
    ["until:2026-02-28", { until: "2026-03-01T00:00:00.000Z" }],
    ["from:2026-11-02 from:2026-11-01", { from: "2026-11-02T00:00:00.000Z" }],
    ["until:2026-11-02 until:2026-11-01", { until: "2026-11-02T00:00:00.000Z" }],
    [
      "from:2026-10-25 until:2026-10-25 zone:Europe/Berlin",
      { from: "2026-10-24T22:00:00.000Z", until: "2026-10-25T23:00:00.000Z" },
    ],
    ["zone:asia/tokyo from:2026-11-01", { from: "2026-10-31T15:00:00.000Z" }],
    ["until:2026-11-01 zone:UTC", { until: "2026-11-02T00:00:00.000Z" }],
    ["zone:Asia/Tokyo", {}],
    ["pos:7", { fromPos: 7, upTo: 7 }],
    ["pos:100..200", { fromPos: 100, upTo: 200 }],
    ["pos:..200", { fromPos: 0, upTo: 200 }],
    ["pos:100..", { fromPos: 100 }],
    ["pos:<100 pos:>=50", { fromPos: 50, upTo: 99 }],
    ["pos:>100", { fromPos: 101 }],
    ["pos:<=100", { fromPos: 0, upTo: 100 }],
  ])("%s is understood", (text, filter) => {
    expect(read(text)).toEqual({ filter, problems: [] });
  });

  test.each([
    ["actr:ana", "There is no field “actr”", "actor:ana"],
    ["SO:1001", "There is no field “so”", undefined],
    ["type:decisionMde", "There is no event “decisionMde”", "type:decisionMade"],
    ["type:zebra", "There is no event “zebra”", undefined],
    ["kind:robot", "There is no kind “robot” of actor. The kinds are person, api,", undefined],
    ["kind:timers", "There is no kind “timers” of actor", "kind:timer"],
    ["stream:ana", "“ana” is no stream", "order:ana"],
    ["stream:order/", "“order/” is no stream", undefined],
    ["from:yesterday", "After from: comes a day as 2026-11-30", undefined],
    ["until:2026-02-30", "“2026-02-30” is no day", undefined],
    ["pos:..", "“..” are no positions", undefined],
    ["pos:12a", "“12a” are no positions", undefined],
    ["-pos:7", "pos cannot be excluded", undefined],
    ["zone:Europe/Berlim", "There is no time zone “Europe/Berlim”", "zone:Europe/Berlin"],
    ["zone:nowhere/at-all", "The days are read as those of UTC", undefined],
    ["-zone:UTC", "zone cannot be excluded", undefined],
    ["from:0000-01-01", "“0000-01-01” is no day", undefined],
    ["refused:maybe", "refused is yes or no", "refused:yes"],
    ["actor:", "After actor: comes who did it", undefined],
    ['""', "nothing between the quotation marks", undefined],
  ])("%s is told, and nothing else is lost", (text, message, mended) => {
    const { filter, problems } = read(`type:taskOpened ${text} kind:person`);
    expect(filter).toEqual({ types: one("taskOpened"), kinds: one("person") });
    expect(problems).toEqual([
      {
        word: parseQuery(text).length === 1 ? expect.any(String) : "",
        message: expect.stringContaining(message),
        instead: mended && `type:taskOpened ${mended} kind:person`,
      },
    ]);
    if (mended) expect(read(mended).problems).toEqual([]);
  });

  test("of two zones the first counts, and the other is told", () => {
    const { filter, problems } = read("zone:Asia/Tokyo until:2026-11-01 zone:Europe/Berlin");
    expect(filter).toEqual({ until: "2026-11-01T15:00:00.000Z" });
    expect(problems).toMatchObject([
      { word: "zone:Europe/Berlin", message: expect.stringContaining("those of Asia/Tokyo") },
    ]);
  });

  test("every example of a field is right", () => {
    for (const says of Object.values(queryFields))
      for (const [example] of says.matchAll(/\b[a-z]+:\S+?(?=,|$| for)/g))
        expect(read(example).problems, example).toEqual([]);
  });
});
