import { describe, expect, test } from "vitest";
import type { EventRow } from "./event-table";
import { arrived, released, type Watching, watched_lines_max } from "./event-watching";

const line = (pos: number) => ({ pos }) as EventRow;
const lines = (top: number, count: number) => Array.from({ length: count }, (_, n) => line(top - n));
const positions = ({ shown, waiting }: Watching) => [
  waiting.map(({ pos }) => pos),
  shown.map(({ pos }) => pos),
];
const at: Watching = { shown: lines(5, 3), waiting: [], apart: false };

describe("lines of a log that is watched", () => {
  test("are drawn on top, or wait while somebody reads", () => {
    expect(positions(arrived(at, { lines: lines(7, 2), gap: false }, false))).toEqual([[], [7, 6, 5, 4, 3]]);
    const held = arrived(at, { lines: lines(7, 2), gap: false }, true);
    expect(positions(held)).toEqual([
      [7, 6],
      [5, 4, 3],
    ]);
    const more = arrived(held, { lines: lines(8, 1), gap: false }, true);
    expect(positions(more)).toEqual([
      [8, 7, 6],
      [5, 4, 3],
    ]);
    expect(positions(released(more))).toEqual([[], [8, 7, 6, 5, 4, 3]]);
  });

  test("are there once, though they were told twice", () => {
    const held = arrived(at, { lines: lines(7, 4), gap: false }, true);
    expect(positions(arrived(held, { lines: lines(8, 3), gap: false }, true))).toEqual([
      [8, 7, 6],
      [5, 4, 3],
    ]);
  });

  test("are never more than a page can bear", () => {
    let watching = at;
    for (let n = 1; n <= 300; n++)
      watching = arrived(watching, { lines: [line(5 + n)], gap: false }, n % 2 === 0);
    expect(watching.shown.length).toBe(watched_lines_max);
    for (let n = 1; n <= 300; n++) watching = arrived(watching, { lines: [line(400 + n)], gap: false }, true);
    expect(watching.waiting.length).toBe(watched_lines_max);
  });

  test("do not stand below others as if nothing had been between", () => {
    const held = arrived(at, { lines: lines(7, 2), gap: false }, true);
    const apart = arrived(held, { lines: lines(900, 2), gap: true }, true);
    expect(positions(apart)).toEqual([
      [900, 899],
      [5, 4, 3],
    ]);
    expect(positions(released(apart))).toEqual([[], [900, 899]]);
    expect(released(apart).apart).toBe(false);
    expect(positions(arrived(at, { lines: [], gap: true }, false))).toEqual([[], [5, 4, 3]]);
  });
});
