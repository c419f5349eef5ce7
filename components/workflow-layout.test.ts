import { describe, expect, test } from "vitest";
import { layOut, measures } from "./workflow-layout";

const steps = (...ids: string[]) => ids.map((id) => ({ id }));
const edge = (way: string, label?: string) => {
  const [from = "", to = ""] = way.split(">");
  return { from, to, label };
};

const fulfilment = layOut(steps("check", "review", "dispatch", "proof", "delivered", "rejected"), [
  edge("check>dispatch", "Clear"),
  edge("check>review", "Needs a person"),
  edge("review>dispatch", "Approve"),
  edge("review>rejected", "Reject"),
  edge("review>check", "Send back"),
  edge("dispatch>proof"),
  edge("proof>delivered"),
]);

function placed(layout: ReturnType<typeof layOut>): { [id: string]: string } {
  return Object.fromEntries([...layout.places].map(([id, { column, lane }]) => [id, `${column}/${lane}`]));
}

describe("a workflow laid out", () => {
  test("each step stands behind the longest way to it, the way that goes on longest in the first lane", () => {
    expect(placed(fulfilment)).toEqual({
      check: "0/0",
      review: "1/0",
      dispatch: "2/0",
      rejected: "2/1",
      proof: "3/0",
      delivered: "4/0",
    });
    expect([fulfilment.columns, fulfilment.lanes]).toEqual([5, 2]);
    expect(fulfilment.width).toBe(5 * measures.width + 4 * measures.gapX);
  });

  test("what passes a step by goes over the top, what leads back along the bottom", () => {
    const ways = fulfilment.lines.map(({ edge: { from, to }, back, path }) => {
      const rows = [...path.matchAll(/[ML](\S+) (\S+)/g)].map(([, , y]) => Number(y));
      const top = fulfilment.above * measures.channel;
      const over = Math.min(...rows) < top;
      return `${from}>${to} ${back ? "back" : over ? "over" : "through"}`;
    });
    expect(ways).toEqual([
      "check>dispatch over",
      "check>review through",
      "review>dispatch through",
      "review>rejected through",
      "review>check back",
      "dispatch>proof through",
      "proof>delivered through",
    ]);
    expect(fulfilment.above).toBe(1);
    for (const { path } of fulfilment.lines) {
      const numbers = [...path.matchAll(/-?\d+(?:\.\d+)?/g)].map(Number);
      const rows = numbers.filter((_, index) => index % 2 === 1);
      expect(Math.min(...rows)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...rows)).toBeLessThanOrEqual(fulfilment.height);
    }
  });

  test("a label that does not fit the gap is cut between words, and only there", () => {
    const label = (way: string) =>
      fulfilment.lines.find(({ edge: { from, to } }) => `${from}>${to}` === way)?.label?.lines;
    expect(label("check>review")).toEqual(["Needs a", "person"]);
    expect(label("review>check")).toEqual(["Send back"]);
    expect(label("dispatch>proof")).toBeUndefined();
  });

  test("branches stand in lanes of their own and no two steps in one place", () => {
    const branched = layOut(steps("start", "left", "right", "after", "end"), [
      edge("start>left"),
      edge("start>right"),
      edge("right>after"),
      edge("left>end"),
      edge("after>end"),
    ]);
    const places = Object.values(placed(branched));
    expect(new Set(places).size).toBe(places.length);
    expect(placed(branched)).toMatchObject({ right: "1/0", left: "1/1", after: "2/0", end: "3/0" });
  });

  test("a step that leads to itself, one nobody leads to and an edge to nowhere are all survived", () => {
    const odd = layOut(steps("start", "again", "alone"), [
      edge("start>again"),
      edge("again>again", "Once more"),
      edge("again>gone"),
    ]);
    expect(odd.lines.map(({ edge: { to }, back }) => [to, back])).toEqual([
      ["again", false],
      ["again", true],
    ]);
    expect(placed(odd)).toMatchObject({ start: "0/0", alone: "0/1" });
    for (const { path } of odd.lines) expect(path).not.toContain("NaN");
    expect(layOut([], []).width).toBe(0);
  });
});
