import type { Route } from "next";
import { expect, test } from "vitest";
import { goToReader, letter_ms, placesWith } from "./go-to";

const pressed = (key: string, at_ms: number, more = {}) => ({
  key,
  at_ms,
  withOthers: false,
  counts: true,
  ...more,
});

test("G and a letter within a second lead somewhere, and the letter is nobody else's, whether it leads or not", () => {
  const read = goToReader();
  expect(read(pressed("g", 0))).toEqual({ kind: "begun" });
  expect(read(pressed("Q", letter_ms))).toEqual({ kind: "letter", letter: "q" });
  expect(read(pressed("c", letter_ms + 1))).toEqual({ kind: "none" });
  expect(read(pressed("g", 5_000))).toEqual({ kind: "begun" });
  expect(read(pressed("g", 5_001))).toEqual({ kind: "letter", letter: "g" });
  expect(read(pressed("q", 5_002))).toEqual({ kind: "none" });
});

test("a letter that comes later is a letter", () => {
  const read = goToReader();
  read(pressed("g", 0));
  expect(read(pressed("q", letter_ms + 1))).toEqual({ kind: "none" });
});

test.each([
  ["with another key held", { withOthers: true }],
  ["while somebody types or single keys are off", { counts: false }],
])("%s neither G nor the letter counts", (_, more) => {
  const read = goToReader();
  expect(read(pressed("g", 0, more))).toEqual({ kind: "none" });
  read(pressed("g", 10));
  expect(read(pressed("q", 20, more))).toEqual({ kind: "none" });
  expect(read(pressed("q", 30))).toEqual({ kind: "none" });
});

test("any other key ends the waiting", () => {
  const read = goToReader();
  read(pressed("g", 0));
  expect(read(pressed("Escape", 10))).toEqual({ kind: "none" });
  expect(read(pressed("q", 20))).toEqual({ kind: "none" });
});

test("no two places have the same letter", () => {
  const own = ["queue", "escalations", "orders", "requests", "operations", "audit", "workflows", "people"];
  const places = placesWith(
    "/",
    own.map((name) => ({ href: `/${name}` as Route, label: name })),
  );
  const letters = places.flatMap(({ letter }) => letter ?? []);
  expect(letters).toHaveLength(own.length + 2);
  expect(new Set(letters).size).toBe(letters.length);
});
